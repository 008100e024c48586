// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <cstdint>
#include <string>
#include <vector>

#include "zip_writer.hpp"

namespace vanthu::inspect::samples {

struct Entry {
  std::string name;
  std::string octets = {};
  std::string link = {};  ///< not empty: a symbolic link to it
};

/// An archive of these by libarchive's writer, in one of its formats and with one of its filters.
inline std::string archive_of(const std::vector<Entry>& entries, int format, int filter = ARCHIVE_FILTER_NONE,
                              const char* options = nullptr) {
  static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const locale_t before = ::uselocale(utf8);
  std::size_t room = 1U << 20;
  for (const Entry& entry : entries) room += 2 * entry.octets.size();
  std::string octets(room, '\0');
  std::size_t used = 0;
  archive* a = archive_write_new();
  archive_write_set_format(a, format);
  archive_write_add_filter(a, filter);
  archive_write_set_bytes_in_last_block(a, 1);
  if (options != nullptr) archive_write_set_options(a, options);
  archive_write_open_memory(a, octets.data(), octets.size(), &used);
  for (const Entry& entry : entries) {
    archive_entry* header = archive_entry_new();
    archive_entry_set_pathname_utf8(header, entry.name.c_str());
    archive_entry_set_size(header, static_cast<la_int64_t>(entry.octets.size()));
    archive_entry_set_filetype(header, entry.link.empty() ? AE_IFREG : AE_IFLNK);
    archive_entry_set_perm(header, 0644);
    if (!entry.link.empty()) archive_entry_set_symlink(header, entry.link.c_str());
    archive_write_header(a, header);
    if (entry.link.empty()) archive_write_data(a, entry.octets.data(), entry.octets.size());
    archive_entry_free(header);
  }
  archive_write_close(a);
  archive_write_free(a);
  ::uselocale(before);
  octets.resize(used);
  return octets;
}

/// Octets packed as one file, the way gzip(1) and its like do it.
inline std::string packed(const std::string& octets, int filter) {
  return archive_of({{"x", octets}}, ARCHIVE_FORMAT_RAW, filter);
}

}  // namespace vanthu::inspect::samples
