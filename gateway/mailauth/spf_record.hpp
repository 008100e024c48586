// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::mailauth {

/// An address in octets; an IPv4 address inside IPv6 (::ffff:a.b.c.d) is an IPv4 address.
struct Ip {
  bool v6 = false;
  std::array<unsigned char, 16> octets{};
  friend bool operator==(const Ip&, const Ip&) = default;
};
std::optional<Ip> parse_ip(std::string_view text);
/// The first `bits` bits are the same, and the family.
bool in_network(const Ip& ip, const Ip& network, unsigned bits);

/// One word of a record (RFC 7208 §5).
struct Mechanism {
  enum class Kind : std::uint8_t { all, include, a, mx, ptr, ip4, ip6, exists } kind = Kind::all;
  char qualifier = '+';     ///< + - ~ ?
  std::string domain_spec;  ///< with its macros; empty: the domain itself
  unsigned bits4 = 32, bits6 = 128;
  Ip network;  ///< of ip4 and ip6
};

struct SpfRecord {
  std::vector<Mechanism> mechanisms;
  std::string redirect;  ///< domain-spec, or empty
};

/// Whether a TXT record is an SPF record at all (RFC 7208 §4.5).
bool is_spf(std::string_view text);
/// The whole grammar of RFC 7208 §12; nothing for any fault anywhere, as §4.6 wants.
std::optional<SpfRecord> parse_spf(std::string_view text);

/// What macros stand for (RFC 7208 §7.2).
struct MacroValues {
  std::string sender;  ///< local-part@domain
  std::string domain;  ///< the one being looked at
  Ip ip;
  std::string helo;
  std::string validated;  ///< %{p}; "unknown" where it was not looked up
};
bool wants_validated(std::string_view domain_spec);  ///< whether %{p} occurs
/// A domain-spec (checked before) with its macros put in, cut from the left to 253 octets (§7.3).
std::string expand(std::string_view domain_spec, const MacroValues& values);

}  // namespace vanthu::mailauth
