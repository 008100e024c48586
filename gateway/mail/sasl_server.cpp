// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/sasl_server.hpp"

#include <openssl/crypto.h>

#include <array>

#include "gateway/base/base64.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::mail {
namespace {
struct Mechanism {
  std::string_view name;
  bool (*possible)(const SaslOffer&);
};
bool always(const SaslOffer&) { return true; }
constexpr auto mechanisms = std::to_array<Mechanism>({
    {"SCRAM-SHA-256-PLUS", [](const SaslOffer& offer) { return !offer.bindings.empty(); }},
    {"SCRAM-SHA-256", always},
    {"EXTERNAL", [](const SaslOffer& offer) { return offer.certificate; }},
    {"PLAIN", always},
    {"LOGIN", [](const SaslOffer& offer) { return offer.login; }},
});
}  // namespace

std::string sasl_mechanisms(const SaslOffer& offer, std::string_view prefix) {
  std::string all;
  for (const Mechanism& one : mechanisms) {
    if (!one.possible(offer)) continue;
    if (!all.empty()) all += ' ';
    all.append(prefix).append(one.name);
  }
  return all;
}

std::optional<SaslServer> SaslServer::begin(std::string_view name, const SaslOffer& offer) {
  for (const Mechanism& one : mechanisms) {
    if (!text::ascii_iequals(one.name, name) || !one.possible(offer)) continue;
    if (one.name == "PLAIN") return SaslServer(one.name, State::plain);
    if (one.name == "LOGIN") return SaslServer(one.name, State::login_name);
    if (one.name == "EXTERNAL") return SaslServer(one.name, State::external);
    SaslServer server(one.name, State::scram_first);
    const auto binding = one.name.ends_with("-PLUS") ? Scram::Binding::required
                         : offer.bindings.empty()    ? Scram::Binding::none
                                                     : Scram::Binding::possible;
    server.scram_.emplace(binding, offer.bindings, scram_nonce());
    return server;
  }
  return std::nullopt;
}

SaslServer::~SaslServer() { OPENSSL_cleanse(password_.data(), password_.size()); }

SaslServer::Next SaslServer::ask(std::string challenge, State next) {
  challenge_ = std::move(challenge);
  state_ = next;
  return Next::challenge;
}

SaslServer::Next SaslServer::start() { return ask(state_ == State::login_name ? "Username:" : "", state_); }

SaslServer::Next SaslServer::take(std::string_view response) {
  if (state_ == State::plain) {
    auto plain = decode_plain(response);
    if (!plain) return Next::malformed;
    user_ = std::move(plain->authentication);
    authorization_ = std::move(plain->authorization);
    password_ = std::move(plain->password);
    return Next::password;
  }
  auto octets = base64_decode(response);
  if (!octets) return Next::malformed;
  switch (state_) {
    case State::login_name:
      if (octets->empty() || !plain_text(*octets)) return Next::malformed;
      user_ = *std::move(octets);
      return ask("Password:", State::login_password);
    case State::login_password:
      if (octets->empty() || !plain_text(*octets)) return Next::malformed;
      password_ = *std::move(octets);
      return Next::password;
    case State::external:
      if (!plain_text(*octets)) return Next::malformed;
      authorization_ = *std::move(octets);
      return Next::certificate;
    default:
      return scram(*octets);
  }
}

SaslServer::Next SaslServer::scram(std::string_view message) {
  switch (state_) {
    case State::scram_first:
      if (!scram_->first(message)) return Next::malformed;
      user_ = scram_->user();
      authorization_ = scram_->authorization();
      return Next::keys;
    case State::scram_last: {
      const auto answer = scram_->last(message);
      if (answer) return ask(*answer, State::scram_end);
      return answer.error().reply == Reply(status::refused) ? Next::wrong : Next::malformed;
    }
    default:  // our own proof was shown; the client has nothing left to say
      return message.empty() ? Next::proven : Next::malformed;
  }
}

SaslServer::Next SaslServer::keys(ScramKeys keys) { return ask(scram_->challenge(std::move(keys)), State::scram_last); }

}  // namespace vanthu::mail
