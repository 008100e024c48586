// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/dns/answer.hpp"
#include "gateway/net/connection.hpp"
#include "gateway/relay/mta_sts_policy.hpp"
#include "gateway/relay/sts_store.hpp"

namespace vanthu::relay {

/// The policies of other domains, fetched when their DNS record says that there is a new one, renewed once a day, and
/// kept over restarts as long as they say (RFC 8461 §3.3, §5.1). Any thread.
class MtaSts {
 public:
  /// GET https://HOST/PATH from one of the addresses, as https_get() does it.
  using Fetch = std::function<boost::asio::awaitable<Result<std::string>>(
      std::string host, std::vector<std::string> addresses, std::string path, net::TlsContext context)>;
  struct Services {
    dns::LookUp look_up;
    Fetch fetch;
    boost::asio::thread_pool& slow;  ///< a loan: where the disk is waited for
  };
  /// Takes what the store holds.
  MtaSts(Services services, StsStore store);

  /// The policy in force; null: none. A policy that cannot be renewed stays in force until its age.
  /// @param context  verifies the host that serves it
  boost::asio::awaitable<std::shared_ptr<const StsPolicy>> policy(std::string domain, net::TlsContext context);

 private:
  struct Kept {
    std::string id;
    std::shared_ptr<const StsPolicy> policy;  // null: it could not be had
    Time until{};
    Time renew{};  // from then on it is fetched again though its id is the same
    Time again{};  // after a failure: not before
  };
  static Kept kept_of(std::string id, std::shared_ptr<const StsPolicy> policy, Time fetched);
  std::optional<Kept> kept(const std::string& domain) const;
  /// @return the domain that had to make room for it, or nothing
  std::string keep(const std::string& domain, Kept kept);
  boost::asio::awaitable<std::string> record_id(std::string domain) const;
  boost::asio::awaitable<Result<std::string>> fetch(std::string domain, net::TlsContext context) const;
  boost::asio::awaitable<void> write_down(StoredPolicy policy, std::string forgotten) const;

  Services services_;
  StsStore store_;
  mutable std::mutex mutex_;
  std::map<std::string, Kept> by_domain_;
};

}  // namespace vanthu::relay
