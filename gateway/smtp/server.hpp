// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>

#include "gateway/guard/guard.hpp"
#include "gateway/intake/decisions.hpp"
#include "gateway/intake/door.hpp"
#include "gateway/mail/carriage.hpp"
#include "gateway/net/connection.hpp"
#include "gateway/smtp/peer.hpp"

namespace vanthu::smtp {

/// Loans: all outlive every session.
struct Services {
  intake::Door& door;
  std::function<net::TlsContext(Port)> tls;  ///< null context: STARTTLS is not offered
  boost::asio::thread_pool& slow;            ///< credential hashing
  std::function<bool()> draining;            ///< SIGTERM was seen: 421 at the next command
  guard::Guard& guard;                       ///< limits shared by all sessions
  /// What the hop of a delivery can carry; for what EHLO offers it is asked with "local" and "outside" alone. Quick,
  /// any thread. None: nothing is known, all is offered.
  std::function<mail::Carriage(const mail::Delivery&)> carriage = {};
  intake::Decisions* decisions = nullptr;  ///< takes answers to our questions; null: there are none
};

/// One session, from the greeting to its end.
boost::asio::awaitable<void> serve(std::unique_ptr<net::Connection> client, Port port, Services& services);

}  // namespace vanthu::smtp
