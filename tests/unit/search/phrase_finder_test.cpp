// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/phrase_finder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "tests/support/temp_folder.hpp"
#include "tests/unit/search/number_of.hpp"

namespace vanthu::search {
namespace {
using Look = PhraseFinder::Look;

constexpr std::uint64_t block = pairs::block_words, column = pairs::column_words;

/// Records of random words over two blocks and a half.
class PhraseFinderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = SequenceFile::create(folder_.path());
    ASSERT_TRUE(made) << made.error().detail;
    file_.emplace(*std::move(made));
  }

  /// Records of some thousand words up to that word of all, which the next one begins with.
  void fill_to(std::uint64_t words) {
    while (file_->words() < words) {
      const std::uint64_t room = words - file_->words();
      const std::uint64_t most = room < 3000 ? room : std::min<std::uint64_t>(room - 1, 1 + random_() % 4000);
      SequenceWriter writer;
      writer.begin(Area::text);
      for (std::uint64_t i = 1; i < most; ++i) writer.word(common_[random_() % common_.size()]);
      append(writer);
    }
    ASSERT_EQ(file_->words(), words);
  }
  std::string append(const SequenceWriter& writer) {
    auto place = file_->append(writer.octets());
    EXPECT_TRUE(place);
    places_.push_back(*place);
    return *place;
  }
  /// A record with these words alone.
  std::string append(const std::vector<std::string>& words) {
    SequenceWriter writer;
    writer.begin(Area::text);
    for (const std::string& word : words) writer.word(number_of(word));
    return append(writer);
  }
  std::shared_ptr<const SequenceReader> reader() {
    EXPECT_TRUE(file_->flush(false));
    return std::make_shared<const SequenceReader>(folder_.path(), SequencesOf{file_->id(), file_->words()});
  }
  static Phrase phrase_of(const std::vector<std::string>& words) {
    Phrase phrase;
    for (const std::string& word : words) phrase.words.push_back(any_of_words({word}));
    return phrase;
  }
  PhraseFinder finder(const std::vector<std::string>& words) { return {phrase_of(words), reader()}; }
  /// Of all records, how many it lets through without a look.
  std::size_t let_through(const std::vector<std::string>& words) {
    PhraseFinder asked = finder(words);
    return static_cast<std::size_t>(std::count_if(places_.begin(), places_.end(), [&](const std::string& place) {
      return asked.stands(parse_place(place), Look::pairs);
    }));
  }
  std::string octets_of(const char* name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  test::TempFolder folder_{"phrases"};
  std::optional<SequenceFile> file_;
  std::vector<std::string> places_;
  std::mt19937 random_{9};
  const std::vector<std::uint32_t> common_ = [] {
    std::vector<std::uint32_t> numbers;
    for (int i = 0; i < 900; ++i) numbers.push_back(number_of("tiếng" + std::to_string(i)));
    return numbers;
  }();
};

TEST_F(PhraseFinderTest, FindsWhatLiesAcrossColumnsAndBlocks) {
  const std::vector<std::string> phrase{"một", "hai", "ba", "bốn"};
  std::vector<std::string> with;
  // Its words around the edges of columns, of blocks, and of the last block that is made. A record begins with a mark.
  for (const std::uint64_t first : {column - 6, 2 * column - 4, 3 * column - 3, 4 * column - 2, 5 * column - 1,
                                    6 * column, block - 3, block + column, 2 * block - 2, 2 * block + 500}) {
    fill_to(first);
    with.push_back(append(phrase));
  }
  fill_to(2 * block + column);
  ASSERT_EQ(reader()->blocks(), 2U);
  PhraseFinder finder = this->finder(phrase);
  for (const std::string& place : places_)
    ASSERT_EQ(finder.stands(parse_place(place), Look::all), std::find(with.begin(), with.end(), place) != with.end());
  // Asked in any order.
  for (std::size_t i = places_.size(); i-- > 0;)
    ASSERT_EQ(finder.stands(parse_place(places_[i]), Look::all),
              std::find(with.begin(), with.end(), places_[i]) != with.end());
}

/// The longest that may be asked, at each distance from the end of a column, and one that is longer.
TEST_F(PhraseFinderTest, FindsLongOnesWhereverTheyBegin) {
  std::vector<std::string> phrase;
  for (std::size_t i = 0; i < limits::phrase_words + 4; ++i) phrase.push_back("dài" + std::to_string(i));
  std::vector<std::string> with;
  for (std::uint64_t i = 0; i < phrase.size() + 2; ++i) {
    fill_to((2 * i + 2) * column - i - 1);
    with.push_back(append(phrase));
  }
  fill_to(block + column);
  for (const std::size_t words : {limits::phrase_words - 1, limits::phrase_words, phrase.size()}) {
    PhraseFinder asked = finder({phrase.begin(), phrase.begin() + static_cast<std::ptrdiff_t>(words)});
    for (const std::string& place : with) EXPECT_TRUE(asked.stands(parse_place(place), Look::all)) << words;
  }
}

TEST_F(PhraseFinderTest, LooksIntoFew) {
  fill_to(2 * block + column);
  EXPECT_LT(let_through({"chẳng", "đâu"}), places_.size() / 10) << "of random words, nine hundred to a column";
  EXPECT_LT(let_through({"chẳng", "đâu", "thế", "này"}), places_.size() / 50);
}

TEST_F(PhraseFinderTest, AsksNothingOfPairsForOneWordOrTooManyWays) {
  fill_to(block + column);
  EXPECT_EQ(let_through({"chẳng"}), places_.size());
  Phrase phrase;
  for (int word = 0; word < 2; ++word) {
    std::vector<std::string> ways;
    for (int i = 0; i < 5; ++i) ways.push_back("khác" + std::to_string(10 * word + i));
    phrase.words.push_back(any_of_words(ways));
  }
  PhraseFinder asked(phrase, reader());
  EXPECT_TRUE(asked.stands(parse_place(places_[0]), Look::pairs));
}

TEST_F(PhraseFinderTest, TakesAnyMarksForTheSamePair) {
  fill_to(column);
  const std::string place = append(std::vector<std::string>{"mặt", "trận"});
  fill_to(block + column);
  Phrase phrase;
  phrase.words.push_back(any_of_words({"mat", "mật", "mặt"}));
  phrase.words.push_back(any_of_words({"tran", "trận", "trần"}));
  EXPECT_TRUE(PhraseFinder(phrase, reader()).stands(parse_place(place), Look::all));
  EXPECT_FALSE(finder({"mật", "trận"}).stands(parse_place(place), Look::all));
}

TEST_F(PhraseFinderTest, SaysTheSameAfterAnotherStart) {
  fill_to(block + 5 * column);
  const std::string place = append(std::vector<std::string>{"một", "hai"});
  reader();
  const std::string id = file_->id(), pairs = octets_of("sequences-pairs");
  const std::uint64_t words = file_->words();
  ASSERT_EQ(pairs.size(), 32 + pairs::block_octets);
  // A second block that was never committed is cut off with its words.
  fill_to(2 * block + column);
  reader();
  ASSERT_EQ(octets_of("sequences-pairs").size(), 32 + 2 * pairs::block_octets);
  file_.reset();
  auto again = SequenceFile::open(folder_.path(), words);
  ASSERT_TRUE(again) << again.error().detail;
  file_.emplace(*std::move(again));
  EXPECT_EQ(octets_of("sequences-pairs"), pairs);
  const std::string other = append(std::vector<std::string>{"hai", "một"});
  fill_to(2 * block + column);
  EXPECT_TRUE(finder({"một", "hai"}).stands(parse_place(place), Look::all));
  EXPECT_TRUE(finder({"hai", "một"}).stands(parse_place(other), Look::all));
  ASSERT_EQ(reader()->blocks(), 2U);
  EXPECT_TRUE(file_->flush(true));
  std::filesystem::resize_file(folder_ / "sequences-pairs", 32 + 2 * pairs::block_octets - 1);
  EXPECT_EQ(SequenceFile::open(folder_.path(), file_->words()).error().reply, Reply(status::corrupt))
      << "its end is missing";
}

TEST_F(PhraseFinderTest, WhatIsWipedLeavesNoPairs) {
  struct Case {
    std::uint64_t from;  // three words beside, then those to be wiped
    unsigned words;
    bool made;  // their block, before they are wiped
  };
  // Across the edge of two columns, of two blocks, over some columns; behind an edge, so that they count to the column
  // before it; and where no block is yet.
  for (const auto& [from, words, made] :
       {Case{column - 6, 6, true}, Case{2 * block - 6, 6, true}, Case{4 * block - 2 * column - 6, 5000, true},
        Case{6 * block + 9, 6, true}, Case{8 * block - 6, 6, false}}) {
    fill_to(from);
    const std::string beside = append(std::vector<std::string>{"bên", "này"});
    std::vector<std::string> secret;
    for (unsigned i = 0; i < words; ++i) secret.push_back("mật" + std::to_string(i));
    const std::string place = append(secret), behind = append(std::vector<std::string>{"bên", "kia"});
    if (made) fill_to(from + block + 10 * column);
    EXPECT_TRUE(finder({"mật0", "mật1"}).stands(parse_place(place), Look::all)) << from;
    ASSERT_TRUE(file_->flush(true));
    ASSERT_TRUE(file_->wipe(place));
    if (!made) fill_to(from + block + column);
    EXPECT_FALSE(finder({"mật0", "mật1"}).stands(parse_place(place), Look::pairs)) << from;
    EXPECT_FALSE(finder({secret[words - 2], secret[words - 1]}).stands(parse_place(place), Look::pairs)) << from;
    EXPECT_TRUE(finder({"bên", "này"}).stands(parse_place(beside), Look::all)) << from;
    EXPECT_TRUE(finder({"bên", "kia"}).stands(parse_place(behind), Look::all)) << from;
  }
  // As if they had never been there: the blocks made anew from what stands there now are the same.
  ASSERT_TRUE(file_->flush(true));
  const std::string lowest = octets_of("sequences").substr(32), upper = octets_of("sequences-upper").substr(32);
  const std::string kept = octets_of("sequences-pairs").substr(32);
  for (std::uint64_t which = 0; which < pairs::full_blocks(file_->words()); ++which) {
    pairs::Block made;
    for (std::uint64_t here = 0; here < pairs::columns; ++here) {
      const std::size_t first = which * block + here * column, words = column + pairs::words_behind;
      made.set(here, std::string_view(lowest).substr(first, words),
               std::string_view(upper).substr(2 * first, 2 * words));
    }
    EXPECT_TRUE(made.octets() == std::string_view(kept).substr(which * pairs::block_octets, pairs::block_octets))
        << which;
  }
}

}  // namespace
}  // namespace vanthu::search
