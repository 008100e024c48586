// SPDX-License-Identifier: GPL-3.0-or-later
#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <unordered_set>
#include <utility>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/content/signatures.hpp"
#include "filters/inspect/document/gzip.hpp"
#include "filters/inspect/document/onenote.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/document/unpacking.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::string_view ambiguous = "inspect.ambiguous-container";
constexpr std::string_view unsupported_container = "inspect.unsupported-container";

std::uint64_t number(std::string_view octets, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  if (at > octets.size() || octets.size() - at < width) return 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return value;
}

/// libarchive turns names into the locale's character set. Opens the locale at first use, see warm_up_archives().
class Utf8Names {
 public:
  Utf8Names() : before_(utf8() == nullptr ? nullptr : ::uselocale(utf8())) {}
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;
  ~Utf8Names() {
    if (before_ != nullptr) ::uselocale(before_);
  }

  static locale_t utf8() {
    static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
  }

 private:
  locale_t before_;
};

/// Which of libarchive's readers gets these octets: only the one that the signature asks for.
struct Reader {
  std::string_view mime;
  int (*format)(archive*);
  int (*filter)(archive*) = nullptr;
};
constexpr auto readers = std::to_array<Reader>({
    {"application/x-7z-compressed", archive_read_support_format_7zip},
    {"application/vnd.rar", archive_read_support_format_rar},
    {"application/x-rar5", archive_read_support_format_rar5},
    {"application/vnd.ms-cab-compressed", archive_read_support_format_cab},
    {"application/x-xar", archive_read_support_format_xar},
    {"application/x-archive", archive_read_support_format_ar},
    {"application/x-cpio", archive_read_support_format_cpio},
    {"application/x-iso9660-image", archive_read_support_format_iso9660},
    {"application/x-tar", archive_read_support_format_tar},
    {"application/x-lzh-compressed", archive_read_support_format_lha},
    {"application/x-bzip2", archive_read_support_format_raw, archive_read_support_filter_bzip2},
    {"application/x-xz", archive_read_support_format_raw, archive_read_support_filter_xz},
    {"application/x-lzma", archive_read_support_format_raw, archive_read_support_filter_lzma},
    {"application/x-lzip", archive_read_support_format_raw, archive_read_support_filter_lzip},
    {"application/zstd", archive_read_support_format_raw, archive_read_support_filter_zstd},
    {"application/x-lz4", archive_read_support_format_raw, archive_read_support_filter_lz4},
    {"application/x-compress", archive_read_support_format_raw, archive_read_support_filter_compress},
});

const Reader* reader_for(std::string_view mime) {
  const auto found = std::find_if(readers.begin(), readers.end(), [&](const Reader& r) { return r.mime == mime; });
  return found == readers.end() ? nullptr : &*found;
}

/// The dictionary a decoder would have to hold, where the first octets tell it (.xz 3.1, .lz, LZMA).
std::uint64_t window(std::string_view mime, std::string_view octets) {
  if (mime == "application/x-lzma") return number(octets, 1, 4);
  if (mime == "application/x-lzip") return 1ULL << (number(octets, 5, 1) & 31U);
  if (mime != "application/x-xz") return 0;
  std::size_t at = 14;
  const std::uint64_t flags = number(octets, 13, 1);
  for (const std::uint64_t bit : {0x40U, 0x80U})
    if ((flags & bit) != 0)
      while ((number(octets, at++, 1) & 0x80U) != 0 && at < 40) continue;
  for (std::uint64_t filters = (flags & 3U) + 1; filters-- > 0 && at < 64;) {
    const std::uint64_t id = number(octets, at, 1);
    const std::uint64_t size = number(octets, at + 1, 1);
    const std::uint64_t bits = number(octets, at + 2, 1);
    if (id == 0x21 && size == 1) return bits > 40 ? ~0ULL : (2ULL | (bits & 1U)) << (bits / 2 + 11);
    at += 2 + size;
  }
  return 0;
}

/// A part of an archive that goes on in another file.
bool one_of_several(std::string_view mime, std::string_view octets) {
  if (mime == "application/vnd.rar") return number(octets, 9, 1) == 0x73 && (number(octets, 10, 2) & 1U) != 0;
  if (mime == "application/vnd.ms-cab-compressed") return (number(octets, 30, 2) & 3U) != 0;
  if (mime != "application/x-rar5") return false;
  std::size_t at = 12;
  const auto next = [&] {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63 && at < octets.size(); shift += 7) {
      const std::uint64_t one = number(octets, at++, 1);
      value |= (one & 0x7FU) << shift;
      if ((one & 0x80U) == 0) break;
    }
    return value;
  };
  next();  // size
  const std::uint64_t type = next();
  const std::uint64_t flags = next();
  if ((flags & 1U) != 0) next();
  return type == 1 && (next() & 1U) != 0;
}

/// Where the archive says that it ends; zero: it does not say.
std::uint64_t declared_end(std::string_view mime, std::string_view octets) {
  if (mime == "application/x-7z-compressed") {
    const std::uint64_t offset = number(octets, 12, 8);
    const std::uint64_t size = number(octets, 20, 8);
    return offset < octets.size() && size < octets.size() ? 32 + offset + size : 0;
  }
  return mime == "application/vnd.ms-cab-compressed" ? number(octets, 8, 4) : 0;
}

/// Encryption and missing features are known by libarchive's words alone.
std::string_view trouble_of(archive* a) {
  const char* words = archive_error_string(a);
  const std::string lower = text::ascii_lower(words == nullptr ? "" : words);
  const auto says = [&](std::string_view word) { return lower.find(word) != std::string::npos; };
  if (says("encrypt") || says("crypto") || says("password") || says("passphrase")) return "content.encrypted";
  if (says("support") || says("unrecognized") || says("volume") || says("unknown") || says("unimplemented"))
    return unsupported_container;
  return "inspect.unreadable";
}

struct Close {
  void operator()(archive* a) const noexcept { archive_read_free(a); }
};

class Archive {
 public:
  Archive(std::string_view octets, std::string_view mime, const Room& room)
      : octets_(octets), mime_(mime), out_(document_, room, octets.size()) {}

  Document read(const char* options = nullptr) && {
    const Utf8Names names;
    archive_.reset(archive_read_new());
    if (archive_ == nullptr || !open(options)) {
      fail();
      return std::move(document_);
    }
    archive_entry* entry = nullptr;
    for (;;) {
      const int code = archive_read_next_header(archive_.get(), &entry);
      if (code == ARCHIVE_EOF) break;
      if (code == ARCHIVE_RETRY) continue;
      if (code < ARCHIVE_WARN) {
        fail();
        return std::move(document_);
      }
      if (!out_.entry() || !one(entry)) return std::move(document_);
    }
    if (has_encrypted()) document_.locked = true;
    behind();
    return std::move(document_);
  }

 private:
  bool open(const char* options) {
    archive* a = archive_.get();
    const Reader* reader = reader_for(mime_);
    if (reader == nullptr) return false;
    reader->format(a);
    if (reader->filter != nullptr) {
      archive_read_support_format_empty(a);
      // Anything else than OK means a program that would have to be started.
      if (reader->filter(a) != ARCHIVE_OK) return false;
    }
    if (options != nullptr && archive_read_set_options(a, options) != ARCHIVE_OK) return false;
    return archive_read_open_memory(a, octets_.data(), octets_.size()) == ARCHIVE_OK;
  }

  /// Asked of those formats alone that know: others leave the function behind the question unset.
  bool has_encrypted() const {
    const int format = archive_format(archive_.get()) & ARCHIVE_FORMAT_BASE_MASK;
    const bool knows = format == ARCHIVE_FORMAT_7ZIP || format == ARCHIVE_FORMAT_RAR || format == ARCHIVE_FORMAT_RAR_V5;
    return knows && archive_read_has_encrypted_entries(archive_.get()) == 1;
  }

  void fail() {
    const std::string_view trouble = trouble_of(archive_.get());
    if (trouble == "content.encrypted" || has_encrypted())
      document_.locked = true;
    else if (trouble == unsupported_container)
      note(document_.notes, unsupported_container, mime_);
    else
      document_.readable = false;
  }

  static std::string name_of(archive_entry* entry) {
    errno = 0;  // libarchive ends the process for an ENOMEM that it finds there, however old
    const char* name = archive_entry_pathname_utf8(entry);
    errno = 0;
    if (name == nullptr) name = archive_entry_pathname(entry);
    return name == nullptr ? std::string() : display_text(name, "");
  }

  /// False: no more.
  bool one(archive_entry* entry) {
    InnerFile file;
    const bool packed = archive_format(archive_.get()) == ARCHIVE_FORMAT_RAW;
    if (!packed) file.name = name_of(entry);
    note_entry_name(file.name, document_.notes);
    const auto kind = archive_entry_filetype(entry);
    if (kind == AE_IFLNK) note(document_.notes, "name.control", "link");
    if (kind == AE_IFDIR || kind == AE_IFLNK) return true;
    errno = 0;
    if (const char* target = archive_entry_hardlink(entry)) note_entry_name(target, document_.notes);
    if (kind != AE_IFREG && kind != 0) {
      note(document_.notes, "name.control", "device");
      return true;
    }
    if (mime_ == "application/x-xar" && (file.name == "Distribution" || file.name == "PackageInfo"))
      note(document_.notes, "content.executable", "installer");
    if (const std::string extension = extension_of(file.name);
        mime_ == "application/vnd.ms-cab-compressed" && (extension == "diagpkg" || extension == "mum"))
      note(document_.notes, "content.executable", "installer");
    if (archive_entry_is_encrypted(entry) != 0)
      file.trouble = "content.encrypted";
    else
      data(file);
    if (file.trouble == "content.encrypted" || file.trouble == "inspect.unreadable") file.trouble_detail = mime_;
    if (file.trouble == unsupported_container) file.trouble_detail = mime_;
    if (file.trouble == "inspect.bomb" || file.trouble == "inspect.too-big") file.octets.clear();
    return out_.keep(std::move(file));
  }

  void data(InnerFile& file) {
    std::array<char, 65536> buffer{};
    for (;;) {
      const la_ssize_t got = archive_read_data(archive_.get(), buffer.data(), buffer.size());
      if (got == 0) return;
      if (got == ARCHIVE_RETRY) continue;
      if (got < 0) {
        file.trouble = trouble_of(archive_.get());
        return;
      }
      file.octets.append(buffer.data(), static_cast<std::size_t>(got));
      if (out_.bomb(file.octets.size())) {
        file.trouble = "inspect.bomb";
        return;
      }
      if (file.octets.size() > out_.most()) {
        file.trouble = out_.over();
        return;
      }
    }
  }

  /// Octets that belong to nothing: another program could begin there.
  void behind() {
    const std::uint64_t declared = declared_end(mime_, octets_);
    if (declared != 0 && declared < octets_.size()) return note(document_.notes, ambiguous, "octets behind the end");
    if (mime_ == "application/x-iso9660-image" || mime_ == "application/x-xar") return;
    const la_int64_t read = archive_filter_bytes(archive_.get(), -1);
    if (read <= 0 || declared != 0) return;
    const std::string_view rest = octets_.substr(std::min<std::size_t>(static_cast<std::size_t>(read), octets_.size()));
    if (rest.find_first_not_of('\0') != std::string_view::npos)
      note(document_.notes, ambiguous, "octets behind the end");
  }

  std::string_view octets_;
  std::string_view mime_;
  Document document_;
  Unpacking out_;
  std::unique_ptr<archive, Close> archive_;
};

/// A disk may hold several trees over the same sectors, and each system prefers another one.
Document read_disk(std::string_view octets, std::string_view mime, const Room& room) {
  Document document = Archive(octets, mime, room).read();
  if (octets.substr(0, 65536).find("NSR0", 32768) != std::string_view::npos)
    note(document.notes, unsupported_container, "UDF");
  std::unordered_set<std::string_view> seen;
  for (const InnerFile& file : document.files) seen.insert(file.octets);
  std::vector<InnerFile> others;
  Room left = room;
  const auto take = [&left](const InnerFile& file) {
    left.entries -= std::min<std::size_t>(left.entries, 1);
    left.octets -= std::min<std::uint64_t>(left.octets, file.octets.size());
  };
  for (const InnerFile& file : document.files) take(file);
  for (const char* options : {"iso9660:!joliet", "iso9660:!rockridge"}) {
    // What is the same as before is not counted again, so there is room to find that out.
    Document other = Archive(octets, mime, room).read(options);
    for (InnerFile& file : other.files)
      if (seen.count(file.octets) == 0 && left.entries > 0 && file.octets.size() <= left.octets) {
        take(file);
        others.push_back(std::move(file));
      } else if (seen.count(file.octets) == 0) {
        note(document.notes, "inspect.too-many");
      }
    for (const Note& one : other.notes) note(document.notes, one.id, one.detail);
  }
  if (!others.empty()) note(document.notes, ambiguous, "two trees");
  for (InnerFile& file : others) document.files.push_back(std::move(file));
  return document;
}

}  // namespace

void warm_up_archives() { (void)Utf8Names::utf8(); }

Document read_archive(std::string_view octets, const Room& room) {
  const ContainerType type = container_type(octets);
  if (type.mime == "application/gzip") return read_gzip(octets, room);
  if (type.mime == "application/onenote") return read_onenote(octets, room);
  if (type.mime == "application/x-mso") return read_active_mime(octets, room);
  Document document;
  if (window(type.mime, octets) > limits::archive_window) {
    note(document.notes, "inspect.too-big", "window");
    return document;
  }
  if (type.mime == "application/x-iso9660-image") return read_disk(octets, type.mime, room);
  document = Archive(octets, type.mime, room).read();
  if (one_of_several(type.mime, octets)) note(document.notes, unsupported_container, "several volumes");
  return document;
}

}  // namespace vanthu::inspect
