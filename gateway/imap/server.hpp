// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>

#include "directory/directory.hpp"
#include "gateway/base/config.hpp"
#include "gateway/guard/guard.hpp"
#include "gateway/imap/archive_door.hpp"
#include "gateway/imap/stores.hpp"
#include "gateway/intake/append_door.hpp"
#include "gateway/net/connection.hpp"

namespace vanthu::imap {

/// What the sessions use and share; outlives them all.
struct Services {
  const Config& config;
  const directory::Directory& directory;
  std::function<net::TlsContext()> tls;  ///< the server's certificate as of now; empty context: no TLS
  boost::asio::thread_pool& slow;        ///< for the password hash
  std::function<bool()> draining;        ///< SIGTERM came
  /// The mail stores as configured now; shared, because a session that logs in keeps what it began with.
  std::function<std::shared_ptr<const Stores>()> stores;
  guard::Guard& guard;             ///< limits shared by all sessions
  intake::AppendDoor& append;      ///< judges and archives what clients file
  ArchiveDoor* archive = nullptr;  ///< for names that end in archive_suffix; null: there are none such
  /// A letter's body was fetched from `mailbox` by `user`, and its header has this value of Vanthu-Record. Quick, any
  /// thread. None given: nothing is noticed.
  std::function<void(std::string_view field, const std::string& mailbox, const std::string& user)> opened = {};
};

/// One IMAP session, from the greeting (or the TLS handshake) until either side ends it. Never throws for what a peer
/// does. Logs imap.login, imap.refused, imap.append and imap.closed.
/// @par Source  RFC 9051
boost::asio::awaitable<void> serve(std::unique_ptr<net::Connection> client, bool implicit_tls, Services& services);

}  // namespace vanthu::imap
