// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/address.hpp"

namespace vanthu::net {

/// What a load balancer says of the client before the client's own octets: HAProxy's PROXY protocol, versions 1 and 2.
struct ProxyHeader {
  std::optional<IpAddress> client;  ///< none: the balancer speaks for itself (LOCAL, UNKNOWN), its own address counts
  std::size_t octets = 0;           ///< the header's; what follows is the client's
};

struct ProxyStep {
  enum class Next : std::uint8_t { more, done, wrong } next = Next::more;
  ProxyHeader header{};       ///< of done
  const char* why = nullptr;  ///< of wrong
};
/// Reads the front of what has come. Strict: one spelling of a number, no octet more than the header says, at most
/// limits::proxy_header_octets; a checksum (PP2_TYPE_CRC32C) that is there must be right. Only stream connections.
/// @par Source  haproxy.org, proxy-protocol.txt (2020/03/05), §2.1 and §2.2
ProxyStep parse_proxy_header(std::string_view octets);

}  // namespace vanthu::net
