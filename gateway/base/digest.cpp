// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/digest.hpp"

#include <openssl/evp.h>

#include <boost/crc.hpp>
#include <cstring>
#include <stdexcept>

namespace vanthu {

namespace {
[[noreturn]] void not_available() { throw std::runtime_error("SHA-256 is not available"); }

const EVP_MD* method() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);  // costs more than 1 KiB
  if (found == nullptr) not_available();
  return found;
}
}  // namespace

Sha256 sha256(std::string_view octets) {
  Sha256 digest{};
  unsigned int length = 0;
  if (EVP_Digest(octets.data(), octets.size(), digest.data(), &length, method(), nullptr) != 1 ||
      length != digest.size())
    not_available();
  return digest;
}

void Sha256Digest::Free::operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }

Sha256Digest::Sha256Digest() : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), method(), nullptr) != 1) not_available();
}

void Sha256Digest::add(std::string_view octets) {
  if (EVP_DigestUpdate(context_.get(), octets.data(), octets.size()) != 1) not_available();
}

Sha256 Sha256Digest::end() {
  Sha256 digest{};
  if (EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1) not_available();
  return digest;
}

std::string hex(std::string_view octets) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(octets.size() * 2);
  for (const unsigned char octet : octets) {
    text += digits[octet >> 4];
    text += digits[octet & 15];
  }
  return text;
}

#if defined(__x86_64__)
// The processor has this very polynomial; a message's octets pass here once on the way to the log.
__attribute__((target("sse4.2"))) static std::uint32_t crc32c_sse42(std::string_view octets, std::uint32_t seed) {
  std::uint64_t crc = ~seed;
  const char* at = octets.data();
  std::size_t left = octets.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    crc = __builtin_ia32_crc32di(crc, word);
  }
  auto narrow = static_cast<std::uint32_t>(crc);
  for (; left > 0; ++at, --left) narrow = __builtin_ia32_crc32qi(narrow, static_cast<unsigned char>(*at));
  return ~narrow;
}
#endif

std::uint32_t crc32c(std::string_view octets, std::uint32_t seed) {
#if defined(__x86_64__)
  static const bool fast = __builtin_cpu_supports("sse4.2") != 0;
  if (fast) return crc32c_sse42(octets, seed);
#endif
  // Boost's register is kept un-reflected; continuing from a seed means turning it round first.
  std::uint32_t reflected = 0;
  for (int bit = 0; bit < 32; ++bit) reflected |= ((~seed >> bit) & 1U) << (31 - bit);
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc(reflected);
  crc.process_bytes(octets.data(), octets.size());
  return crc.checksum();
}

}  // namespace vanthu
