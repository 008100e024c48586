// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/guard/keyed_hash.hpp"

#include <openssl/rand.h>

#include <bit>
#include <stdexcept>

namespace vanthu::guard {
namespace {
struct State {
  std::uint64_t a, b, c, d;
  void round() noexcept {
    a += b;
    c += d;
    b = std::rotl(b, 13) ^ a;
    d = std::rotl(d, 16) ^ c;
    a = std::rotl(a, 32);
    c += b;
    a += d;
    b = std::rotl(b, 17) ^ c;
    d = std::rotl(d, 21) ^ a;
    c = std::rotl(c, 32);
  }
  void take(std::uint64_t word) noexcept {
    d ^= word;
    round();
    round();
    a ^= word;
  }
};

std::uint64_t word_of(std::string_view octets) noexcept {
  std::uint64_t word = 0;
  for (std::size_t i = octets.size(); i > 0; --i) word = word << 8 | static_cast<unsigned char>(octets[i - 1]);
  return word;
}
}  // namespace

KeyedHash::KeyedHash() : k0_(0), k1_(0) {
  for (std::uint64_t* half : {&k0_, &k1_})
    if (RAND_bytes(reinterpret_cast<unsigned char*>(half), sizeof *half) != 1)
      throw std::runtime_error("no random numbers");
}

std::uint64_t KeyedHash::operator()(std::string_view octets) const noexcept {
  State state{k0_ ^ 0x736f6d6570736575ULL, k1_ ^ 0x646f72616e646f6dULL, k0_ ^ 0x6c7967656e657261ULL,
              k1_ ^ 0x7465646279746573ULL};
  const auto last = static_cast<std::uint64_t>(octets.size()) << 56;
  for (; octets.size() >= 8; octets.remove_prefix(8)) state.take(word_of(octets.substr(0, 8)));
  state.take(last | word_of(octets));
  state.c ^= 0xFF;
  for (int i = 0; i < 4; ++i) state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace vanthu::guard
