// SPDX-License-Identifier: GPL-3.0-or-later
// Archives by libarchive, gzip, OneNote: whatever container_type() sends to read_archive().
#include <cstdint>
#include <string_view>

#include "filters/inspect/document/readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const Room room{100, 4U << 20};
  const Document document = read_archive(octets, room);
  std::uint64_t taken = 0;
  for (const InnerFile& file : document.files) taken += file.octets.size();
  if (taken > room.octets || document.files.size() > room.entries) __builtin_trap();
  return 0;
}
