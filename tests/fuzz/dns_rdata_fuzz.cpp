// SPDX-License-Identifier: GPL-3.0-or-later
// What a DNS server of anybody's put into a record. The first octet chooses the type.
#include <cstdint>
#include <cstdlib>

#include "gateway/dns/rdata.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::dns;
  if (size == 0) return 0;
  const std::string_view rdata(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      if (const auto mx = parse_mx(rdata); mx && !mx->exchange.empty() && !is_name(mx->exchange)) std::abort();
      break;
    case 1:
      if (const auto text = parse_txt(rdata); text && text->size() >= rdata.size()) std::abort();
      break;
    case 2:
      if (const auto tlsa = parse_tlsa(rdata); tlsa && tlsa->data.size() + 3 != rdata.size()) std::abort();
      break;
    case 3:
      if (const auto name = parse_name(rdata); name && !name->empty() && !is_name(*name)) std::abort();
      break;
    case 4:
      if (const auto address = parse_address(rdata); address && !reverse_name(*address)) std::abort();
      break;
    default:
      if (const auto name = reverse_name(rdata); name && !is_name(*name)) std::abort();
  }
  return 0;
}
