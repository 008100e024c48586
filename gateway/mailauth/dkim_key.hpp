// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/evp.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

/// DKIM's keys: RSA with SHA-256 (RFC 6376, 1024 to 4096 bits as RFC 8301 says) and Ed25519 (RFC 8463).
namespace vanthu::mailauth {

struct FreeKey {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
using Key = std::shared_ptr<EVP_PKEY>;

enum class Algorithm : std::uint8_t { rsa, ed25519 };
std::string_view name(Algorithm algorithm);  ///< "rsa-sha256", "ed25519-sha256"

/// What stands in the DNS at SELECTOR._domainkey.DOMAIN.
struct KeyRecord {
  Algorithm algorithm = Algorithm::rsa;
  Key key;              ///< null: revoked (p= is empty)
  bool strict = false;  ///< t=s: i= must name the very domain
};
/// @par Errors  bad_arguments, saying what is wrong: for Authentication-Results and the log
Result<KeyRecord> parse_key_record(std::string_view text);
/// The text of that record.
std::string key_record(EVP_PKEY& key);

/// A private key, PEM.
/// @par Errors  bad_configuration naming the file
Result<Key> read_private_key(const std::filesystem::path& file);
Result<Algorithm> algorithm_of(const EVP_PKEY& key);

struct NewKey {
  std::string pem;  ///< PKCS#8
  Key key;
};
/// RSA-2048 or Ed25519.
NewKey make_key(Algorithm algorithm);

/// Signature over the octets (which DKIM's Ed25519 hashes first, RFC 8463 §3).
std::string sign(EVP_PKEY& key, Algorithm algorithm, std::string_view octets);
bool verify(EVP_PKEY& key, Algorithm algorithm, std::string_view octets, std::string_view signature);

}  // namespace vanthu::mailauth
