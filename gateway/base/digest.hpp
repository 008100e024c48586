// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // OpenSSL's

namespace vanthu {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view octets);
/// The same of octets that come in pieces.
class Sha256Digest {
 public:
  Sha256Digest();
  void add(std::string_view octets);
  /// Of all of them; nothing may be added behind it.
  Sha256 end();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};
/// Lower-case hexadecimal digits.
std::string hex(std::string_view octets);
inline std::string hex(const Sha256& digest) {
  return hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}
/// CRC-32C (Castagnoli, RFC 3720 §B.4); `seed` continues an earlier value.
std::uint32_t crc32c(std::string_view octets, std::uint32_t seed = 0);

}  // namespace vanthu
