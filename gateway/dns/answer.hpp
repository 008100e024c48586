// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::dns {

/// The types that mail needs (RFC 1035 §3.2.2, RFC 3596, RFC 6698).
enum class Type : std::uint16_t { a = 1, cname = 5, ptr = 12, mx = 15, txt = 16, aaaa = 28, tlsa = 52 };

/// What the DNS said, or why it did not. An outage is not a "no": `failed` never means that something does not exist.
struct Answer {
  enum class Outcome : std::uint8_t {
    found,
    no_data,  ///< the name exists, not with this type
    no_name,  ///< NXDOMAIN; also for what is no domain name at all
    failed,   ///< SERVFAIL, no answer in time, too many look-ups at once: try again later
    bogus,    ///< DNSSEC says that somebody forged it; to be treated as `failed` by whoever does not ask for DNSSEC
  };
  Outcome outcome = Outcome::failed;
  bool secure = false;  ///< validated from the trust anchor down; true also for a proven "no". Never without an anchor
  std::vector<std::string> rdata;  ///< wire form without compression, as gateway/dns/rdata.hpp takes it; when found
  std::string canonical_name;      ///< where CNAMEs led, without the last dot; empty: the name itself
  std::uint32_t ttl = 0;           ///< seconds
  std::string why;                 ///< for the log, when failed or bogus

  bool found() const noexcept { return outcome == Outcome::found; }
  /// Nothing is there, and that is an answer ("void look-up", RFC 7208 §4.6.4).
  bool none() const noexcept { return outcome == Outcome::no_data || outcome == Outcome::no_name; }
  bool failure() const noexcept { return outcome == Outcome::failed || outcome == Outcome::bogus; }
};

/// Who only asks takes this, so that a table can answer instead of the network.
using LookUp = std::function<boost::asio::awaitable<Answer>(std::string name, Type type)>;

}  // namespace vanthu::dns
