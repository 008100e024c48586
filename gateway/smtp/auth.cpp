// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/auth.hpp"

#include <boost/asio/steady_timer.hpp>

#include "gateway/base/base64.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/mail/sasl.hpp"
#include "gateway/net/offload.hpp"

namespace vanthu::smtp {
namespace asio = boost::asio;
namespace {
constexpr std::chrono::seconds wrong_password_wait{2};
}  // namespace

std::string_view AuthDialogue::offered() const {
  return peer_.port != Port::mx && wire_.client().secure() && !peer_.login ? "PLAIN LOGIN" : "";
}

asio::awaitable<std::optional<std::string>> AuthDialogue::challenge(std::string_view prompt) {
  wire_.say("334 " + base64_encode(prompt));
  auto line = co_await wire_.read_line(limits::auth_line_octets);
  if (!line) co_return std::nullopt;
  if (*line == "*") {
    wire_.answer({501, {5, 7, 0}, "authentication cancelled"});
    co_return std::nullopt;
  }
  co_return *std::move(line);
}

asio::awaitable<std::optional<directory::Login>> AuthDialogue::run(Auth auth) {
  if (peer_.port == Port::mx || !wire_.client().secure()) {
    wire_.answer(status::not_implemented);
    co_return std::nullopt;
  }
  if (peer_.login) {
    wire_.answer({503, {5, 5, 1}, "already authenticated"});
    co_return std::nullopt;
  }
  Result<mail::Plain> plain = fail(status::bad_arguments, "not base64");
  if (auth.mechanism == "PLAIN") {
    std::optional<std::string> response = std::move(auth.initial);
    if (!response) response = co_await challenge("");
    if (!response) co_return std::nullopt;
    plain = mail::decode_plain(*response);
  } else if (auth.mechanism == "LOGIN") {
    std::optional<std::string> name = std::move(auth.initial);
    if (!name) name = co_await challenge("Username:");
    if (!name) co_return std::nullopt;
    auto password = co_await challenge("Password:");
    if (!password) co_return std::nullopt;
    const auto login = base64_decode(*name);
    const auto secret = base64_decode(*password);
    if (login && secret) {
      const mail::Plain said{"", *login, *secret};
      if (const auto message = mail::encode(said)) plain = mail::decode_plain(*message);
    }
  } else {
    wire_.answer({504, {5, 5, 4}, "mechanism not offered"});
    co_return std::nullopt;
  }
  if (!plain) {
    wire_.answer({501, {5, 5, 2}, "malformed authentication data"});
    co_return std::nullopt;
  }
  co_return co_await check(std::move(plain->authentication), std::move(plain->password));
}

asio::awaitable<std::optional<directory::Login>> AuthDialogue::check(std::string login, std::string password) {
  const auto work = [&] { return services_.door.services().directory.authenticate(login, password, day_of(now())); };
  auto checked = co_await net::offload(services_.slow, work);
  if (checked) {
    log::Event("auth.ok", log::Level::debug).with("session", peer_.session).with("user", checked->address);
    wire_.answer({235, {2, 7, 0}, "authenticated"});
    co_return *std::move(checked);
  }
  log::Event("auth.refused", log::Level::warning)
      .with("session", peer_.session)
      .with("client", peer_.address)
      .with("why", checked.error().detail);
  if (checked.error().reply.transient()) {
    wire_.answer({454, {4, 7, 0}, "authentication not available now, try again later"});
    co_return std::nullopt;
  }
  asio::steady_timer pause(wire_.client().executor(), wrong_password_wait);
  co_await pause.async_wait(asio::use_awaitable);
  wire_.answer({535, {5, 7, 8}, "authentication failed"});
  if (++failures_ >= limits::auth_failures) wire_.finish({421, {4, 7, 0}, "too many failed logins, closing"});
  co_return std::nullopt;
}

}  // namespace vanthu::smtp
