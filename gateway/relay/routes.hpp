// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/base/route.hpp"
#include "gateway/mail/accepted.hpp"

namespace vanthu::relay {

/// Which route takes a delivery. Immutable, any thread.
class Routes {
 public:
  explicit Routes(std::vector<Route> routes);

  /// The queue's scheduling key: what shares one next hop and its back-off. The route's selector ("local", "default",
  /// "unit:vptu"), and for an MX route one key a domain ("mx:gmail.com").
  /// Order: unit (the exact one, then the longest beginning), domain (exact, then the longest *.), then local or
  /// default as the delivery says. What no route takes gets "default" all the same: it waits, and then is reported.
  /// @param tls_optional  the message says TLS-Required: No (RFC 8689 §3). What DANE and MTA-STS demand of a domain is
  /// not for it, so it has a key, and connections, of its own there ("mx-tls-optional:gmail.com"): it neither waits
  /// behind mail that they keep back nor opens the way for it. What an operator wrote (tls=) is for it as well.
  std::string destination(const mail::Delivery& delivery, bool tls_optional = false) const;

  /// The route behind a key that destination() gave, in this run or an earlier one; null: there is none any more.
  const Route* route(std::string_view key) const;

  /// Keys of the routes whose hosts are named.
  std::vector<std::string> named() const;

 private:
  const Route* by_unit(const std::string& unit) const;
  const Route* by_domain(std::string_view domain) const;
  std::vector<Route> routes_;
  std::unordered_map<std::string, const Route*> by_selector_;
  std::unordered_map<const Route*, Route> lax_;  // MX routes with DANE or MTA-STS, without them
  bool units_ = false, domains_ = false;         // whether any such route is there
};

}  // namespace vanthu::relay
