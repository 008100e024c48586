// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/dns/answer.hpp"

/// Wire form of a record's data taken apart. Strict: what has an octet too many or too few is nothing.
namespace vanthu::dns {

struct Mx {
  std::uint16_t preference = 0;
  std::string exchange;  ///< lower case, no last dot; empty: "." — the domain takes no mail (RFC 7505)
  friend bool operator==(const Mx&, const Mx&) = default;
};

struct Tlsa {
  std::uint8_t usage = 0, selector = 0, matching = 0;
  std::string data;  ///< octets
  friend bool operator==(const Tlsa&, const Tlsa&) = default;
};

std::optional<Mx> parse_mx(std::string_view rdata);
/// The strings of one TXT record put together (RFC 7208 §3.3, RFC 6376 §3.6.2.2).
std::optional<std::string> parse_txt(std::string_view rdata);
std::optional<Tlsa> parse_tlsa(std::string_view rdata);
/// PTR and CNAME: a name in lower case without the last dot, "." as ""; labels of printable ASCII only.
std::optional<std::string> parse_name(std::string_view rdata);
/// A and AAAA as text, "192.0.2.1", "2001:db8::1".
std::optional<std::string> parse_address(std::string_view rdata);

/// Can this be asked for? Labels of 1 to 63 printable ASCII octets (underscores too), 253 in all, a last dot allowed.
bool is_name(std::string_view name);
/// The name that PTR is asked of for an address as text (RFC 1035 §3.5, RFC 3596 §2.5); nothing for what is none.
std::optional<std::string> reverse_name(std::string_view address);

}  // namespace vanthu::dns
