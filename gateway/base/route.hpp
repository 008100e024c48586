// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/digest.hpp"
#include "gateway/base/endpoint.hpp"
#include "gateway/base/result.hpp"

namespace vanthu {

/// Where mail of some recipients goes and how: one `relay.route` line of the configuration.
///
///   SELECTOR WHERE [OPTION …]
///   unit:vptu            lmtp://10.1.0.5:24
///   domain:btcd.example  smtp://a.example:25,smtp://b.example:25 tls=verified
///   domain:*.example     mx tls=opportunistic dane mta-sts
///   default              smtp://smart.example:587 tls=verified user=u password-file=/etc/vanthu/smart
struct Route {
  /// unit: a directory unit, or every unit whose id begins so ("hu-*"); domain: a domain, or everything below it
  /// ("*.example"); local: our domains' mail that no other route takes; outside ("default"): all other mail.
  enum class By : std::uint8_t { unit, domain, local, outside };
  /// none: in clear; opportunistic: encrypted where the hop can, whoever it is (RFC 7435); verified: name and CA;
  /// pinned: one of `pins`.
  enum class Tls : std::uint8_t { none, opportunistic, verified, pinned };
  By by = By::outside;
  std::string key;             ///< the unit, or the domain in A-labels; without the trailing or leading "*"
  bool prefix = false;         ///< unit: every id that begins with `key`; domain: everything below `key`
  std::vector<Endpoint> hops;  ///< lmtp, smtp or smtps, the best first; empty: MX look-up
  std::uint16_t mx_port = 25;  ///< of the hosts that an MX look-up names
  Tls tls = Tls::opportunistic;
  std::vector<Sha256> pins;  ///< of the key (SubjectPublicKeyInfo, DER)
  std::string ca_file;       ///< PEM; empty: the machine's
  bool dane = false;         ///< RFC 7672
  bool mta_sts = false;      ///< RFC 8461
  std::string user;          ///< AUTH; empty: none
  std::string password_file;
  bool eight_bit_anyway = false;  ///< 8-bit octets go to a hop that does not offer 8BITMIME; false: refused with 5.6.3

  bool mx() const { return hops.empty(); }
  bool lmtp() const { return !hops.empty() && hops.front().scheme == "lmtp"; }
  /// Only for a `domain` route; `domain` in lower-case A-labels.
  bool takes_domain(std::string_view domain) const {
    if (!prefix) return domain == key;
    return domain.size() > key.size() + 1 && domain.ends_with(key) && domain[domain.size() - key.size() - 1] == '.';
  }
  friend bool operator==(const Route&, const Route&) = default;
};

/// @par Errors  bad_configuration: which word, what is wrong with it, what would be right, the nearest known one
Result<Route> parse_route(std::string_view line);
/// The value of relay.local and relay.outside: WHERE alone, `mx` only for outside.
Result<Route> parse_default_route(Route::By by, std::string_view where);
/// What stands before the first blank of its line: "unit:vptu", "domain:*.example", "local", "default". Two routes with
/// one selector are a fault.
std::string selector(const Route& route);

}  // namespace vanthu
