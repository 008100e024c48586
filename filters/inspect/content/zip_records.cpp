// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "filters/inspect/content/zip.hpp"
#include "filters/inspect/document/unpacking.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::string_view trouble = "inspect.ambiguous-container";
constexpr std::uint32_t local_signature = 0x04034B50;
constexpr std::uint32_t central_signature = 0x02014B50;
constexpr std::uint32_t descriptor_signature = 0x08074B50;
constexpr std::string_view end_signature = "PK\x05\x06";
constexpr std::string_view end64_signature = "PK\x06\x06";
constexpr std::uint64_t in_extra = 0xFFFFFFFF;  // the true value stands in the zip64 extra field

/// Little-endian numbers out of octets; what lies outside reads as zero and is remembered.
class Fields {
 public:
  explicit Fields(std::string_view octets) : octets_(octets) {}
  std::uint64_t number(std::uint64_t at, std::size_t width) {
    if (at > octets_.size() || octets_.size() - at < width) {
      broken_ = true;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets_[at + i]);
    return value;
  }
  std::string_view text(std::uint64_t at, std::uint64_t length) {
    if (at > octets_.size() || octets_.size() - at < length) {
      broken_ = true;
      return {};
    }
    return octets_.substr(at, length);
  }
  bool broken() const { return broken_; }

 private:
  std::string_view octets_;
  bool broken_ = false;
};

struct Record {
  std::uint64_t method = 0, flags = 0, crc = 0, compressed = 0, octets = 0, offset = 0;
  std::string_view name;
};

/// Reads sizes out of the zip64 extra field (APPNOTE 4.5.3) and notes a second name (4.6.9) that differs.
void read_extra(std::string_view extra, Record& record, Notes& notes) {
  Fields fields(extra);
  for (std::uint64_t at = 0; at + 4 <= extra.size();) {
    const std::uint64_t id = fields.number(at, 2);
    const std::uint64_t length = fields.number(at + 2, 2);
    at += 4;
    if (id == 1) {
      std::uint64_t in = at;
      for (std::uint64_t* value : {&record.octets, &record.compressed, &record.offset})
        if (*value == in_extra && in + 8 <= at + length) {
          *value = fields.number(in, 8);
          in += 8;
        }
    } else if (id == 0x7075 && length > 5) {
      if (fields.text(at + 5, length - 5) != record.name) note(notes, trouble, "second name");
    }
    at += length;
  }
}

struct Stretch {
  std::uint64_t begin = 0, end = 0;
  bool descriptor = false;
  Record entry = {};
};

class Walk {
 public:
  Walk(std::string_view octets, Notes& notes) : octets_(octets), fields_(octets), notes_(notes) {}

  void run() {
    const auto end = find_end();
    if (!end) return note(notes_, trouble, "no end record");
    std::uint64_t count = fields_.number(*end + 10, 2);
    std::uint64_t size = fields_.number(*end + 12, 4);
    std::uint64_t at = fields_.number(*end + 16, 4);
    std::uint64_t directory_end = *end;
    if (fields_.number(*end + 4, 2) != 0 || fields_.number(*end + 8, 2) != count)
      note(notes_, trouble, "several disks");
    if (count == 0xFFFF || size == in_extra || at == in_extra) {
      const std::uint64_t end64 = *end >= 20 ? fields_.number(*end - 12, 8) : 0;
      if (fields_.text(end64, 4) != end64_signature) return note(notes_, trouble, "no zip64 record");
      count = fields_.number(end64 + 32, 8);
      size = fields_.number(end64 + 40, 8);
      at = fields_.number(end64 + 48, 8);
      directory_end = end64;
    }
    if (at > directory_end || directory_end - at != size) note(notes_, trouble, "octets behind the directory");
    const std::uint64_t directory = at;
    for (std::uint64_t i = 0; i < count && i <= limits::container_entries && !fields_.broken(); ++i) at = entry(at);
    if (count <= limits::container_entries && at != directory + size) note(notes_, trouble, "directory size");
    if (fields_.broken()) note(notes_, trouble, "cut off");
    if (count <= limits::container_entries) compare_stretches(directory);
  }

 private:
  /// The end record: the last one whose comment ends where the file ends. More than one, or octets behind: trouble.
  std::optional<std::uint64_t> find_end() {
    constexpr std::uint64_t longest = 22 + 65535;
    std::optional<std::uint64_t> found;
    const std::uint64_t from = octets_.size() > longest ? octets_.size() - longest : 0;
    for (std::size_t at = from; (at = octets_.find(end_signature, at)) != std::string_view::npos; ++at) {
      const std::uint64_t rest = octets_.size() - at;
      if (rest < 22) break;
      if (found) note(notes_, trouble, "two end records");
      if (fields_.number(at + 20, 2) + 22 != rest) note(notes_, trouble, "octets behind the end");
      found = at;
    }
    return found;
  }

  std::uint64_t entry(std::uint64_t at) {
    if (fields_.number(at, 4) != central_signature) {
      note(notes_, trouble, "directory");
      return at;
    }
    Record central;
    central.flags = fields_.number(at + 8, 2);
    central.method = fields_.number(at + 10, 2);
    central.crc = fields_.number(at + 16, 4);
    central.compressed = fields_.number(at + 20, 4);
    central.octets = fields_.number(at + 24, 4);
    central.offset = fields_.number(at + 42, 4);
    const std::uint64_t name = fields_.number(at + 28, 2);
    const std::uint64_t extra = fields_.number(at + 30, 2);
    const std::uint64_t comment = fields_.number(at + 32, 2);
    central.name = fields_.text(at + 46, name);
    read_extra(fields_.text(at + 46 + name, extra), central, notes_);
    if (!names_.insert(central.name).second) note(notes_, trouble, "name twice");
    if (central.name.find('\0') != std::string_view::npos) note(notes_, trouble, "NUL in a name");
    note_entry_name(central.name, notes_);
    const std::uint64_t attributes = fields_.number(at + 38, 4);
    const std::uint64_t made_by = fields_.number(at + 4, 2) >> 8;
    constexpr std::uint64_t unix_link = 0xA000;  // S_IFLNK, in the upper half; OS X (19) writes them too
    if ((made_by == 3 || made_by == 19) && (attributes >> 16 & 0xF000U) == unix_link)
      note(notes_, "name.control", "link");
    if ((central.flags & 0x2000U) != 0) note(notes_, "content.encrypted", "zip directory");
    if ((central.flags & 0x0020U) != 0) note(notes_, trouble, "patch");
    if (fields_.number(at + 34, 2) != 0) note(notes_, trouble, "several disks");
    compare_local(central);
    return at + 46 + name + extra + comment;
  }

  void compare_local(const Record& central) {
    const std::uint64_t at = central.offset;
    if (fields_.number(at, 4) != local_signature) return note(notes_, trouble, "local record");
    Record local;
    local.flags = fields_.number(at + 6, 2);
    local.method = fields_.number(at + 8, 2);
    local.crc = fields_.number(at + 14, 4);
    local.compressed = fields_.number(at + 18, 4);
    local.octets = fields_.number(at + 22, 4);
    const std::uint64_t name = fields_.number(at + 26, 2);
    const std::uint64_t extra = fields_.number(at + 28, 2);
    local.name = fields_.text(at + 30, name);
    read_extra(fields_.text(at + 30 + name, extra), local, notes_);
    constexpr std::uint64_t telling = 0x0001 | 0x0008 | 0x0040 | 0x0800;  // encrypted, descriptor, strong, UTF-8
    const bool descriptor = (central.flags & 0x0008U) != 0;
    if (local.name != central.name) note(notes_, trouble, "names differ");
    if (local.method != central.method) note(notes_, trouble, "methods differ");
    if ((local.flags & telling) != (central.flags & telling)) note(notes_, trouble, "flags differ");
    const bool filled = local.crc != 0 || local.compressed != 0 || local.octets != 0;
    const bool equal =
        local.crc == central.crc && local.compressed == central.compressed && local.octets == central.octets;
    // With a descriptor each may come later: zero, or as zip64 wants it all ones.
    const auto open = [](std::uint64_t here, std::uint64_t there) {
      return here == 0 || here == in_extra || here == there;
    };
    const bool later = descriptor && open(local.crc, central.crc) && open(local.compressed, central.compressed) &&
                       open(local.octets, central.octets);
    if (filled && !equal && !later) note(notes_, trouble, "sizes differ");
    if (!filled && !descriptor && !equal) note(notes_, trouble, "sizes differ");
    stretches_.push_back({at, at + 30 + name + extra + central.compressed, descriptor, central});
  }

  /// Every octet in front of the directory belongs to exactly one entry, or to a descriptor behind one.
  void compare_stretches(std::uint64_t directory) {
    std::sort(stretches_.begin(), stretches_.end(),
              [](const Stretch& a, const Stretch& b) { return a.begin < b.begin; });
    if (!stretches_.empty() && stretches_.front().begin != 0) note(notes_, trouble, "octets in front");
    for (std::size_t i = 0; i < stretches_.size(); ++i) {
      const std::uint64_t next = i + 1 < stretches_.size() ? stretches_[i + 1].begin : directory;
      if (stretches_[i].end > next) {
        note(notes_, trouble, "overlap");
        continue;
      }
      const std::uint64_t gap = next - stretches_[i].end;
      if (gap == 0) continue;  // a descriptor that is promised and left out changes nothing
      if (stretches_[i].descriptor && descriptor_fits(stretches_[i], gap)) continue;
      note(notes_, trouble, "octets between");
    }
  }

  /// APPNOTE 4.3.9: CRC and sizes, each of four or eight octets, with a signature or without.
  bool descriptor_fits(const Stretch& stretch, std::uint64_t gap) {
    const bool with_signature = gap == 16 || gap == 24;
    const std::size_t width = gap == 20 || gap == 24 ? 8 : 4;
    if (!with_signature && gap != 12 && gap != 20) return false;
    std::uint64_t at = stretch.end;
    if (with_signature && fields_.number(at, 4) != descriptor_signature) return false;
    if (with_signature) at += 4;
    if (fields_.number(at, 4) != stretch.entry.crc || fields_.number(at + 4, width) != stretch.entry.compressed ||
        fields_.number(at + 4 + width, width) != stretch.entry.octets)
      note(notes_, trouble, "descriptor differs");
    return true;
  }

  std::string_view octets_;
  Fields fields_;
  Notes& notes_;
  std::set<std::string_view> names_;
  std::vector<Stretch> stretches_;
};

}  // namespace

void note_zip_records(std::string_view octets, Notes& notes) { Walk(octets, notes).run(); }

}  // namespace vanthu::inspect
