// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/pairs.hpp"

#include "gateway/search/sequence.hpp"

namespace vanthu::search::pairs {

std::array<std::uint16_t, 4> rows_of(std::uint32_t first_key, std::uint32_t second_key) noexcept {
  // The end of SplitMix64 (Steele, Lea, Flood 2014): every bit of the keys decides on every bit of it.
  std::uint64_t mixed = std::uint64_t{first_key} << 12U | second_key;
  mixed = (mixed ^ mixed >> 30U) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ mixed >> 27U) * 0x94D049BB133111EBULL;
  mixed ^= mixed >> 31U;
  static_assert(rows == 1U << 13U);
  const auto row = [&](unsigned from) { return static_cast<std::uint16_t>(mixed >> from & (rows - 1)); };
  return {row(0), row(13), row(26), row(39)};
}

void Block::set(std::uint64_t column, std::string_view lowest, std::string_view upper) {
  char* const octets = octets_.data() + column / 8;
  const auto bit = static_cast<unsigned char>(1U << (column % 8));
  for (std::size_t row = 0; row < rows; ++row)
    octets[row * row_octets] = static_cast<char>(static_cast<unsigned char>(octets[row * row_octets]) & ~bit);
  const auto at = [](std::string_view from, std::size_t i) -> std::uint32_t {
    return static_cast<unsigned char>(from[i]);
  };
  std::uint32_t before = 0;  // no word
  for (std::size_t i = 0; i < lowest.size(); ++i) {
    const std::uint32_t number = at(lowest, i) | at(upper, 2 * i) << 8U | at(upper, 2 * i + 1) << 16U;
    if (is_word(before) && is_word(number))
      for (const std::uint16_t row : rows_of(key_of(before), key_of(number)))
        octets[row * row_octets] = static_cast<char>(static_cast<unsigned char>(octets[row * row_octets]) | bit);
    before = number;
  }
}

}  // namespace vanthu::search::pairs
