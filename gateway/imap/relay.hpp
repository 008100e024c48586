// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/imap/client_gate.hpp"
#include "gateway/imap/comeback.hpp"
#include "gateway/imap/desk.hpp"
#include "gateway/net/connection.hpp"

namespace vanthu::imap {

/// Who talks to whom, for the log.
struct RelayNames {
  std::string session, user, mailbox;
};

/// Told of a letter whose body was fetched and whose header has a Vanthu-Record: that field's value. Quick.
using LetterOpened = std::function<void(std::string_view field)>;

struct RelayEnd {
  std::uint64_t from_client = 0, to_client = 0;  ///< octets after login
  std::string why;                               ///< "logout", "client closed", "idle", …
};

/// Carries a logged-in session in both directions until one side ends it. Memory is constant: what was read is written
/// before more is read. Whatever was read of either side and not yet consumed comes first. Neither connection is closed
/// here.
/// @param store  another one in its place afterwards where the store has restarted
/// @param draining  true: say BYE as soon as nothing is under way
/// @param desk  judges what the client files, and its commands on folders and messages
/// @param opened  where a letter's header did not come along with its body, the store is asked for that field between
/// two of the client's commands; the client sees nothing of it and waits for one answer of the store at most
/// @param reopen  how the session goes on where the store ends it while nothing of the client's is under way
boost::asio::awaitable<RelayEnd> relay(net::Connection& client, std::unique_ptr<net::Connection>& store,
                                       ClientGate::Options options, RelayNames names, Desk& desk,
                                       std::function<bool()> draining, LetterOpened opened = {}, Reopen reopen = {});

}  // namespace vanthu::imap
