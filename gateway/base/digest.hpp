// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vanthu {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view octets);
/// Lower-case hexadecimal digits.
std::string hex(std::string_view octets);
inline std::string hex(const Sha256& digest) {
  return hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}
/// CRC-32C (Castagnoli, RFC 3720 §B.4); `seed` continues an earlier value.
std::uint32_t crc32c(std::string_view octets, std::uint32_t seed = 0);

}  // namespace vanthu
