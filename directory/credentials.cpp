// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/credentials.hpp"

#include <argon2.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
// The smallest set that the OWASP Password Storage Cheat Sheet names for Argon2id: 19 MiB, two passes, one lane. More
// memory would let a burst of logins exhaust a small machine; the string carries its numbers, so they can rise later.
constexpr std::uint32_t memory_kib = 19456;
constexpr std::uint32_t passes = 2;
constexpr std::uint32_t lanes = 1;
constexpr std::size_t salt_octets = 16;  // RFC 9106 §3.1
constexpr std::size_t hash_octets = 32;

/// Base 64 without padding, as PHC strings have it.
std::string base64(std::string_view octets) {
  std::string text(octets.size() * 4 / 3 + 8, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(octets.data()), static_cast<int>(octets.size()));
  text.resize(static_cast<std::size_t>(length));
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

/// RFC 8265 §4.2: a password is compared in NFC, since keyboards and systems differ in how they spell ế.
std::string prepared(std::string_view password) {
  return text::is_utf8(password) ? text::nfc(password) : std::string(password);
}
}  // namespace

std::string random_octets(std::size_t count) {
  std::string octets(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(octets.data()), static_cast<int>(count)) != 1)
    throw std::runtime_error("no random numbers");
  return octets;
}

Result<std::string> hash_password(std::string_view password) {
  if (password.empty() || password.size() > limits::password_octets)
    return fail(status::bad_arguments,
                "a password has 1 to " + std::to_string(limits::password_octets) + " octets, give another one");
  const std::string octets = prepared(password);
  const std::string salt = random_octets(salt_octets);
  std::string text(argon2_encodedlen(passes, memory_kib, lanes, salt_octets, hash_octets, Argon2_id), '\0');
  const int code = argon2id_hash_encoded(passes, memory_kib, lanes, octets.data(), octets.size(), salt.data(),
                                         salt.size(), hash_octets, text.data(), text.size());
  if (code != ARGON2_OK)
    return fail(status::directory_unavailable, std::string("Argon2: ") + argon2_error_message(code));
  text.resize(text.find('\0'));
  return text;
}

Result<bool> verify_password(const std::string& hash, std::string_view password) {
  if (password.size() > limits::password_octets) return false;
  const std::string octets = prepared(password);
  const int code = argon2id_verify(hash.c_str(), octets.data(), octets.size());
  if (code == ARGON2_OK) return true;
  if (code == ARGON2_VERIFY_MISMATCH) return false;
  return fail(status::directory_unavailable, std::string("Argon2: ") + argon2_error_message(code));
}

std::string nobodys_hash() {
  return "$argon2id$v=19$m=" + std::to_string(memory_kib) + ",t=" + std::to_string(passes) +
         ",p=" + std::to_string(lanes) + '$' + base64(random_octets(salt_octets)) + '$' +
         base64(random_octets(hash_octets));
}

std::string scram_keys(std::string_view password) {
  const auto keys = mail::derive_scram(password, random_octets(salt_octets), limits::scram_iterations);
  return keys ? mail::format(*keys) : std::string();
}

mail::ScramKeys nobodys_keys(std::string_view secret, std::string_view login) {
  std::string salt(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(login.data()), login.size(),
           reinterpret_cast<unsigned char*>(salt.data()), &length) == nullptr)
    throw std::runtime_error("HMAC failed");
  salt.resize(salt_octets);
  return {std::move(salt), limits::scram_iterations, random_octets(hash_octets), random_octets(hash_octets)};
}

PasswordCache::PasswordCache(std::function<Clock::time_point()> now) : now_(std::move(now)) {
  if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1) throw std::runtime_error("no random numbers");
}

std::string PasswordCache::digest(std::string_view address, std::string_view hash, std::string_view password) const {
  std::string octets;
  for (const std::string_view part : {address, hash, password})
    octets.append(std::to_string(part.size())).append(":").append(part);
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  const auto* made = HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
                          reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
                          reinterpret_cast<unsigned char*>(digest.data()), &length);
  OPENSSL_cleanse(octets.data(), octets.size());
  if (made == nullptr) throw std::runtime_error("HMAC failed");
  digest.resize(length);
  return digest;
}

bool PasswordCache::knows(std::string_view address, std::string_view hash, std::string_view password) {
  const std::string wanted = digest(address, hash, password);
  const std::lock_guard lock(mutex_);
  const auto at = until_.find(wanted);
  if (at == until_.end()) return false;
  if (now_() < at->second) return true;
  until_.erase(at);
  return false;
}

void PasswordCache::remember(std::string_view address, std::string_view hash, std::string_view password) {
  std::string known = digest(address, hash, password);
  const auto now = now_();
  const std::lock_guard lock(mutex_);
  if (until_.size() >= limits::credential_cache_entries) {
    std::erase_if(until_, [&](const auto& entry) { return entry.second <= now; });
    if (until_.size() >= limits::credential_cache_entries) until_.clear();  // they only cost a hash each to come back
  }
  until_[std::move(known)] = now + limits::credential_cache_time;
}

std::size_t PasswordCache::size() const {
  const std::lock_guard lock(mutex_);
  return until_.size();
}

}  // namespace vanthu::directory
