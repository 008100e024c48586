// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "gateway/guard/guard.hpp"
#include "gateway/smtp/peer.hpp"

namespace vanthu::smtp {

/// How much one session may ask for: gateway/guard's questions, asked in the name of its peer.
class Restraint {
 public:
  Restraint(guard::Guard& guard, const Peer& peer) : guard_(guard), peer_(peer) {}

  /// Before MAIL and before RCPT is looked at. A reply: not now.
  std::optional<Reply> message();
  std::optional<Reply> recipient();
  /// After a message was taken.
  void octets(std::uint64_t octets);
  /// Whether an answer to RCPT goes through temper(): an unknown recipient, from outside.
  bool tempers(const Reply& reply) const;
  /// What RCPT is answered where the rules say `reply`: who guesses addresses from outside waits for each answer, and
  /// in the end gets 421.
  boost::asio::awaitable<Reply> temper(Reply reply, boost::asio::any_io_executor executor);

 private:
  const guard::Client& client();
  std::optional<guard::Account> account() const;

  guard::Guard& guard_;
  const Peer& peer_;
  std::optional<guard::Client> client_;
  std::string of_;  // the address that client_ was made of: a host in front of us may name another one
  std::size_t unknown_ = 0;
};

}  // namespace vanthu::smtp
