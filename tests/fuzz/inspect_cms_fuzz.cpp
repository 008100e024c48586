// SPDX-License-Identifier: GPL-3.0-or-later
// S/MIME and OpenPGP, opaque and detached.
#include <cstdint>
#include <string_view>

#include "filters/inspect/document/pgp.hpp"
#include "filters/inspect/document/readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const Room room{200, 8U << 20};
  (void)read_cms(octets, room);
  (void)verify_detached("xin chao\r\n", octets);
  (void)clear_signatures(octets);
  Document document;
  read_pgp(octets, room, document);
  return 0;
}
