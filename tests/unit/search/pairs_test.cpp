// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/pairs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gateway/search/sequence.hpp"
#include "tests/unit/search/number_of.hpp"

namespace vanthu::search::pairs {
namespace {

template <std::size_t count>
bool has(const Block& block, std::uint64_t column, const std::array<std::uint16_t, count>& rows) {
  return std::all_of(rows.begin(), rows.end(), [&](std::uint16_t row) {
    return (static_cast<unsigned char>(block.octets()[row * row_octets + column / 8]) >> (column % 8) & 1U) != 0;
  });
}
bool has(const Block& block, std::uint64_t column, std::uint32_t first, std::uint32_t second) {
  return has(block, column, rows_of(first, second)) &&
         has(block, column, bare_rows_of(bare_key(first), bare_key(second)));
}

SequenceOctets text_of(const std::vector<std::uint32_t>& numbers) {
  SequenceWriter writer;
  for (const std::uint32_t number : numbers)
    if (is_word(number))
      writer.word(number);
    else
      writer.begin(static_cast<Area>(number));
  return writer.octets();
}

TEST(Pairs, StandInFilesSoTheyStay) {
  using Two = std::array<std::uint16_t, 2>;
  using Three = std::array<std::uint16_t, 3>;
  EXPECT_EQ(rows_of(16, 0xFFFFFF), (Two{6032, 966}));
  EXPECT_EQ(rows_of(0xFFFFFF, 16), (Two{2466, 3150}));
  EXPECT_EQ(bare_rows_of(1, 2), (Three{3413, 2190, 632}));
  EXPECT_EQ(bare_rows_of(0xFFFF, 0xFFFF), (Three{5037, 5818, 4900}));
}

TEST(Pairs, AreTheSameWhateverMarksTheWordsHave) {
  for (const auto& [one, other] : {std::pair{"uỷ", "ủy"}, {"đảng", "dang"}, {"quyết", "quyệt"}, {"mật", "mặt"}})
    EXPECT_EQ(bare_key(number_of(one)), bare_key(number_of(other))) << one;
  EXPECT_NE(bare_key(number_of("mật")), bare_key(number_of("ong")));
}

TEST(Pairs, OfAColumnAreInItAndInNoOther) {
  std::mt19937 random(1);
  std::vector<std::uint32_t> numbers(column_words + words_behind);
  for (std::uint32_t& number : numbers) number = 16 + static_cast<std::uint32_t>(random() % 0xFFFFF0U);
  numbers[400] = static_cast<std::uint32_t>(Area::text);
  numbers[450] = 0;
  const SequenceOctets text = text_of(numbers);
  for (const std::uint64_t column : {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{8}, columns - 1}) {
    Block block;
    block.set(column, text.lowest, text.upper);
    for (std::size_t i = 0; i + 1 < numbers.size(); ++i) {
      if (i + 1 == 400 || i == 400 || i + 1 == 450 || i == 450) continue;
      ASSERT_TRUE(has(block, column, numbers[i], numbers[i + 1])) << i;
    }
    int wrong = 0, wrong_bare = 0;
    for (int i = 0; i < 10'000; ++i) {
      const auto one = static_cast<std::uint32_t>(random() % 0xFFFFFFU);
      const auto other = static_cast<std::uint32_t>(random() % 0xFFFFFFU);
      wrong += has(block, column, one, other) ? 1 : 0;
      wrong_bare += has(block, column, bare_rows_of(bare_key(one), bare_key(other))) ? 1 : 0;
      EXPECT_FALSE(has(block, (column + 1) % columns, one, other));
    }
    EXPECT_LT(wrong, 150) << "of ten thousand that are not there";
    EXPECT_LT(wrong_bare, 600);
    EXPECT_GT(wrong_bare, 200) << "or the filter is too big for what it holds";
    // Whatever stood there before is not there any more.
    block.set(column, {}, {});
    EXPECT_EQ(block.octets(), Block().octets());
  }
}

TEST(Pairs, OfOneColumnLeaveTheOthersAlone) {
  std::mt19937 random(2);
  Block block;
  const SequenceOctets some = text_of({20, 30, 40}), others = text_of({50, 60, 70});
  for (std::uint64_t column = 0; column < 16; ++column) block.set(column, some.lowest, some.upper);
  block.set(5, others.lowest, others.upper);
  for (std::uint64_t column = 0; column < 16; ++column) {
    EXPECT_EQ(has(block, column, 20, 30) && has(block, column, 30, 40), column != 5) << column;
    EXPECT_EQ(has(block, column, 50, 60) && has(block, column, 60, 70), column == 5) << column;
  }
}

TEST(Pairs, FillABlockWithTheWordsBehindItsLastColumn) {
  EXPECT_EQ(full_blocks(0), 0U);
  EXPECT_EQ(full_blocks(block_words + words_behind - 1), 0U);
  EXPECT_EQ(full_blocks(block_words + words_behind), 1U);
  EXPECT_EQ(full_blocks(2 * block_words), 1U);
}

}  // namespace
}  // namespace vanthu::search::pairs
