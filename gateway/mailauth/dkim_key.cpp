// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/dkim_key.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "gateway/base/base64.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mailauth/tag_list.hpp"

namespace vanthu::mailauth {
namespace {
constexpr std::size_t ed25519_octets = 32;
constexpr int rsa_bits_least = 1024, rsa_bits_most = 4096, rsa_bits_made = 2048;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
struct FreeBio {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
const unsigned char* octets_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Error wrong_key(const char* why) { return fail(status::bad_arguments, why); }

bool lists(std::string_view list, std::string_view word) {
  const auto items = colon_list(list);
  return std::any_of(items.begin(), items.end(),
                     [&](std::string_view item) { return text::ascii_iequals(item, word); });
}

/// SubjectPublicKeyInfo as RFC 6376 §3.6.1 has it, or the bare RSAPublicKey that some publish.
Key rsa_key(const std::string& der) {
  const unsigned char* at = octets_of(der);
  Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())), FreeKey());
  if (key != nullptr && at == octets_of(der) + der.size()) return key;
  at = octets_of(der);
  key = Key(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(der.size())), FreeKey());
  return key != nullptr && at == octets_of(der) + der.size() ? key : nullptr;
}
}  // namespace

std::string_view name(Algorithm algorithm) { return algorithm == Algorithm::rsa ? "rsa-sha256" : "ed25519-sha256"; }

Result<KeyRecord> parse_key_record(std::string_view text) {
  const auto tags = TagList::parse(text);
  if (!tags || tags->tags().empty()) return wrong_key("key record not understood");
  if (tags->find("v") != nullptr && (tags->tags().front().name != "v" || tags->value("v") != "DKIM1"))
    return wrong_key("key record of another version");
  KeyRecord record;
  const std::string type = text::ascii_lower(tags->value("k").value_or("rsa"));
  if (type == "ed25519")
    record.algorithm = Algorithm::ed25519;
  else if (type != "rsa")
    return wrong_key("key of an unknown type");
  if (const auto hashes = tags->value("h"); hashes && !lists(*hashes, "sha256"))
    return wrong_key("key not for SHA-256");
  if (const auto services = tags->value("s"); services && !lists(*services, "*") && !lists(*services, "email"))
    return wrong_key("key not for mail");
  record.strict = lists(tags->value("t").value_or(""), "s");
  const Tag* data = tags->find("p");
  if (data == nullptr) return wrong_key("key record without key");
  if (data->value.empty()) return record;
  const auto octets = base64_decode(without_space(data->value));
  if (!octets) return wrong_key("key is no base64");
  if (record.algorithm == Algorithm::ed25519) {
    if (octets->size() != ed25519_octets) return wrong_key("Ed25519 key of a wrong length");
    record.key =
        Key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets_of(*octets), octets->size()), FreeKey());
  } else {
    record.key = rsa_key(*octets);
  }
  if (record.key == nullptr || !algorithm_of(*record.key) || *algorithm_of(*record.key) != record.algorithm)
    return wrong_key("key not understood");
  if (record.algorithm == Algorithm::rsa &&
      (EVP_PKEY_get_bits(record.key.get()) < rsa_bits_least || EVP_PKEY_get_bits(record.key.get()) > rsa_bits_most))
    return wrong_key("RSA key too short or too long");
  return record;
}

std::string key_record(EVP_PKEY& key) {
  std::string octets;
  if (EVP_PKEY_get_id(&key) == EVP_PKEY_ED25519) {
    octets.resize(ed25519_octets);
    std::size_t length = octets.size();
    EVP_PKEY_get_raw_public_key(&key, reinterpret_cast<unsigned char*>(octets.data()), &length);
    return "v=DKIM1; k=ed25519; p=" + base64_encode(octets);
  }
  const int length = i2d_PUBKEY(&key, nullptr);
  if (length <= 0) throw std::runtime_error("no public key");
  octets.resize(static_cast<std::size_t>(length));
  auto* at = reinterpret_cast<unsigned char*>(octets.data());
  i2d_PUBKEY(&key, &at);
  return "v=DKIM1; k=rsa; p=" + base64_encode(octets);
}

Result<Algorithm> algorithm_of(const EVP_PKEY& key) {
  if (EVP_PKEY_get_id(&key) == EVP_PKEY_RSA) return Algorithm::rsa;
  if (EVP_PKEY_get_id(&key) == EVP_PKEY_ED25519) return Algorithm::ed25519;
  return wrong_key("neither RSA nor Ed25519");
}

Result<Key> read_private_key(const std::filesystem::path& file) {
  const auto bad = [&](const std::string& why) { return fail(status::bad_configuration, file.string() + ": " + why); };
  std::ifstream in(file, std::ios::binary);
  if (!in) return bad("cannot be read");
  std::string pem(limits::private_key_octets, '\0');
  in.read(pem.data(), static_cast<std::streamsize>(pem.size()));
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(in.gcount())));
  // No pass phrase: without the callback OpenSSL would ask at the terminal.
  Key key(PEM_read_bio_PrivateKey(
              bio.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr),
          FreeKey());
  OPENSSL_cleanse(pem.data(), pem.size());
  if (key == nullptr) return bad("no private key in PEM without a pass phrase");
  const auto algorithm = algorithm_of(*key);
  if (!algorithm) return bad(algorithm.error().detail);
  if (*algorithm == Algorithm::rsa &&
      (EVP_PKEY_get_bits(key.get()) < rsa_bits_made || EVP_PKEY_get_bits(key.get()) > rsa_bits_most))
    return bad("an RSA key has 2048 to 4096 bits");
  return key;
}

NewKey make_key(Algorithm algorithm) {
  NewKey made;
  made.key = Key(algorithm == Algorithm::rsa
                     ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(rsa_bits_made))
                     : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"),
                 FreeKey());
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new(BIO_s_mem()));
  if (made.key == nullptr || bio == nullptr ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), made.key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    throw std::runtime_error("no key could be made");
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  made.pem.assign(data, static_cast<std::size_t>(length));
  return made;
}

std::string sign(EVP_PKEY& key, Algorithm algorithm, std::string_view octets) {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  const Sha256 digest = sha256(octets);
  const std::string_view hashed(reinterpret_cast<const char*>(digest.data()), digest.size());
  const std::string_view input = algorithm == Algorithm::ed25519 ? hashed : octets;
  std::size_t length = 0;
  std::string signature;
  if (EVP_DigestSignInit(context.get(), nullptr, algorithm == Algorithm::ed25519 ? nullptr : EVP_sha256(), nullptr,
                         &key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &length, octets_of(input), input.size()) != 1)
    throw std::runtime_error("cannot sign");
  signature.resize(length);
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, octets_of(input),
                     input.size()) != 1)
    throw std::runtime_error("cannot sign");
  signature.resize(length);
  return signature;
}

bool verify(EVP_PKEY& key, Algorithm algorithm, std::string_view octets, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  const Sha256 digest = sha256(octets);
  const std::string_view hashed(reinterpret_cast<const char*>(digest.data()), digest.size());
  const std::string_view input = algorithm == Algorithm::ed25519 ? hashed : octets;
  return EVP_DigestVerifyInit(context.get(), nullptr, algorithm == Algorithm::ed25519 ? nullptr : EVP_sha256(), nullptr,
                              &key) == 1 &&
         EVP_DigestVerify(context.get(), octets_of(signature), signature.size(), octets_of(input), input.size()) == 1;
}

}  // namespace vanthu::mailauth
