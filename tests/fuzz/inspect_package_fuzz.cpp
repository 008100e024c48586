// SPDX-License-Identifier: GPL-3.0-or-later
// Office packages: the parts of a zip under every kind of document, and documents in one XML.
#include <cstdint>
#include <string_view>

#include "filters/inspect/document/readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  for (const char* mime :
       {"application/word", "application/excel", "application/powerpoint", "application/vnd.oasis.opendocument.text"})
    (void)read_package(octets, mime, Room{200, 8U << 20});
  return 0;
}
