// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>

#include "gateway/intake/door.hpp"
#include "gateway/net/connection.hpp"
#include "gateway/spool/queue.hpp"

namespace vanthu::relay {

/// Carries queued mail to the next hops: "local" (the mail store) and "outside" (the smart host). Some workers a hop,
/// each with a connection that it keeps while there is work.
class Relay {
 public:
  struct Services {
    const Config& config;
    spool::Queue& queue;
    intake::Door& door;                                 ///< takes the notices (DSN)
    boost::asio::thread_pool& slow;                     ///< reading logs, writing notices
    net::TlsContext tls;                                ///< for hops that offer STARTTLS
    std::function<boost::asio::io_context&()> context;  ///< where to put the next worker
  };
  explicit Relay(Services services);
  ~Relay();

  void start();
  /// Workers end after the message they carry. Any thread.
  void stop();
  bool idle() const;  ///< after stop(): every worker has ended

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with the workers, which the end of the process may overtake
};

}  // namespace vanthu::relay
