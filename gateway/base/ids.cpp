// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/ids.hpp"

#include <openssl/rand.h>

#include <cstdint>
#include <stdexcept>
#include <string_view>

#include "gateway/base/clock.hpp"

namespace vanthu {
namespace {
std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&bits), sizeof bits) != 1) throw std::runtime_error("no random bits");
  return bits;
}

std::string base32(std::uint64_t value, std::size_t letters) {
  static constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string text(letters, '0');
  for (std::size_t i = letters; i-- > 0; value >>= 5) text[i] = alphabet[value & 31];
  return text;
}
}  // namespace

std::string message_id() {
  const auto milliseconds = static_cast<std::uint64_t>(now().time_since_epoch().count() / 1000);
  return base32(milliseconds, 8) + base32(random_bits(), 8);
}

std::string session_id() { return base32(random_bits(), 8); }

}  // namespace vanthu
