// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/smtp/command.hpp"
#include "gateway/smtp/peer.hpp"
#include "gateway/smtp/server.hpp"
#include "gateway/smtp/wire.hpp"

namespace vanthu::smtp {

/// The dialogue behind AUTH (RFC 4954) of one session.
class AuthDialogue {
 public:
  AuthDialogue(Wire& wire, Services& services, const Peer& peer) : wire_(wire), services_(services), peer_(peer) {}

  /// What EHLO says behind "AUTH ": mechanisms that may be used now, or empty. Never in clear (RFC 8314 §3.3).
  std::string_view offered() const;
  /// The whole exchange, answered.
  /// @return who has logged in; empty: nobody, and the client was told so
  boost::asio::awaitable<std::optional<directory::Login>> run(Auth command);

 private:
  boost::asio::awaitable<std::optional<std::string>> challenge(std::string_view prompt);
  boost::asio::awaitable<std::optional<directory::Login>> check(std::string login, std::string password);

  Wire& wire_;
  Services& services_;
  const Peer& peer_;
  std::size_t failures_ = 0;
};

}  // namespace vanthu::smtp
