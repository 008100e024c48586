// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "gateway/base/clock.hpp"
#include "gateway/dns/answer.hpp"
#include "gateway/net/connection.hpp"
#include "gateway/relay/mta_sts_policy.hpp"

namespace vanthu::relay {

/// The policies of other domains, fetched when their DNS record says that there is a new one and kept as long as they
/// say (RFC 8461 §3.3, §5.1), in memory. Any thread.
class MtaSts {
 public:
  explicit MtaSts(dns::LookUp look_up) : look_up_(std::move(look_up)) {}

  /// The policy in force; null: none. A policy that cannot be renewed stays in force until its age.
  /// @param context  verifies the host that serves it
  boost::asio::awaitable<std::shared_ptr<const StsPolicy>> policy(std::string domain, net::TlsContext context);

 private:
  struct Kept {
    std::string id;
    std::shared_ptr<const StsPolicy> policy;  // null: it could not be had
    Time until{};
  };
  std::optional<Kept> kept(const std::string& domain) const;
  void keep(const std::string& domain, Kept kept);

  dns::LookUp look_up_;
  mutable std::mutex mutex_;
  std::map<std::string, Kept> by_domain_;
};

}  // namespace vanthu::relay
