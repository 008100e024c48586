// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/search/limits.hpp"

/// Which words may stand side by side in which stretch of the sequences: what a phrase is looked for in first, so that
/// of a gigabyte of them a few hundredths are read. A Bloom filter for each 512 words, two thousand of these beside
/// one another, so that what a question needs of all of them, some rows, lies together.
namespace vanthu::search::pairs {

inline constexpr std::uint64_t column_words = 512;  ///< a filter's: a phrase that begins in these
inline constexpr std::uint64_t columns = 2048;      ///< filters of a block
inline constexpr std::uint64_t block_words = columns * column_words;
inline constexpr std::size_t rows = 6400;  ///< bits of a filter
inline constexpr std::size_t row_octets = columns / 8;
inline constexpr std::size_t block_octets = rows * row_octets;
/// Words behind a column that count to it: with them lies every phrase that begins in it.
inline constexpr std::uint64_t words_behind = 23;
static_assert(words_behind + 1 >= limits::phrase_words, "or pairs of longer ones are of no use");

/// The blocks that so many words fill, those that count to the last column included.
constexpr std::uint64_t full_blocks(std::uint64_t words) noexcept {
  return words < words_behind ? 0 : (words - words_behind) / block_words;
}

/// Two bits of two words in a row, by their numbers.
std::array<std::uint16_t, 2> rows_of(std::uint32_t first, std::uint32_t second) noexcept;
/// What of a word's number is the same whatever marks it has.
constexpr std::uint32_t bare_key(std::uint32_t number) noexcept { return number & 0xFFFFU; }
/// Three more bits, the same whatever marks the words have, by their bare keys.
std::array<std::uint16_t, 3> bare_rows_of(std::uint32_t first, std::uint32_t second) noexcept;

/// The filters of a block, their bits side by side: an octet has those of one row and eight columns, the lowest bit
/// that of the first.
class Block {
 public:
  Block() : octets_(block_octets, '\0') {}
  /// @param octets  block_octets
  explicit Block(std::string octets) : octets_(std::move(octets)) {}
  /// Makes one filter that is empty yet.
  /// @param lowest, upper  of its words and of those behind it, as SequenceOctets has them
  void add(std::uint64_t column, std::string_view lowest, std::string_view upper);
  /// Makes one anew.
  void set(std::uint64_t column, std::string_view lowest, std::string_view upper);
  const std::string& octets() const noexcept { return octets_; }

 private:
  std::string octets_;
};

}  // namespace vanthu::search::pairs
