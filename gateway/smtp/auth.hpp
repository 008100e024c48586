// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/guard/guard.hpp"
#include "gateway/mail/sasl_server.hpp"
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
  std::string offered() const;
  /// The whole exchange, answered.
  /// @return who has logged in; empty: nobody, and the client was told so
  boost::asio::awaitable<std::optional<directory::Login>> run(Auth command);

 private:
  using Attempt = guard::Guard::Attempt;
  mail::SaslOffer offer() const;
  boost::asio::awaitable<std::optional<std::string>> challenge(std::string prompt);
  /// Whether that name may be tried now; if not, the client has been told so.
  std::optional<Attempt> admit(std::string_view name);
  boost::asio::awaitable<std::optional<directory::Login>> password(const mail::SaslServer& sasl);
  boost::asio::awaitable<std::optional<directory::Login>> certificate(const mail::SaslServer& sasl);
  directory::Login welcome(directory::Login login, Attempt attempt, std::string_view mechanism);
  boost::asio::awaitable<void> refuse(Error why, Attempt attempt, std::string wrong_password);

  Wire& wire_;
  Services& services_;
  const Peer& peer_;
  std::size_t failures_ = 0;
};

}  // namespace vanthu::smtp
