// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/auth.hpp"

#include <boost/asio/steady_timer.hpp>

#include "gateway/base/base64.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/net/offload.hpp"

namespace vanthu::smtp {
namespace asio = boost::asio;
using Next = mail::SaslServer::Next;

mail::SaslOffer AuthDialogue::offer() const {
  mail::SaslOffer offer;
  const net::Connection& client = wire_.client();
  offer.certificate = client.peer_certificate().has_value();
  for (const char* type : {"tls-exporter", "tls-server-end-point", "tls-unique"})
    if (auto data = client.channel_binding(type)) offer.bindings.push_back({type, *std::move(data)});
  return offer;
}

std::string AuthDialogue::offered() const {
  if (peer_.port == Port::mx || !wire_.client().secure() || peer_.login) return {};
  return mail::sasl_mechanisms(offer());
}

asio::awaitable<std::optional<std::string>> AuthDialogue::challenge(std::string prompt) {
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
  auto sasl = mail::SaslServer::begin(auth.mechanism, offer());
  if (!sasl) {
    wire_.answer({504, {5, 5, 4}, "mechanism not offered"});
    co_return std::nullopt;
  }
  std::optional<Attempt> attempt;  // of SCRAM, which takes several turns
  directory::Directory::ScramLogin scram;
  Next next = auth.initial ? sasl->take(*auth.initial) : sasl->start();
  while (true) {
    switch (next) {
      case Next::challenge: {
        const auto response = co_await challenge(sasl->challenge());
        if (!response) co_return std::nullopt;
        next = sasl->take(*response);
        break;
      }
      case Next::keys: {
        attempt = admit(sasl->user());
        if (!attempt) co_return std::nullopt;
        auto found = services_.door.services().directory.scram(sasl->user(), day_of(now()));
        if (!found) {
          co_await refuse(found.error(), *std::move(attempt), {});
          co_return std::nullopt;
        }
        scram = *std::move(found);
        next = sasl->keys(scram.keys);
        break;
      }
      case Next::proven:
        if (scram.login) co_return welcome(*std::move(scram.login), *std::move(attempt), sasl->mechanism());
        [[fallthrough]];
      case Next::wrong: {
        const Error why = fail(status::refused, "login refused: " + (scram.login ? "wrong proof" : scram.why));
        co_await refuse(why, *std::move(attempt), {});
        co_return std::nullopt;
      }
      case Next::password:
        co_return co_await password(*sasl);
      case Next::certificate:
        co_return co_await certificate(*sasl);
      case Next::malformed:
        wire_.answer({501, {5, 5, 2}, "malformed authentication data"});
        co_return std::nullopt;
    }
  }
}

std::optional<AuthDialogue::Attempt> AuthDialogue::admit(std::string_view name) {
  auto admitted = services_.guard.login(services_.guard.client(peer_.address), name);
  if (admitted.attempt) return std::move(admitted.attempt);
  log::Event("auth.held-back", log::Level::debug)
      .with("session", peer_.session)
      .with("client", peer_.address)
      .with("why", admitted.refusal.limit);
  wire_.answer(admitted.refusal.reply);
  if (++failures_ >= limits::auth_failures) wire_.finish({421, {4, 7, 0}, "too many failed logins, closing"});
  return std::nullopt;
}

asio::awaitable<std::optional<directory::Login>> AuthDialogue::password(const mail::SaslServer& sasl) {
  auto attempt = admit(sasl.user());
  if (!attempt) co_return std::nullopt;
  const auto work = [&] {
    return services_.door.services().directory.authenticate(sasl.user(), sasl.password(), day_of(now()));
  };
  auto checked = co_await net::offload(services_.slow, work);
  if (checked) co_return welcome(*std::move(checked), *std::move(attempt), sasl.mechanism());
  co_await refuse(checked.error(), *std::move(attempt), sasl.password());
  co_return std::nullopt;
}

asio::awaitable<std::optional<directory::Login>> AuthDialogue::certificate(const mail::SaslServer& sasl) {
  const auto shown = wire_.client().peer_certificate();
  if (!shown) {
    wire_.answer({504, {5, 5, 4}, "mechanism not offered"});
    co_return std::nullopt;
  }
  auto attempt = admit("sha256:" + shown->fingerprint);
  if (!attempt) co_return std::nullopt;
  std::vector<std::string> names{"sha256:" + shown->fingerprint, shown->subject};
  names.insert(names.end(), shown->emails.begin(), shown->emails.end());
  auto whose = services_.door.services().directory.by_certificate(names, sasl.authorization(), day_of(now()));
  if (whose) co_return welcome(*std::move(whose), *std::move(attempt), sasl.mechanism());
  const Error why = fail(whose.error().reply, whose.error().detail + ": " + shown->subject);
  co_await refuse(why, *std::move(attempt), shown->fingerprint);
  co_return std::nullopt;
}

directory::Login AuthDialogue::welcome(directory::Login login, Attempt attempt, std::string_view mechanism) {
  attempt.succeeded();
  log::Event("auth.ok", log::Level::debug)
      .with("session", peer_.session)
      .with("user", login.address)
      .with("mechanism", mechanism);
  wire_.answer({235, {2, 7, 0}, "authenticated"});
  return login;
}

asio::awaitable<void> AuthDialogue::refuse(Error why, Attempt attempt, std::string wrong_password) {
  log::Event("auth.refused", log::Level::warning)
      .with("session", peer_.session)
      .with("client", peer_.address)
      .with("why", why.detail);
  if (why.reply.transient()) {  // nobody's guess was wrong
    wire_.answer({454, {4, 7, 0}, "authentication not available now, try again later"});
    co_return;
  }
  attempt.failed(wrong_password);
  asio::steady_timer pause(wire_.client().executor(), limits::wrong_login_wait);
  co_await pause.async_wait(asio::use_awaitable);
  wire_.answer({535, {5, 7, 8}, "authentication failed"});
  if (++failures_ >= limits::auth_failures) wire_.finish({421, {4, 7, 0}, "too many failed logins, closing"});
}

}  // namespace vanthu::smtp
