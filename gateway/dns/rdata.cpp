// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dns/rdata.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::dns {
namespace {
constexpr std::size_t label_octets = 63;  // RFC 1035 §2.3.4
constexpr std::size_t name_octets = 255;  // on the wire, likewise

std::uint8_t octet(std::string_view octets, std::size_t at) { return static_cast<std::uint8_t>(octets[at]); }

/// What may stand in a label of a name that we print, compare and ask for again.
bool plain(char c) { return c > ' ' && c < 0x7f && c != '.' && c != '\\' && c != '"'; }
}  // namespace

std::optional<std::string> parse_name(std::string_view rdata) {
  if (rdata.size() > name_octets) return std::nullopt;
  std::string name;
  for (std::size_t at = 0; at < rdata.size();) {
    const std::size_t length = octet(rdata, at++);
    if (length == 0) {
      if (at != rdata.size()) return std::nullopt;
      return text::ascii_lower(name);
    }
    if (length > label_octets || rdata.size() - at < length) return std::nullopt;
    const std::string_view label = rdata.substr(at, length);
    if (!std::all_of(label.begin(), label.end(), plain)) return std::nullopt;
    if (!name.empty()) name += '.';
    name += label;
    at += length;
  }
  return std::nullopt;
}

std::optional<Mx> parse_mx(std::string_view rdata) {
  if (rdata.size() < 3) return std::nullopt;
  auto exchange = parse_name(rdata.substr(2));
  if (!exchange) return std::nullopt;
  return Mx{static_cast<std::uint16_t>(octet(rdata, 0) << 8 | octet(rdata, 1)), *std::move(exchange)};
}

std::optional<std::string> parse_txt(std::string_view rdata) {
  if (rdata.empty() || rdata.size() > limits::dns_txt_octets) return std::nullopt;
  std::string text;
  for (std::size_t at = 0; at < rdata.size();) {
    const std::size_t length = octet(rdata, at++);
    if (rdata.size() - at < length) return std::nullopt;
    text += rdata.substr(at, length);
    at += length;
  }
  return text;
}

std::optional<Tlsa> parse_tlsa(std::string_view rdata) {
  if (rdata.size() < 4) return std::nullopt;
  return Tlsa{octet(rdata, 0), octet(rdata, 1), octet(rdata, 2), std::string(rdata.substr(3))};
}

std::optional<std::string> parse_address(std::string_view rdata) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (rdata.size() != 4 && rdata.size() != 16) return std::nullopt;
  inet_ntop(rdata.size() == 4 ? AF_INET : AF_INET6, rdata.data(), text.data(), text.size());
  return std::string(text.data());
}

bool is_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty() || name.size() > name_octets - 2) return false;
  while (true) {
    const std::string_view label = name.substr(0, name.find('.'));
    if (label.empty() || label.size() > label_octets || !std::all_of(label.begin(), label.end(), plain)) return false;
    if (label.size() == name.size()) return true;
    name.remove_prefix(label.size() + 1);
  }
}

std::optional<std::string> reverse_name(std::string_view address) {
  const std::string text(address);
  std::array<unsigned char, 16> octets{};
  std::string name;
  if (inet_pton(AF_INET, text.c_str(), octets.data()) == 1) {
    for (std::size_t i = 4; i-- > 0;) name += std::to_string(octets[i]) + '.';
    return name + "in-addr.arpa";
  }
  if (inet_pton(AF_INET6, text.c_str(), octets.data()) != 1) return std::nullopt;
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = octets.size(); i-- > 0;) name += {digits[octets[i] & 15U], '.', digits[octets[i] >> 4U], '.'};
  return name + "ip6.arpa";
}

}  // namespace vanthu::dns
