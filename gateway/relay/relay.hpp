// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>

#include "gateway/dns/answer.hpp"
#include "gateway/intake/door.hpp"
#include "gateway/mail/carriage.hpp"
#include "gateway/relay/routes.hpp"
#include "gateway/spool/queue.hpp"

namespace vanthu::relay {

/// Carries queued mail to the next hops. Each destination (a key of Routes) has workers, started when there is work,
/// each with a connection that it keeps for a while; how many at once is found out by trying (concurrency.hpp).
class Relay {
 public:
  struct Services {
    const Config& config;
    const Routes& routes;
    spool::Queue& queue;
    intake::Door& door;                                 ///< takes the notices (DSN)
    boost::asio::thread_pool& slow;                     ///< reading logs, writing notices, hashing
    std::function<boost::asio::io_context&()> context;  ///< where to put the next worker
    dns::LookUp look_up;                                ///< for MX routes
  };
  /// @par Errors  bad_configuration: a file that a route names
  static Result<std::unique_ptr<Relay>> make(Services services);
  ~Relay();

  /// Asks each named hop what it can carry, and begins with what is due.
  void start();
  /// Workers end after the message they carry. Any thread.
  void stop();
  bool idle() const;  ///< after stop(): every worker has ended

  /// What the next hop of that delivery can carry, as it said last: unknown where it was not asked yet (MX routes until
  /// a first message went there). Quick, any thread.
  mail::Carriage carriage(const mail::Delivery& delivery) const;

 private:
  struct State;
  explicit Relay(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  ///< shared with the workers, which the end of the process may overtake
};

}  // namespace vanthu::relay
