// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/content/type.hpp"

#include <magic.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "filters/file_types.hpp"
#include "filters/inspect/content/among.hpp"
#include "filters/inspect/content/names.hpp"
#include "filters/inspect/content/plain_text.hpp"
#include "filters/inspect/content/polyglot.hpp"
#include "filters/inspect/content/scripts.hpp"
#include "filters/inspect/content/signatures.hpp"
#include "filters/inspect/document/pgp.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::string_view ole_signature = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

class Magic {
 public:
  Magic() : cookie_(magic_open(questions)) {
    if (cookie_ == nullptr || magic_load(cookie_.get(), nullptr) != 0)
      throw std::runtime_error("libmagic has no database");
  }
  std::string type(std::string_view octets) const { return ask(octets, questions); }
  /// The same where surely_plain_text(): only what libmagic tests in code, which it does first, is asked for.
  std::string type_of_plain_text(std::string_view octets) const {
    std::string answer = ask(octets, questions | MAGIC_NO_CHECK_SOFT | MAGIC_NO_CHECK_TEXT);
    return answer == "application/octet-stream" ? "text/plain" : answer;
  }

 private:
  static constexpr int questions = MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TOKENS | MAGIC_ERROR;

  std::string ask(std::string_view octets, int flags) const {
    magic_setflags(cookie_.get(), flags);
    const char* answer = magic_buffer(cookie_.get(), octets.data(), octets.size());
    return answer == nullptr ? "application/octet-stream" : answer;
  }

  struct Close {
    void operator()(magic_set* cookie) const noexcept { magic_close(cookie); }
  };
  std::unique_ptr<magic_set, Close> cookie_;
};

/// One a thread: a cookie keeps state.
const Magic& magic() {
  thread_local const Magic mine;
  return mine;
}

/// Mostly printable: what an editor would show.
bool reads_as_text(std::string_view octets) {
  const std::string_view sample = octets.substr(0, 65536);
  if (sample.find('\0') != std::string_view::npos) return false;
  const auto control = std::count_if(sample.begin(), sample.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20) & (c != '\t') & (c != '\n') & (c != '\r') & (c != '\f') &
           (c != '\x1B');
  });
  return static_cast<std::size_t>(control) * 100 <= sample.size();
}

bool reads_as_utf16(std::string_view octets) {
  return octets.starts_with("\xFF\xFE") || octets.starts_with("\xFE\xFF");
}

/// Programs and what runs like one, by their first octets. Empty: none.
std::string_view executable_type(std::string_view octets) {
  const auto byte = [&](std::size_t at) { return at < octets.size() ? static_cast<unsigned char>(octets[at]) : 0U; };
  if (octets.starts_with("MZ") || octets.starts_with("ZM")) {
    const std::size_t header = byte(0x3C) | byte(0x3D) << 8 | byte(0x3E) << 16 | byte(0x3F) << 24;
    const std::string_view at = header < octets.size() ? octets.substr(header, 2) : std::string_view{};
    if (at == "PE" || at == "NE" || at == "LE" || at == "LX") return "application/vnd.microsoft.portable-executable";
    // A bare DOS program, or a damaged one: no text begins like this and holds zeros.
    if (octets.substr(0, 64).find('\0') != std::string_view::npos) return "application/x-dosexec";
  }
  if (octets.starts_with("\x7F"
                         "ELF"))
    return "application/x-executable";
  for (const std::string_view mach : {"\xFE\xED\xFA\xCE", "\xFE\xED\xFA\xCF", "\xCE\xFA\xED\xFE", "\xCF\xFA\xED\xFE"})
    if (octets.starts_with(mach)) return "application/x-mach-binary";
  if (octets.starts_with("\xCA\xFE\xBA\xBE")) return "application/java-vm";
  if (octets.starts_with(std::string_view("L\0\0\0\x01\x14\x02\0", 8))) return "application/x-ms-shortcut";
  if (octets.starts_with("ITSF")) return "application/vnd.ms-htmlhelp";
  if (octets.starts_with("dex\n")) return "application/x-dex";
  if (octets.starts_with("Cr24")) return "application/x-chrome-extension";
  if (octets.starts_with("\xED\xAB\xEE\xDB")) return "application/x-rpm";
  if (octets.starts_with(std::string_view("\0asm\x01\0\0\0", 8))) return "application/wasm";
  if (octets.starts_with(std::string_view("?_\x03\0", 4))) return "application/winhlp";
  if (octets.size() > 19 && (octets.substr(4, 15) == "Standard Jet DB" || octets.substr(4, 15) == "Standard ACE DB"))
    return "application/x-msaccess";
  if ((octets.starts_with("FWS") || octets.starts_with("CWS") || octets.starts_with("ZWS")) && byte(3) > 0 &&
      byte(3) < 64 && octets.substr(0, 64).find('\0') != std::string_view::npos)
    return "application/x-shockwave-flash";
  if (const std::string_view script = script_type(octets); !script.empty()) return script;
  return {};
}

Type package_type(const Zip& zip) {
  if (const ZipEntry* types = zip.find("[Content_Types].xml")) {
    std::string text;
    (void)zip.read(*types, 4U << 20, text);
    const bool macros = text.find("macroEnabled") != std::string::npos;
    struct Main {
      std::string_view part, plain, with_macros;
    };
    constexpr auto mains = std::to_array<Main>(
        {{"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
          "application/vnd.ms-word.document.macroenabled.12"},
         {"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
          "application/vnd.ms-excel.sheet.macroenabled.12"},
         {"xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroenabled.12",
          "application/vnd.ms-excel.sheet.binary.macroenabled.12"},
         {"ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
          "application/vnd.ms-powerpoint.presentation.macroenabled.12"}});
    for (const Main& main : mains)
      if (zip.find(main.part) != nullptr) return {std::string(macros ? main.with_macros : main.plain), Family::package};
    for (const ZipEntry& entry : zip.entries())  // the main part may have another name; Word follows the relations
      for (const auto& [folder, main] : {std::pair<std::string_view, std::size_t>{"word/", 0}, {"xl/", 1}, {"ppt/", 3}})
        if (entry.name.starts_with(folder))
          return {std::string(macros ? mains[main].with_macros : mains[main].plain), Family::package};
  }
  if (const ZipEntry* mimetype = zip.find("mimetype")) {
    std::string text;
    (void)zip.read(*mimetype, 256, text);
    if (text.starts_with("application/vnd.oasis.opendocument.") || text.starts_with("application/vnd.sun.xml.")) {
      const std::size_t end = std::min(text.find_first_of(" \r\n\t"), text.size());
      return {text::ascii_lower(text.substr(0, end)), Family::package};
    }
  }
  struct Installer {
    std::string_view part, mime;
  };
  constexpr auto installers =
      std::to_array<Installer>({{"AppxManifest.xml", "application/vnd.ms-appx"},
                                {"AppxMetadata/AppxBundleManifest.xml", "application/vnd.ms-appx"},
                                {"gadget.xml", "application/x-windows-gadget"},
                                {"extension.vsixmanifest", "application/x-vsix"},
                                {"install.rdf", "application/x-xpinstall"}});
  for (const Installer& one : installers)
    if (zip.find(one.part) != nullptr) return {std::string(one.mime), Family::executable};
  if (zip.find("META-INF/MANIFEST.MF") != nullptr || zip.find("AndroidManifest.xml") != nullptr) {
    const bool android = zip.find("AndroidManifest.xml") != nullptr;
    return {android ? "application/vnd.android.package-archive" : "application/java-archive", Family::executable};
  }
  return {"application/zip", Family::zip};
}

/// The root's class is one of Windows Installer's: packages, patches, transforms.
bool is_installer(std::string_view octets) {
  const auto byte = [&](std::size_t at) { return at < octets.size() ? static_cast<unsigned char>(octets[at]) : 0U; };
  const std::size_t sector = byte(48) | byte(49) << 8 | byte(50) << 16;
  const std::size_t root = (sector + 1) << (byte(30) == 12 ? 12U : 9U);
  if (root + 96 > octets.size()) return false;
  const std::string_view id = octets.substr(root + 80, 16);
  return (id[0] == '\x84' || id[0] == '\x86' || id[0] == '\x82') &&
         id.substr(1) == std::string_view("\x10\x0C\0\0\0\0\0\xC0\0\0\0\0\0\0\x46", 15);
}

Type ole_type(std::string_view octets) {
  if (ole_has(octets, "EncryptedPackage")) return {"application/x-ole-encrypted", Family::encrypted};
  if (ole_has(octets, "WordDocument")) return {"application/msword", Family::ole};
  if (ole_has(octets, "Workbook") || ole_has(octets, "Book")) return {"application/vnd.ms-excel", Family::ole};
  if (ole_has(octets, "PowerPoint Document")) return {"application/vnd.ms-powerpoint", Family::ole};
  if (ole_has(octets, "__properties_version1.0")) return {"application/vnd.ms-outlook", Family::ole};
  if (is_installer(octets) || magic().type(octets) == "application/x-msi")
    return {"application/x-msi", Family::executable};
  return {"application/x-ole-storage", Family::ole};
}

Type container_family(std::string_view octets) {
  const ContainerType type = container_type(octets);
  switch (type.kind) {
    case ContainerKind::none:
      return {};
    case ContainerKind::archive:
      // Packages that a double click installs.
      if (type.mime == "application/x-archive" && octets.substr(8, 13) == "debian-binary")
        return {"application/vnd.debian.binary-package", Family::executable};
      return {std::string(type.mime), Family::archive};
    case ContainerKind::packed:
      return {std::string(type.mime), Family::archive};
    case ContainerKind::disk_image:
      return {std::string(type.mime), Family::disk_image};
    case ContainerKind::unsupported:
      return {std::string(type.mime), Family::container};
  }
  return {};
}

constexpr auto unsupported = std::to_array<std::string_view>({"application/x-rar",
                                                              "application/vnd.rar",
                                                              "application/x-7z-compressed",
                                                              "application/gzip",
                                                              "application/x-tar",
                                                              "application/x-bzip2",
                                                              "application/x-xz",
                                                              "application/zstd",
                                                              "application/x-lzma",
                                                              "application/x-compress",
                                                              "application/x-lzip",
                                                              "application/x-lz4",
                                                              "application/x-cpio",
                                                              "application/x-archive",
                                                              "application/x-arj",
                                                              "application/x-lharc",
                                                              "application/x-lzh-compressed",
                                                              "application/x-ace-compressed",
                                                              "application/x-zoo",
                                                              "application/vnd.ms-cab-compressed",
                                                              "application/x-stuffit",
                                                              "application/mac-binhex40",
                                                              "application/x-iso9660-image",
                                                              "application/vnd.ms-tnef",
                                                              "application/x-virtualbox-vhd",
                                                              "application/x-dbm",
                                                              "application/onenote",
                                                              "application/x-ms-wim",
                                                              "application/x-xar",
                                                              "application/mbox"});

constexpr auto programs = std::to_array<std::string_view>(
    {"application/x-dosexec", "application/x-executable", "application/x-pie-executable", "application/x-sharedlib",
     "application/x-object", "application/x-mach-binary", "application/x-msi", "application/java-archive",
     "application/x-java-applet", "application/x-ms-shortcut", "application/x-debian-package",
     "application/vnd.debian.binary-package", "application/x-rpm", "application/x-apple-diskimage"});

/// A message saved as a file: header fields from the first line on, and one that only mail has.
bool looks_like_message(std::string_view octets) {
  std::string_view head = octets.substr(0, 16384);
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  if (head.starts_with("From ")) head.remove_prefix(std::min(head.find('\n'), head.size() - 1) + 1);
  bool telling = false;
  std::size_t fields = 0;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size());
    std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 1, head.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) break;
    if (line[0] == ' ' || line[0] == '\t') {
      if (fields == 0) return false;
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 ||
        !std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](char c) { return c > 0x20 && c < 0x7F; }))
      return false;
    ++fields;
    const std::string name = text::ascii_lower(line.substr(0, colon));
    telling = telling || name == "received" || name == "return-path" || name == "message-id" ||
              name == "mime-version" || name == "delivered-to" || name == "content-type" || name == "x-mailer";
  }
  return telling && fields >= 2;
}

/// A page saved with its pictures (MHTML, RFC 2557): a message that was sent by nobody to nobody.
bool looks_like_web_page(std::string_view octets) {
  const std::size_t end = std::min(octets.find("\r\n\r\n"), octets.find("\n\n"));
  const std::string head = "\n" + text::ascii_lower(octets.substr(0, std::min<std::size_t>(end, 16384)));
  const std::size_t type = head.find("\ncontent-type:");
  if (type == std::string::npos || head.find("\nto:") != std::string::npos ||
      head.find("\nreceived:") != std::string::npos)
    return false;
  const std::size_t word = head.find_first_not_of(" \t\r\n", type + std::string_view("\ncontent-type:").size());
  return word != std::string::npos && head.compare(word, 17, "multipart/related") == 0;
}

/// A sheet of Excel 2 to 4, or of a later one without its compound file: Excel opens it, and macro sheets run.
bool is_bare_biff(std::string_view octets) {
  const auto byte = [&](std::size_t at) { return at < octets.size() ? static_cast<unsigned char>(octets[at]) : 0U; };
  if (byte(0) != 0x09 || byte(3) != 0 || octets.size() < 8) return false;
  const unsigned version = byte(1);
  const unsigned kind = byte(6) | byte(7) << 8;
  return (version == 0 || version == 2 || version == 4 || version == 8) && byte(2) >= 4 && byte(2) <= 16 &&
         (kind == 0x05 || kind == 0x06 || kind == 0x10 || kind == 0x20 || kind == 0x40 || kind == 0x100);
}

bool looks_like_html(std::string_view octets) {
  const std::string_view head = octets.substr(0, 2048);
  const auto has = [&](std::string_view tag) { return find_tag(head, tag) != std::string_view::npos; };
  return has("<html") || has("<!doctype html") || has("<body");
}

/// S/MIME (RFC 5652): the content type's OID stands right behind the outer lengths, in DER as in BER.
Type cms_type(std::string_view octets, std::string_view declared) {
  const bool says_so = declared == "application/pkcs7-mime" || declared == "application/x-pkcs7-mime";
  const bool detached = declared == "application/pkcs7-signature" || declared == "application/x-pkcs7-signature";
  const std::string_view head = octets.substr(0, 32);
  const auto holds = [&](std::string_view oid) {
    return octets.starts_with("\x30") && head.find(oid) != std::string_view::npos;
  };
  const std::string_view signed_data = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";
  if (detached && holds(signed_data)) return {std::string(declared), Family::signature};
  if (says_so || holds(signed_data.substr(0, 10)) || holds("\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01"))
    return {"application/pkcs7-mime", Family::cms};
  return {};
}

}  // namespace

void load_magic() { (void)magic(); }

bool looks_like_zip(std::string_view octets) {
  if (octets.starts_with("PK\x03\x04") || octets.starts_with("PK\x05\x06") || octets.starts_with("PK\x07\x08"))
    return true;
  // Programs look for the end record at the end; what stands in front of the first entry does not stop them.
  const std::string_view tail = octets.size() > 65557 ? octets.substr(octets.size() - 65557) : octets;
  std::size_t at = std::string_view::npos;
  for (std::size_t next = 0; (next = tail.find("PK\x05\x06", next)) != std::string_view::npos; ++next) at = next;
  return at != std::string_view::npos && tail.size() - at >= 22 && octets.find("PK\x01\x02") != std::string_view::npos;
}

bool ole_has(std::string_view octets, std::string_view name) {
  // Directory entries are 128 octets, and sectors are multiples of that: no need to trust the allocation tables.
  if (name.size() > 31) return false;
  std::string wide;
  for (const char c : name) wide.append(1, c).append(1, '\0');
  wide.append(2, '\0');
  for (std::size_t at = 512; at + 128 <= octets.size(); at += 128) {
    if (octets[at] != wide[0]) continue;
    const auto length = static_cast<std::size_t>(static_cast<unsigned char>(octets[at + 64]));
    if (length == wide.size() && octets.substr(at, wide.size()) == wide) return true;
  }
  return false;
}

Type detect_type(std::string_view octets, std::string_view declared, const Zip* zip) {
  if (octets.empty()) return {"application/x-empty", Family::other};
  if (const std::string_view program = executable_type(octets); !program.empty())
    return {std::string(program), Family::executable};
  if (octets.starts_with(ole_signature)) return ole_type(octets);
  if (find_pdf(octets) != std::string_view::npos) return {"application/pdf", Family::pdf};
  if (zip != nullptr && zip->open()) return package_type(*zip);
  if (is_bare_biff(octets)) return {"application/x-excel-biff", Family::container};
  if (octets.starts_with("{\\rt")) return {"text/rtf", Family::rtf};
  if (octets.starts_with("\x78\x9F\x3E\x22")) return {"application/vnd.ms-tnef", Family::tnef};
  if (const Type container = container_family(octets); !container.mime.empty()) return container;
  if (octets.starts_with("-----BEGIN PGP MESSAGE-----")) return {"application/pgp-encrypted", Family::cms};

  const bool plain = reads_as_text(octets);
  const std::size_t first = octets.find_first_not_of(" \t\r\n");
  const bool tag_first = first != std::string_view::npos && octets[first] == '<';  // binary octets may follow
  const bool html = declared == "text/html" || ((plain || tag_first) && looks_like_html(octets));
  std::string mime =
      plain && surely_plain_text(octets, html) ? magic().type_of_plain_text(octets) : magic().type(octets);
  if (mime.find('/') == std::string::npos) mime = "application/octet-stream";
  if (zip != nullptr && octets.starts_with("PK")) return {"application/zip", Family::container};  // cannot be opened
  if (const Type sealed = cms_type(octets, declared); !sealed.mime.empty()) return sealed;
  if (among(unsupported, mime) && !(plain && mime == "application/x-cpio")) return {mime, Family::container};
  if (among(programs, mime)) return {mime, Family::executable};
  if (mime == "application/pgp-encrypted" || mime == "application/pgp")
    return {"application/pgp-encrypted", Family::cms};
  if (!plain && mime.starts_with("application/octet-stream") && looks_like_pgp(octets))
    return {"application/pgp-encrypted", Family::cms};

  const bool text = plain || reads_as_utf16(octets);
  if (text && declared != "text/plain" && looks_like_message(octets))
    return {looks_like_web_page(octets) ? "multipart/related" : "message/rfc822", Family::message};
  if (mime == "text/html" || html || (text && looks_like_html(octets))) return {"text/html", Family::html};
  if (mime.starts_with("image/svg") || (text && octets.substr(0, 1024).find("<svg") != std::string_view::npos))
    return {"image/svg+xml", Family::html};  // text and scripts in tags
  // Two octets are enough for libmagic to hear music in a letter that begins with "Về": a text is read all the same.
  if (!plain && (mime.starts_with("image/") || mime.starts_with("audio/") || mime.starts_with("video/")))
    return {mime, Family::other};
  if (text || declared.starts_with("text/")) {
    // Kinds of text are guesses of libmagic; only those with a grammar are worth naming.
    const bool named = mime == "text/calendar" || mime == "text/vcard" || mime == "text/xml" || mime == "text/csv" ||
                       mime == "application/json";
    return {named ? mime : "text/plain", Family::text};
  }
  return {mime, Family::other};
}

bool extension_fits(std::string_view extension, const Type& type) {
  bool known = false;
  for (const filters::FileType& row : filters::file_types()) {
    if (row.extension != extension) continue;
    known = true;
    if (row.mime == type.mime) return true;
  }
  // An encrypted docx is an OLE file; the finding that it is encrypted says more.
  if (type.family == Family::encrypted) return true;
  if (extension == "txt" || extension == "csv" || extension == "log") return type.family == Family::text;
  return !known;
}

}  // namespace vanthu::inspect
