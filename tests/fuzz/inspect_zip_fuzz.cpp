// SPDX-License-Identifier: GPL-3.0-or-later
// The walk over zip records, libzip behind it, the types of a zip and what else its octets are.
#include <cstdint>
#include <string>
#include <string_view>

#include "filters/inspect/content/polyglot.hpp"
#include "filters/inspect/content/type.hpp"
#include "filters/inspect/document/readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const Room room{100, 4U << 20};
  const Document document = read_zip(octets, room);
  std::uint64_t taken = 0;
  for (const InnerFile& file : document.files) taken += file.octets.size();
  if (taken > room.octets || document.files.size() > room.entries) __builtin_trap();
  const Zip zip(octets);
  const Type type = detect_type(octets, "", &zip);
  for (const Reading& other : other_readings(octets, "", &zip, type))
    if (other.from > size) __builtin_trap();
  return 0;
}
