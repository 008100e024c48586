// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/sequence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "tests/unit/search/number_of.hpp"

namespace vanthu::search {
namespace {

SequenceOctets sequence_of(const std::vector<std::pair<Area, std::vector<std::string>>>& stretches) {
  SequenceWriter writer;
  for (const auto& [area, words] : stretches) {
    writer.begin(area);
    for (const std::string& word : words) writer.word(number_of(word));
  }
  return writer.octets();
}

Phrase phrase_of(const std::vector<std::vector<std::string>>& words) {
  Phrase phrase;
  for (const auto& ways : words) phrase.words.push_back(any_of_words(ways));
  return phrase;
}

TEST(Sequence, NumbersStandInFilesSoTheyStay) {
  EXPECT_EQ(number_of("quyết"), number_of("quyết"));
  EXPECT_NE(number_of("quyết"), number_of("quyêt"));
  EXPECT_EQ(word_number("", ""), 0xC20C53U);
  EXPECT_EQ(number_of("định"), 0xB154CEU);
  EXPECT_EQ(number_of("tỉnh"), 0x615D2FU);
  EXPECT_EQ(number_of("ban"), 0xE20FACU);
  EXPECT_EQ(number_of("định") & 0xFFFFU, number_of("đinh") & 0xFFFFU) << "the half that knows no marks";
}

TEST(Sequence, NoWordIsAMark) {
  for (int i = 0; i < 200000; ++i) {
    const std::string word = std::to_string(i);
    const std::uint32_t number = word_number(word, word);
    ASSERT_GE(number, 16U);
    ASSERT_LT(number, 1U << 24U);
  }
}

TEST(Phrase, StandsWhereItsWordsAreInARow) {
  const SequenceOctets sequence = sequence_of({{Area::subject, {"về", "việc", "họp"}}, {Area::text, {"kính", "gửi"}}});
  EXPECT_TRUE(phrase_of({{"về"}, {"việc"}}).stands_in(Sequence(sequence)));
  EXPECT_TRUE(phrase_of({{"về"}, {"việc"}, {"họp"}}).stands_in(Sequence(sequence)));
  EXPECT_TRUE(phrase_of({{"kính"}, {"gửi"}}).stands_in(Sequence(sequence))) << "the last words of all";
  EXPECT_FALSE(phrase_of({{"việc"}, {"về"}}).stands_in(Sequence(sequence)));
  EXPECT_FALSE(phrase_of({{"về"}, {"họp"}}).stands_in(Sequence(sequence)));
  EXPECT_FALSE(phrase_of({{"họp"}, {"kính"}}).stands_in(Sequence(sequence))) << "over the end of a stretch";
  EXPECT_FALSE(phrase_of({{"gửi"}, {"ai"}}).stands_in(Sequence(sequence))) << "over the end of all";
  EXPECT_FALSE(phrase_of({{"không"}, {"về"}}).stands_in(Sequence(sequence))) << "over the beginning of all";
  EXPECT_FALSE(phrase_of({{"về"}}).stands_in(Sequence())) << "a record without words";
}

TEST(Phrase, TakesAnyWayToWriteAWord) {
  const SequenceOctets sequence = sequence_of({{Area::text, {"mặt", "trận"}}});
  EXPECT_TRUE(phrase_of({{"mat", "mật", "mặt"}, {"tran", "trận"}}).stands_in(Sequence(sequence)));
  EXPECT_FALSE(phrase_of({{"mat", "mật"}, {"trận"}}).stands_in(Sequence(sequence)));
}

TEST(Phrase, KeepsToItsArea) {
  const SequenceOctets sequence =
      sequence_of({{Area::subject, {"một", "hai"}}, {Area::text, {"ba", "bốn"}}, {Area::name, {"năm", "sáu"}}});
  Phrase phrase = phrase_of({{"ba"}, {"bốn"}});
  phrase.anywhere = false;
  phrase.area = Area::subject;
  EXPECT_FALSE(phrase.stands_in(Sequence(sequence)));
  phrase = phrase_of({{"năm"}, {"sáu"}});
  phrase.anywhere = false;
  phrase.area = Area::name;
  EXPECT_TRUE(phrase.stands_in(Sequence(sequence)));
}

/// Against the plainest way to do the same: short texts of few words, and long ones, of which many places are looked at
/// together.
class PlainLook : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Texts, PlainLook, testing::Bool(),
                         [](const auto& one) { return one.param ? "long" : "short"; });

TEST_P(PlainLook, FindsWhatAPhraseFinds) {
  const std::size_t most_words = GetParam() ? 150 : 9, vocabulary = GetParam() ? 40 : 6,
                    ways_at_most = GetParam() ? 8 : 3;
  std::mt19937 random(5);
  int found = 0;
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::pair<Area, std::vector<std::string>>> stretches;
    for (std::size_t i = 0; i < random() % 4; ++i) {
      std::vector<std::string> words;
      for (std::size_t j = random() % most_words; j > 0; --j)
        words.push_back("w" + std::to_string(random() % vocabulary));
      stretches.emplace_back(static_cast<Area>(1 + random() % 3), words);
    }
    std::vector<std::vector<std::string>> asked(1 + random() % 3);
    for (auto& ways : asked) {
      std::set<std::string> some;
      for (std::size_t i = random() % ways_at_most + 1; i > 0; --i)
        some.insert("w" + std::to_string(random() % vocabulary));
      ways.assign(some.begin(), some.end());
    }
    Phrase phrase = phrase_of(asked);
    phrase.anywhere = random() % 2 == 0;
    phrase.area = static_cast<Area>(1 + random() % 3);
    bool expected = false;
    for (const auto& [area, words] : stretches)
      for (std::size_t first = 0; first + asked.size() <= words.size(); ++first) {
        bool here = phrase.anywhere || area == phrase.area;
        for (std::size_t i = 0; i < asked.size(); ++i)
          here = here && std::find(asked[i].begin(), asked[i].end(), words[first + i]) != asked[i].end();
        expected = expected || here;
      }
    ASSERT_EQ(phrase.stands_in(Sequence(sequence_of(stretches))), expected) << "round " << round;
    found += expected ? 1 : 0;
  }
  EXPECT_GT(found, 300);
  EXPECT_LT(found, 2500);
}

TEST(Phrase, IsFoundInEveryPlaceOfATextOfAnyLength) {
  // Other words have the lowest octets of these, so that the other two decide.
  const auto like = [](const std::string& word) {
    for (int i = 0;; ++i) {
      const std::string other = "x" + std::to_string(i);
      if (number_of(other) % 256 == number_of(word) % 256) return other;
    }
  };
  const Phrase phrase = phrase_of({{"tỉnh"}, {"ủy"}, {"hà"}});
  for (std::size_t length = 3; length <= 140; length += length < 80 ? 1 : 20) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < length; ++i)
      words.push_back(i % 3 == 0 ? like("tỉnh") : i % 3 == 1 ? like("ủy") : like("hà"));
    ASSERT_FALSE(phrase.stands_in(Sequence(sequence_of({{Area::text, words}})))) << length;
    for (std::size_t at = 0; at + 3 <= length; ++at) {
      std::vector<std::string> with = words;
      with[at] = "tỉnh";
      with[at + 1] = "ủy";
      with[at + 2] = "hà";
      ASSERT_TRUE(phrase.stands_in(Sequence(sequence_of({{Area::text, with}})))) << at << " of " << length;
    }
  }
}

TEST(Sequence, TellsWhereAWordStands) {
  const SequenceOctets sequence = sequence_of({{Area::subject, {"a", "b"}}, {Area::text, {"b", "a", "c"}}});
  EXPECT_EQ(places_in(Sequence(sequence), any_of_words({"a"})), (std::vector<std::size_t>{1, 5}));
  EXPECT_EQ(places_in(Sequence(sequence), any_of_words({"a", "b"})), (std::vector<std::size_t>{1, 2, 4, 5}));
  EXPECT_TRUE(places_in(Sequence(sequence), any_of_words({"d"})).empty());
}

}  // namespace
}  // namespace vanthu::search
