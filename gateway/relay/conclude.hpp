// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/config.hpp"
#include "gateway/intake/door.hpp"
#include "gateway/mail/dsn.hpp"
#include "gateway/spool/queue.hpp"

namespace vanthu::relay {

/// Who answered.
struct Hop {
  std::string name;     ///< "mx.example:25"; empty: nobody, the answer is ours
  bool lmtp = false;    ///< the last hop: what it takes is delivered
  bool dsn = false;     ///< it reports itself where it was told to (RFC 3461)
  bool person = false;  ///< no hop: somebody who was asked said no, or said nothing in time, and may be spoken of
};

/// What is to be reported of these outcomes, what failed first (RFC 3461 §5.2): failures for good; `delayed` says that
/// what waits is told as well; successes that were asked for where no later hop will tell them. Pure.
std::vector<mail::Reported> reportable(const mail::Accepted& accepted, const std::vector<spool::Outcome>& outcomes,
                                       const Hop& hop, bool delayed);

/// What a sender is told of a message that is given up: that its time is over and what was said last. Where that was a
/// refusal by policy (x.7.y) it stays one, so that nothing of the message is quoted. Who wrote from outside learns
/// neither who of us did not approve it, nor why. Pure.
Reply given_up(const spool::Lease& lease, mail::Direction direction);
/// What he is told of one that waits: what was said last.
Reply waiting(const spool::Lease& lease);

/// What follows a delivery: tells the log, the sender and the queue, in that order. A report and the note of what it is
/// about are one write, so that a crash neither loses nor repeats it. Loans: all outlive the call.
struct Conclusion {
  using Payload = std::shared_ptr<const spool::Payload>;
  const Config& config;
  spool::Queue& queue;
  intake::Door& door;
  boost::asio::thread_pool& slow;

  /// Deliveries had these outcomes.
  boost::asio::awaitable<void> settle(const spool::Lease& lease, Payload payload, Hop hop,
                                      std::vector<spool::Outcome> outcomes) const;
  /// One answer for all recipients of the lease, for good; ours and not a hop's.
  boost::asio::awaitable<void> settle_all(const spool::Lease& lease, Payload payload, Reply reply) const;
  /// The destination is away; the sender is told where it is time to.
  boost::asio::awaitable<void> unreachable(const spool::Lease& lease, Payload payload, Reply reply) const;
  /// Its time is over, or somebody gave it up.
  boost::asio::awaitable<void> give_up(const spool::Lease& lease, Payload payload) const;
  /// It is not this message's turn, but time to tell the sender that it waits.
  boost::asio::awaitable<void> warn(const spool::Lease& lease, Payload payload) const;

 private:
  /// @param change  what is noted of the message by the same write
  boost::asio::awaitable<bool> tell(const spool::Lease& lease, Payload payload, std::vector<mail::Reported> reported,
                                    spool::Change change) const;
  boost::asio::awaitable<void> tell_delay(const spool::Lease& lease, Payload payload, Reply reply) const;
};

}  // namespace vanthu::relay
