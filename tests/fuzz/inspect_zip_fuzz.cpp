// SPDX-License-Identifier: GPL-3.0-or-later
// The walk over zip records, and libzip behind it.
#include <cstdint>
#include <string>
#include <string_view>

#include "filters/inspect/content/type.hpp"
#include "filters/inspect/content/zip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  Notes notes;
  note_zip_records(octets, notes);
  const Zip zip(octets);
  if (!zip.open()) return 0;
  std::string content;
  for (const ZipEntry& entry : zip.entries()) (void)zip.read(entry, 1U << 20, content);
  (void)detect_type(octets, "", &zip);
  return 0;
}
