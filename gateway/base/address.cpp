// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace vanthu {
namespace {
constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

void cut(IpAddress& address, unsigned bits) noexcept {
  for (unsigned at = 0; at < address.octets.size(); ++at) {
    const unsigned kept = bits > 8 * at ? std::min(8U, bits - 8 * at) : 0U;
    address.octets[at] &= static_cast<std::uint8_t>(0xFF00U >> kept);
  }
}
}  // namespace

bool IpAddress::is_v4() const noexcept { return std::equal(mapped.begin(), mapped.end(), octets.begin()); }

bool IpAddress::is_loopback() const noexcept {
  if (is_v4()) return octets[12] == 127;
  return std::all_of(octets.begin(), octets.end() - 1, [](std::uint8_t o) { return o == 0; }) && octets[15] == 1;
}

Result<IpAddress> parse_ip(std::string_view text) {
  const std::string copy(text);
  IpAddress address;
  if (text.size() < INET6_ADDRSTRLEN && text.find('\0') == std::string_view::npos) {
    if (text.find(':') != std::string_view::npos) {
      if (inet_pton(AF_INET6, copy.c_str(), address.octets.data()) == 1) return address;
    } else {
      std::copy(mapped.begin(), mapped.end(), address.octets.begin());
      if (inet_pton(AF_INET, copy.c_str(), address.octets.data() + mapped.size()) == 1) return address;
    }
  }
  return fail(status::bad_arguments, "not an IP address: " + copy);
}

std::string format(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_v4())
    inet_ntop(AF_INET, address.octets.data() + mapped.size(), text.data(), text.size());
  else
    inet_ntop(AF_INET6, address.octets.data(), text.data(), text.size());
  return text.data();
}

bool Network::contains(const IpAddress& address) const noexcept {
  IpAddress begin = address;
  cut(begin, bits);
  return begin == first;
}

Result<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  auto address = parse_ip(text.substr(0, slash));
  if (!address) return address.error();
  const unsigned most = address->is_v4() ? 32 : 128;
  unsigned prefix = most;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (error != std::errc{} || rest != digits.data() + digits.size() || prefix > most)
      return fail(status::bad_arguments, "not a network: " + std::string(text));
  }
  Network network{*address, prefix + (128 - most)};
  cut(network.first, network.bits);
  if (network.first != *address)
    return fail(status::bad_arguments,
                std::string(text) + " has bits behind its prefix; " + format(network) + " is the network it lies in");
  return network;
}

std::string format(const Network& network) {
  const bool v4 = network.first.is_v4() && network.bits >= 96;
  return format(network.first) + '/' + std::to_string(v4 ? network.bits - 96 : network.bits);
}

Network network_of(const IpAddress& address, unsigned v4, unsigned v6) noexcept {
  Network network{address, address.is_v4() ? 96 + v4 : v6};
  cut(network.first, network.bits);
  return network;
}

Result<std::vector<Network>> parse_networks(const std::vector<std::string>& lines) {
  std::vector<Network> networks;
  for (const std::string& line : lines) {
    for (std::size_t at = line.find_first_not_of(" ,"); at != std::string::npos;
         at = line.find_first_not_of(" ,", at)) {
      const std::size_t end = std::min(line.find_first_of(" ,", at), line.size());
      auto network = parse_network(std::string_view(line).substr(at, end - at));
      if (!network) return network.error();
      networks.push_back(*network);
      at = end;
    }
  }
  return networks;
}

bool contains(const std::vector<Network>& networks, const IpAddress& address) noexcept {
  return std::any_of(networks.begin(), networks.end(), [&](const Network& n) { return n.contains(address); });
}

}  // namespace vanthu
