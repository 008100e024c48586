// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string_view>

namespace vanthu::guard {

/// SipHash-2-4 under a key of this process: where an entry lies in a table cannot be foreseen, so nobody can choose
/// names or addresses that push out a certain one.
/// @par Source  Aumasson, Bernstein: SipHash, a fast short-input PRF (2012), §2
class KeyedHash {
 public:
  KeyedHash();  ///< a random key. @throws std::runtime_error without random numbers
  KeyedHash(std::uint64_t k0, std::uint64_t k1) : k0_(k0), k1_(k1) {}
  std::uint64_t operator()(std::string_view octets) const noexcept;

 private:
  std::uint64_t k0_, k1_;
};

}  // namespace vanthu::guard
