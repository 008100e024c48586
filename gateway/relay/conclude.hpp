// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/config.hpp"
#include "gateway/intake/door.hpp"
#include "gateway/spool/queue.hpp"

namespace vanthu::relay {

/// Who answered.
struct Hop {
  std::string name;  ///< "mx.example:25"
  bool lmtp = false;
  bool dsn = false;  ///< it reports itself where it was told to (RFC 3461)
};

/// What follows a delivery: tells the log, the sender and the queue, in that order, so that a crash repeats a notice
/// and never loses one. Loans: all outlive the call.
struct Conclusion {
  const Config& config;
  spool::Queue& queue;
  intake::Door& door;
  boost::asio::thread_pool& slow;

  boost::asio::awaitable<void> settle(const spool::Lease& lease, std::shared_ptr<const spool::Payload> payload, Hop hop,
                                      std::vector<spool::Outcome> outcomes) const;
  /// One answer for all recipients of the lease, ours and not a hop's.
  boost::asio::awaitable<void> settle_all(const spool::Lease& lease, std::shared_ptr<const spool::Payload> payload,
                                          Reply reply) const;
};

}  // namespace vanthu::relay
