// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/scram.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <unicode/unistr.h>
#include <unicode/usprep.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <stdexcept>

#include "gateway/base/base64.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/sasl.hpp"

namespace vanthu::mail {
namespace {
constexpr std::size_t key_octets = 32;
constexpr unsigned least_iterations = 4096;  // RFC 7677 §4
constexpr unsigned most_iterations = 10'000'000;
constexpr std::size_t nonce_octets = 256;  // of the client's part; ours
constexpr std::size_t message_octets = 4096;
constexpr std::string_view scheme = "SCRAM-SHA-256$";

Error malformed(const char* what) { return fail(status::bad_arguments, std::string("SCRAM: ") + what); }

std::string hmac(std::string_view key, std::string_view octets) {
  std::string digest(key_octets, '\0');
  unsigned length = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
           reinterpret_cast<unsigned char*>(digest.data()), &length) == nullptr)
    throw std::runtime_error("HMAC failed");
  return digest;
}

std::string hash(std::string_view octets) {
  const Sha256 digest = sha256(octets);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// A saslname: "=2C" is a comma, "=3D" an equals sign, no other "=" (RFC 5802 §5.1).
std::optional<std::string> unescape(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      name += text[i];
      continue;
    }
    const std::string_view code = text.substr(i, 3);
    if (code != "=2C" && code != "=3D") return std::nullopt;
    name += code == "=2C" ? ',' : '=';
    i += 2;
  }
  if (name.empty() || !plain_text(name)) return std::nullopt;
  return name;
}

/// Takes "x=value" up to the next comma off the front.
std::optional<std::string_view> take(std::string_view& rest, char attribute) {
  if (rest.size() < 2 || rest[0] != attribute || rest[1] != '=') return std::nullopt;
  const std::size_t end = rest.find(',');
  const std::string_view value = rest.substr(2, end == std::string_view::npos ? end : end - 2);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return value;
}

bool is_nonce(std::string_view text) {
  return !text.empty() && text.size() <= nonce_octets &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F && c != ','; });
}
}  // namespace

std::optional<std::string> saslprep(std::string_view utf8) {
  if (!text::is_utf8(utf8)) return std::nullopt;
  UErrorCode code = U_ZERO_ERROR;
  using Profile = std::unique_ptr<UStringPrepProfile, decltype(&usprep_close)>;
  const Profile profile(usprep_openByType(USPREP_RFC4013_SASLPREP, &code), usprep_close);
  if (U_FAILURE(code)) throw std::runtime_error("ICU has no SASLprep");
  const auto source = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int>(utf8.size())));
  std::u16string prepared(static_cast<std::size_t>(source.length()) * 4 + 16, u'\0');
  const int length = usprep_prepare(profile.get(), source.getBuffer(), source.length(), prepared.data(),
                                    static_cast<int>(prepared.size()), USPREP_DEFAULT, nullptr, &code);
  if (U_FAILURE(code) || length <= 0) return std::nullopt;
  std::string text;
  icu::UnicodeString(prepared.data(), length).toUTF8String(text);
  return text;
}

Result<ScramKeys> derive_scram(std::string_view password, std::string salt, unsigned iterations) {
  auto prepared = saslprep(password);
  if (!prepared) return malformed("the password holds characters that SASLprep forbids");
  std::string salted(key_octets, '\0');
  const int made = PKCS5_PBKDF2_HMAC(prepared->data(), static_cast<int>(prepared->size()),
                                     reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()),
                                     static_cast<int>(iterations), EVP_sha256(), static_cast<int>(key_octets),
                                     reinterpret_cast<unsigned char*>(salted.data()));
  OPENSSL_cleanse(prepared->data(), prepared->size());
  if (made != 1) throw std::runtime_error("PBKDF2 failed");
  ScramKeys keys{std::move(salt), iterations, hash(hmac(salted, "Client Key")), hmac(salted, "Server Key")};
  OPENSSL_cleanse(salted.data(), salted.size());
  return keys;
}

std::string format(const ScramKeys& keys) {
  return std::string(scheme) + std::to_string(keys.iterations) + ':' + base64_encode(keys.salt) + '$' +
         base64_encode(keys.stored_key) + ':' + base64_encode(keys.server_key);
}

Result<ScramKeys> parse_scram(std::string_view text) {
  const auto wrong = [] { return malformed("not the keys of a login"); };
  if (!text.starts_with(scheme)) return wrong();
  text.remove_prefix(scheme.size());
  ScramKeys keys;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), keys.iterations);
  if (error != std::errc{} || keys.iterations < least_iterations || keys.iterations > most_iterations) return wrong();
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  const std::size_t dollar = text.find('$');
  if (!text.starts_with(':') || dollar == std::string_view::npos) return wrong();
  const std::size_t colon = text.find(':', dollar);
  if (colon == std::string_view::npos) return wrong();
  auto salt = base64_decode(text.substr(1, dollar - 1));
  auto stored = base64_decode(text.substr(dollar + 1, colon - dollar - 1));
  auto server = base64_decode(text.substr(colon + 1));
  if (!salt || salt->empty() || !stored || stored->size() != key_octets || !server || server->size() != key_octets)
    return wrong();
  keys.salt = *std::move(salt);
  keys.stored_key = *std::move(stored);
  keys.server_key = *std::move(server);
  return keys;
}

Result<Done> Scram::first(std::string_view message) {
  if (message.size() > message_octets) return malformed("message too long");
  // gs2-header = gs2-cbind-flag "," [ authzid ] ","
  const std::size_t flag_end = message.find(',');
  const std::size_t header_end = flag_end == std::string_view::npos ? flag_end : message.find(',', flag_end + 1);
  if (header_end == std::string_view::npos) return malformed("no header");
  const std::string_view flag = message.substr(0, flag_end);
  const std::string_view authzid = message.substr(flag_end + 1, header_end - flag_end - 1);
  header_ = message.substr(0, header_end + 1);
  if (flag.starts_with("p=")) {
    if (binding_ != Binding::required) return malformed("channel binding outside SCRAM-SHA-256-PLUS");
    const auto bound = std::find_if(bindings_.begin(), bindings_.end(),
                                    [&](const ChannelBinding& one) { return one.type == flag.substr(2); });
    if (bound == bindings_.end()) return malformed("a channel binding that is not possible here");
    channel_ = bound->data;
  } else if (flag == "y") {
    // The client could bind and believes that we cannot (RFC 5802 §6): somebody took the offer out.
    if (binding_ != Binding::none) return malformed("channel binding was offered, and did not arrive");
  } else if (flag != "n" || binding_ == Binding::required) {
    return malformed("no channel binding");
  }
  if (!authzid.empty()) {
    auto name = authzid.starts_with("a=") ? unescape(authzid.substr(2)) : std::nullopt;
    if (!name) return malformed("authorization identity");
    authorization_ = *std::move(name);
  }
  client_first_bare_ = message.substr(header_end + 1);
  std::string_view rest = client_first_bare_;
  if (rest.starts_with("m=")) return malformed("an extension that must be known and is not");
  const auto name = take(rest, 'n');
  auto user = name ? unescape(*name) : std::nullopt;
  if (!user) return malformed("user name");
  const auto nonce = take(rest, 'r');
  if (!nonce || !is_nonce(*nonce)) return malformed("nonce");
  user_ = *std::move(user);
  nonce_.insert(0, *nonce);
  return done;
}

std::string Scram::challenge(ScramKeys keys) {
  keys_ = std::move(keys);
  server_first_ = "r=" + nonce_ + ",s=" + base64_encode(keys_.salt) + ",i=" + std::to_string(keys_.iterations);
  return server_first_;
}

Result<std::string> Scram::last(std::string_view message) {
  if (message.size() > message_octets) return malformed("message too long");
  const std::size_t proof_at = message.rfind(",p=");
  if (proof_at == std::string_view::npos) return malformed("no proof");
  const std::string_view without_proof = message.substr(0, proof_at);
  std::string_view rest = without_proof;
  const auto channel = take(rest, 'c');
  const auto nonce = take(rest, 'r');
  const auto proof = base64_decode(message.substr(proof_at + 3));
  if (!channel || !nonce || !proof || proof->size() != key_octets) return malformed("client-final-message");
  const auto bound = base64_decode(*channel);
  if (!bound || *bound != header_ + channel_) return fail(status::refused, "SCRAM: another channel");
  if (*nonce != nonce_) return fail(status::refused, "SCRAM: another nonce");
  const std::string exchange = client_first_bare_ + ',' + server_first_ + ',' + std::string(without_proof);
  std::string client_key = hmac(keys_.stored_key, exchange);
  for (std::size_t i = 0; i < key_octets; ++i) client_key[i] = static_cast<char>(client_key[i] ^ (*proof)[i]);
  if (!same(hash(client_key), keys_.stored_key)) return fail(status::refused, "SCRAM: wrong proof");
  return "v=" + base64_encode(hmac(keys_.server_key, exchange));
}

std::string scram_nonce() {
  std::array<unsigned char, 18> octets{};
  if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1) throw std::runtime_error("no random numbers");
  return base64_encode({reinterpret_cast<const char*>(octets.data()), octets.size()});
}

}  // namespace vanthu::mail
