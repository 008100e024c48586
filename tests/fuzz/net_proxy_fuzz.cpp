// SPDX-License-Identifier: GPL-3.0-or-later
// The header of a load balancer. The verdict may not depend on how the octets were cut, and a header never claims more
// octets than came.
#include <cstdlib>

#include "gateway/base/limits.hpp"
#include "gateway/net/proxy_protocol.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Next = vanthu::net::ProxyStep::Next;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto whole = vanthu::net::parse_proxy_header(octets);
  if (whole.next == Next::done) {
    const std::size_t taken = whole.header.octets;
    if (taken == 0 || taken > size || taken > vanthu::limits::proxy_header_octets) std::abort();
    if (vanthu::net::parse_proxy_header(octets.substr(0, taken)).next != Next::done) std::abort();
    if (vanthu::net::parse_proxy_header(octets.substr(0, taken - 1)).next != Next::more) std::abort();
  }
  if (whole.next == Next::more && size >= vanthu::limits::proxy_header_octets) std::abort();
  for (std::size_t cut = 0; cut < size && cut < 300; ++cut)
    if (vanthu::net::parse_proxy_header(octets.substr(0, cut)).next == Next::wrong && whole.next != Next::wrong)
      std::abort();
  return 0;
}
