// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

namespace vanthu {

/// An IP address as sixteen octets; IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2), so that both sorts compare alike.
struct IpAddress {
  std::array<std::uint8_t, 16> octets{};
  bool is_v4() const noexcept;
  bool is_loopback() const noexcept;  ///< 127.0.0.0/8, ::1
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};
/// "203.0.113.9" or "2001:db8::1"; no zone, no brackets.
/// @par Errors  bad_arguments
Result<IpAddress> parse_ip(std::string_view text);
std::string format(const IpAddress& address);

/// Addresses with the same first bits.
struct Network {
  IpAddress first;
  unsigned bits = 128;  ///< of the sixteen octets: an IPv4 /24 has 120
  bool contains(const IpAddress& address) const noexcept;
  friend bool operator==(const Network&, const Network&) = default;
};
/// "203.0.113.0/24", "2001:db8::/48", or a single address. Bits behind the prefix must be zero, so that a slip shows.
/// @par Errors  bad_arguments
Result<Network> parse_network(std::string_view text);
std::string format(const Network& network);
/// The network of an address: an IPv4 address by its first `v4` bits, an IPv6 address by its first `v6` bits.
Network network_of(const IpAddress& address, unsigned v4, unsigned v6) noexcept;

/// Networks separated by spaces or commas, as in the configuration.
/// @par Errors  bad_arguments naming the one that is wrong
Result<std::vector<Network>> parse_networks(const std::vector<std::string>& lines);
bool contains(const std::vector<Network>& networks, const IpAddress& address) noexcept;

}  // namespace vanthu
