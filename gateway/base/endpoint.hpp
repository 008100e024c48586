// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace vanthu {

/// "127.0.0.1:2525" or "[::1]:2525" taken apart.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const HostPort&, const HostPort&) = default;
};
Result<HostPort> parse_host_port(std::string_view text);
/// The other way round: an IPv6 address in brackets.
std::string format(const HostPort& at);

/// "lmtp://127.0.0.1:24", "smtp://host:25", "imaps://host:993" taken apart.
struct Endpoint {
  std::string scheme;
  HostPort at;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};
Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace vanthu
