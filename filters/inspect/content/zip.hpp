// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/notes.hpp"

namespace vanthu::inspect {

struct ZipEntry {
  std::uint64_t index = 0;
  std::string name;              ///< UTF-8, '/' between folders; as written otherwise
  std::uint64_t octets = 0;      ///< as declared
  std::uint64_t compressed = 0;  ///< as declared
  std::uint16_t method = 0;      ///< APPNOTE.TXT 4.4.5
  bool encrypted = false;
  bool folder = false;
};

/// A zip file in memory, read through libzip after our own walk over its records.
class Zip {
 public:
  enum class Outcome { read, too_big, bomb, encrypted, unsupported, unreadable };

  /// @param octets  outlive this object
  explicit Zip(std::string_view octets);
  Zip(Zip&&) noexcept;
  ~Zip();

  bool open() const noexcept { return archive_ != nullptr; }
  /// At most limits::container_entries + 1 of them.
  const std::vector<ZipEntry>& entries() const noexcept { return entries_; }
  const ZipEntry* find(std::string_view name) const;
  /// Unpacks one entry; stops at `most` octets or when it grows beyond the ratio of the limits.
  Outcome read(const ZipEntry& entry, std::uint64_t most, std::string& into) const;

 private:
  struct Close {
    void operator()(void* archive) const noexcept;
  };
  std::unique_ptr<void, Close> archive_;  ///< zip_t
  std::vector<ZipEntry> entries_;
};

/// Walks over the records of a zip file and notes whatever lets two programs see two contents: records that disagree
/// with the central directory, octets that belong to nothing, overlaps, names given twice (APPNOTE.TXT 4.3), and names
/// that lead elsewhere.
/// @par Notes  inspect.ambiguous-container with what is wrong, name.control, content.encrypted (the directory itself)
void note_zip_records(std::string_view octets, Notes& notes);

}  // namespace vanthu::inspect
