// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/pairs.hpp"

#include "gateway/search/sequence.hpp"

namespace vanthu::search::pairs {

namespace {
/// By the end of SplitMix64 (Steele, Lea, Flood 2014): every bit of the pair decides on every bit of it.
template <std::size_t count>
std::array<std::uint16_t, count> mixed(std::uint64_t pair) noexcept {
  pair = (pair ^ pair >> 30U) * 0xBF58476D1CE4E5B9ULL;
  pair = (pair ^ pair >> 27U) * 0x94D049BB133111EBULL;
  pair ^= pair >> 31U;
  std::array<std::uint16_t, count> found{};
  for (std::uint16_t& row : found) {
    row = static_cast<std::uint16_t>((pair & 0xFFFFU) * rows >> 16U);
    pair >>= 16U;
  }
  return found;
}
}  // namespace

std::array<std::uint16_t, 2> rows_of(std::uint32_t first, std::uint32_t second) noexcept {
  return mixed<2>(1ULL << 48U | std::uint64_t{first} << 24U | second);
}

std::array<std::uint16_t, 3> bare_rows_of(std::uint32_t first, std::uint32_t second) noexcept {
  return mixed<3>(std::uint64_t{first} << 16U | second);
}

void Block::set(std::uint64_t column, std::string_view lowest, std::string_view upper) {
  char* const octets = octets_.data() + column / 8;
  const auto bit = static_cast<unsigned char>(1U << (column % 8));
  for (std::size_t row = 0; row < rows; ++row)
    octets[row * row_octets] = static_cast<char>(static_cast<unsigned char>(octets[row * row_octets]) & ~bit);
  add(column, lowest, upper);
}

void Block::add(std::uint64_t column, std::string_view lowest, std::string_view upper) {
  char* const octets = octets_.data() + column / 8;
  const auto bit = static_cast<unsigned char>(1U << (column % 8));
  const auto at = [](std::string_view from, std::size_t i) -> std::uint32_t {
    return static_cast<unsigned char>(from[i]);
  };
  const auto put = [&](const auto& some) {
    for (const std::uint16_t row : some)
      octets[row * row_octets] = static_cast<char>(static_cast<unsigned char>(octets[row * row_octets]) | bit);
  };
  std::uint32_t before = 0;  // no word
  for (std::size_t i = 0; i < lowest.size(); ++i) {
    const std::uint32_t number = at(lowest, i) | at(upper, 2 * i) << 8U | at(upper, 2 * i + 1) << 16U;
    if (is_word(before) && is_word(number)) {
      put(rows_of(before, number));
      put(bare_rows_of(bare_key(before), bare_key(number)));
    }
    before = number;
  }
}

}  // namespace vanthu::search::pairs
