// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "gateway/base/limits.hpp"
#include "gateway/imap/client_gate.hpp"
#include "gateway/imap/restore_limits.hpp"
#include "gateway/imap/standing.hpp"
#include "gateway/net/connection.hpp"

namespace vanthu::imap {

/// Another session at the store for the same client.
struct Reopened {
  std::unique_ptr<net::Connection> connection;  ///< logged in; none: not now
  bool never = false;                           ///< nor later: the client may not any more, the store is another one
  std::string why;                              ///< for the log
};
/// How a session gets another one at the store. Who may what is asked again.
struct Reopen {
  std::function<boost::asio::awaitable<Reopened>()> open{};  ///< none: sessions end with the store's
  std::chrono::milliseconds patience = limits::imap_restore_wait;
  std::chrono::milliseconds pause = limits::imap_restore_pause;
  std::chrono::milliseconds answer = limits::imap_backend_wait;  ///< until it idles again
};

struct Comeback {
  std::unique_ptr<net::Connection> connection;  ///< the client can go on with it; none: it cannot
  Standing standing;
  std::string told;   ///< for the client: what has changed meanwhile
  std::string words;  ///< without a connection: of the client's BYE
  std::string why;    ///< likewise, for the log
  unsigned tries = 0;
};
/// Tries until the store is back or patience is over, at moments drawn by lot, so that a thousand sessions do not come
/// at once; then brings the new session to where the old one stood.
boost::asio::awaitable<Comeback> come_back(const Reopen& reopen, Standing before, ClientGate::Setup setup);

}  // namespace vanthu::imap
