// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/base/result.hpp"
#include "gateway/mail/scram.hpp"

namespace vanthu::directory {

/// Argon2id (RFC 9106) as its PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
/// @par Errors  bad_arguments for an empty or overlong password; busy when the machine gives no memory
Result<std::string> hash_password(std::string_view password);
/// Takes the same time for any password; an overlong one is wrong without being hashed.
/// @par Errors  directory_unavailable when the machine gives no memory or `hash` is no Argon2id string
Result<bool> verify_password(const std::string& hash, std::string_view password);
/// A well-formed hash that no password has, to be verified for unknown users so that they cost the same time.
std::string nobodys_hash();

/// @throws std::runtime_error without random numbers
std::string random_octets(std::size_t count);
/// Keys for SCRAM-SHA-256 of a password, with a salt of their own; empty where SASLprep forbids it (PLAIN still works).
/// Kept beside the Argon2id string, as limits::scram_iterations of PBKDF2 they are the easier ones to guess against.
std::string scram_keys(std::string_view password);
/// Keys that no password has, for logins without any: the salt is always the same one for the same login.
mail::ScramKeys nobodys_keys(std::string_view secret, std::string_view login);

/// Remembers right passwords for some minutes as keyed digests, never as text. The stored hash is part of the digest,
/// so a changed password is forgotten at once. Any thread; bounded.
class PasswordCache {
 public:
  using Clock = std::chrono::steady_clock;
  explicit PasswordCache(std::function<Clock::time_point()> now = Clock::now);
  bool knows(std::string_view address, std::string_view hash, std::string_view password);
  void remember(std::string_view address, std::string_view hash, std::string_view password);
  std::size_t size() const;

 private:
  std::string digest(std::string_view address, std::string_view hash, std::string_view password) const;
  std::function<Clock::time_point()> now_;
  std::array<unsigned char, 32> key_{};
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Clock::time_point> until_;
};

}  // namespace vanthu::directory
