// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/login.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/base/base64.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/mail/sasl.hpp"

namespace vanthu::relay {
namespace {
std::string octets(const Sha256& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

std::string hmac(std::string_view key, std::string_view data) {
  Sha256 result{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(data.data()),
       data.size(), result.data(), &length);
  return octets(result);
}

/// "n=value" in a comma-separated list (RFC 5802 §5.1); nothing where it is missing.
std::optional<std::string> attribute(std::string_view message, char name) {
  while (!message.empty()) {
    const std::string_view part = message.substr(0, message.find(','));
    if (part.size() >= 2 && part[0] == name && part[1] == '=') return std::string(part.substr(2));
    message.remove_prefix(std::min(message.size(), part.size() + 1));
  }
  return std::nullopt;
}

std::string saslname(std::string_view user) {
  std::string out;
  for (const char c : user) {
    if (c == '=')
      out += "=3D";
    else if (c == ',')
      out += "=2C";
    else
      out += c;
  }
  return out;
}

Error odd(const char* what) { return fail(status::next_hop_unavailable, std::string("AUTH: ") + what); }
}  // namespace

Result<Login> Login::choose(const std::vector<std::string>& offered, std::string user, std::string password) {
  for (const char* known : {"SCRAM-SHA-256", "PLAIN", "LOGIN"})
    if (std::find(offered.begin(), offered.end(), known) != offered.end())
      return Login(known, std::move(user), std::move(password));
  return odd("the next hop offers no mechanism that we speak");
}

std::optional<std::string> Login::initial() {
  if (mechanism_ == "PLAIN") {
    auto message = mail::encode(mail::Plain{"", user_, password_});
    return message ? std::optional(*std::move(message)) : std::nullopt;
  }
  if (mechanism_ == "LOGIN") return std::nullopt;
  if (nonce_.empty()) {
    std::array<unsigned char, 18> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) return std::nullopt;
    nonce_ = base64_encode({reinterpret_cast<const char*>(random.data()), random.size()});
  }
  client_first_bare_ = "n=" + saslname(user_) + ",r=" + nonce_;
  return base64_encode("n,," + client_first_bare_);
}

Result<std::string> Login::answer(std::string_view challenge) {
  ++step_;
  if (mechanism_ == "LOGIN") {  // draft-murchison-sasl-login: the words of the questions are not fixed, their order is
    if (step_ > 2) return odd("asks too much");
    return base64_encode(step_ == 1 ? user_ : password_);
  }
  if (mechanism_ == "PLAIN") return odd("PLAIN takes no challenge");
  const auto message = base64_decode(challenge);
  if (!message) return odd("the challenge is not base64");
  if (step_ == 1) return scram_final(*message);
  if (step_ == 2 && !server_proof_.empty() && attribute(*message, 'v') == server_proof_) {
    proved_ = true;
    return std::string();
  }
  return odd("the hop does not know the password");
}

Result<std::string> Login::scram_final(const std::string& server_first) {
  const auto nonce = attribute(server_first, 'r');
  const auto salt_text = attribute(server_first, 's');
  const auto rounds_text = attribute(server_first, 'i');
  if (!nonce || !salt_text || !rounds_text || attribute(server_first, 'm')) return odd("SCRAM: not a first message");
  if (nonce->size() <= nonce_.size() || !nonce->starts_with(nonce_)) return odd("SCRAM: another nonce");
  const auto salt = base64_decode(*salt_text);
  unsigned rounds = 0;
  const auto [rest, error] = std::from_chars(rounds_text->data(), rounds_text->data() + rounds_text->size(), rounds);
  if (!salt || salt->empty() || error != std::errc{} || rest != rounds_text->data() + rounds_text->size() ||
      rounds == 0 || rounds > limits::scram_rounds)
    return odd("SCRAM: salt or rounds");
  Sha256 salted_octets{};
  if (PKCS5_PBKDF2_HMAC(password_.data(), static_cast<int>(password_.size()),
                        reinterpret_cast<const unsigned char*>(salt->data()), static_cast<int>(salt->size()),
                        static_cast<int>(rounds), EVP_sha256(), static_cast<int>(salted_octets.size()),
                        salted_octets.data()) != 1)
    return odd("SCRAM: OpenSSL");
  const std::string salted = octets(salted_octets);
  const std::string without_proof = "c=biws,r=" + *nonce;  // "n,," in base64: no channel binding
  const std::string signed_text = client_first_bare_ + ',' + server_first + ',' + without_proof;
  std::string proof = hmac(salted, "Client Key");
  const std::string signature = hmac(octets(sha256(proof)), signed_text);
  for (std::size_t i = 0; i < proof.size(); ++i) proof[i] = static_cast<char>(proof[i] ^ signature[i]);
  server_proof_ = base64_encode(hmac(hmac(salted, "Server Key"), signed_text));
  return base64_encode(without_proof + ",p=" + base64_encode(proof));
}

}  // namespace vanthu::relay
