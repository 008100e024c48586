// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/proxy_protocol.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::net {
namespace {
using Next = ProxyStep::Next;
constexpr std::string_view signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t fixed_octets = 16;  // signature, version and command, family and protocol, length
constexpr std::size_t line_octets = 107;  // v1, CRLF included
constexpr std::uint8_t crc32c_type = 0x03;

ProxyStep wrong(const char* why) { return {Next::wrong, {}, why}; }

std::uint8_t octet(std::string_view octets, std::size_t at) { return static_cast<std::uint8_t>(octets[at]); }
std::size_t number16(std::string_view octets, std::size_t at) {
  return static_cast<std::size_t>(octet(octets, at) << 8 | octet(octets, at + 1));
}

bool is_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error == std::errc{} && rest == digits.data() + digits.size() && std::to_string(port) == digits;
}

/// "PROXY TCP4 203.0.113.9 198.51.100.1 51234 25"
ProxyStep parse_line(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0;;) {
    const std::size_t end = line.find(' ', at);
    words.push_back(line.substr(at, end - at));
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  ProxyStep step{Next::done, {std::nullopt, line.size() + 2}, nullptr};
  if (words[0] != "PROXY" || words.size() < 2) return wrong("not a PROXY line");
  if (words[1] == "UNKNOWN") return step;  // what follows is to be passed over
  const bool v4 = words[1] == "TCP4";
  if (!v4 && words[1] != "TCP6") return wrong("neither TCP4 nor TCP6");
  if (words.size() != 6) return wrong("wants two addresses and two ports");
  for (const std::size_t at : {2U, 3U}) {
    const auto address = parse_ip(words[at]);
    if (!address || (words[at].find(':') == std::string_view::npos) != v4)
      return wrong("not an address of that family");
    if (v4 && format(*address) != words[at]) return wrong("not an address of that family");
    if (at == 2) step.header.client = *address;
  }
  if (!is_port(words[4]) || !is_port(words[5])) return wrong("not a port");
  return step;
}

ProxyStep parse_v1(std::string_view octets) {
  constexpr std::string_view word = "PROXY ";
  const std::size_t seen = std::min(octets.size(), word.size());
  if (octets.substr(0, seen) != word.substr(0, seen)) return wrong("no PROXY header");
  const std::size_t end = octets.substr(0, line_octets).find('\n');
  if (end == std::string_view::npos) {
    if (octets.size() >= line_octets) return wrong("PROXY line too long");
    return {};
  }
  if (octets[end - 1] != '\r') return wrong("PROXY line without CR");
  const std::string_view line = octets.substr(0, end - 1);
  if (!std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7F; }))
    return wrong("PROXY line with a control character");
  return parse_line(line);
}

/// Type-length-value vectors fill what the addresses left, to the octet.
const char* check_vectors(std::string_view header, std::size_t at) {
  while (at < header.size()) {
    if (header.size() - at < 3) return "half a TLV";
    const std::size_t length = number16(header, at + 1);
    const std::size_t value = at + 3;
    if (length > header.size() - value) return "a TLV that is longer than the header";
    if (octet(header, at) == crc32c_type) {
      if (length != 4) return "a checksum of another length";
      std::uint32_t said = 0;
      for (std::size_t i = 0; i < 4; ++i) said = said << 8 | octet(header, value + i);
      std::string blank(header);
      std::fill_n(blank.begin() + static_cast<std::ptrdiff_t>(value), 4, '\0');
      if (crc32c(blank) != said) return "a wrong checksum";
    }
    at = value + length;
  }
  return nullptr;
}

ProxyStep parse_v2(std::string_view octets) {
  if (octets.size() < fixed_octets) return {};
  const unsigned version = octet(octets, 12) >> 4, command = octet(octets, 12) & 0x0FU;
  const unsigned family = octet(octets, 13) >> 4, protocol = octet(octets, 13) & 0x0FU;
  if (version != 2) return wrong("another version than 2");
  if (command > 1) return wrong("an unknown command");
  if (family > 3 || protocol > 2) return wrong("an unknown family or protocol");
  const std::size_t whole = fixed_octets + number16(octets, 14);
  if (whole > limits::proxy_header_octets) return wrong("PROXY header too long");
  if (octets.size() < whole) return {};
  const std::string_view header = octets.substr(0, whole);
  ProxyStep step{Next::done, {std::nullopt, whole}, nullptr};
  if (command == 0) return step;  // LOCAL: a health check; the rest is to be passed over
  if (family == 0 || protocol == 0) return step;
  if (protocol != 1) return wrong("not a stream");
  if (family == 3) return wrong("a client on a UNIX socket");
  const std::size_t address = family == 1 ? 4 : 16;
  const std::size_t addresses = 2 * address + 4;
  if (whole < fixed_octets + addresses) return wrong("shorter than its addresses");
  if (const char* why = check_vectors(header, fixed_octets + addresses)) return wrong(why);
  IpAddress client;
  if (family == 1) client.octets[10] = client.octets[11] = 0xFF;
  for (std::size_t i = 0; i < address; ++i) client.octets.at(16 - address + i) = octet(header, fixed_octets + i);
  step.header.client = client;
  return step;
}
}  // namespace

ProxyStep parse_proxy_header(std::string_view octets) {
  if (octets.empty()) return {};
  if (octets[0] == 'P') return parse_v1(octets);
  const std::size_t seen = std::min(octets.size(), signature.size());
  if (octets.substr(0, seen) != signature.substr(0, seen)) return wrong("no PROXY header");
  return parse_v2(octets);
}

}  // namespace vanthu::net
