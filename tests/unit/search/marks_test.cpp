// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/marks.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "gateway/search/words.hpp"

namespace vanthu::search {
namespace {

TEST(Marks, StandInFilesSoTheyStay) {
  for (const auto& [word, marks] : {std::pair{"ban", 0U},
                                    {"2026", 0U},
                                    {"", 0U},
                                    {"đ", 17U},
                                    {"bàn", 33U},
                                    {"bạn", 161U},
                                    {"băn", 9U},
                                    {"bân", 5U},
                                    {"được", 192U},
                                    {"quyết", 70U},
                                    {"đường", 64U},
                                    {"ủy", 97U},
                                    {"giường", 48U}})
    EXPECT_EQ(marks_of(word), marks) << word;
}

TEST(Marks, OfOtherLanguagesAreNone) {
  for (const char* word : {"müller", "françois", "año", "москва", "北京", "\xF0\x9F\x98\x80"})
    EXPECT_EQ(marks_of(word), 0U) << word;
  for (const char* word : {"\xC3", "\xE1\xBB", "\xFF", "a\xC4"}) EXPECT_LE(marks_of(word), 192U) << "cut";
}

/// Every syllable there may be: no two that differ by their marks alone have one number.
TEST(Marks, TellSyllablesOfTheSameLettersApart) {
  const std::vector<std::string> onsets{"", "d", "đ", "qu", "gi", "ng"};
  // Each vowel or group of vowels, with the tone on the letter that has it.
  const std::vector<std::vector<std::string>> nuclei{{"a", "à", "á", "ả", "ã", "ạ"},
                                                     {"ă", "ằ", "ắ", "ẳ", "ẵ", "ặ"},
                                                     {"â", "ầ", "ấ", "ẩ", "ẫ", "ậ"},
                                                     {"e", "è", "é", "ẻ", "ẽ", "ẹ"},
                                                     {"ê", "ề", "ế", "ể", "ễ", "ệ"},
                                                     {"o", "ò", "ó", "ỏ", "õ", "ọ"},
                                                     {"ô", "ồ", "ố", "ổ", "ỗ", "ộ"},
                                                     {"ơ", "ờ", "ớ", "ở", "ỡ", "ợ"},
                                                     {"u", "ù", "ú", "ủ", "ũ", "ụ"},
                                                     {"ư", "ừ", "ứ", "ử", "ữ", "ự"},
                                                     {"uô", "uồ", "uố", "uổ", "uỗ", "uộ"},
                                                     {"ươ", "ườ", "ướ", "ưở", "ưỡ", "ượ"},
                                                     {"uơ", "uờ", "uớ", "uở", "uỡ", "uợ"},
                                                     {"ua", "ùa", "úa", "ủa", "ũa", "ụa"},
                                                     {"ưa", "ừa", "ứa", "ửa", "ữa", "ựa"},
                                                     {"uâ", "uầ", "uấ", "uẩ", "uẫ", "uậ"},
                                                     {"oă", "oằ", "oắ", "oẳ", "oẵ", "oặ"},
                                                     {"oa", "oà", "oá", "oả", "oã", "oạ"},
                                                     {"uyê", "uyề", "uyế", "uyể", "uyễ", "uyệ"},
                                                     {"iê", "iề", "iế", "iể", "iễ", "iệ"}};
  Speller speller;
  std::map<std::uint32_t, std::string> known;
  std::size_t shared = 0;
  for (const std::string& onset : onsets)
    for (const auto& tones : nuclei)
      for (const std::string& nucleus : tones)
        for (const char* end : {"", "n", "ng", "t", "i"}) {
          const std::string word = onset + nucleus + end;
          const Spelling spelling = speller.of(word);
          const auto [row, fresh] = known.emplace(spelling.number, spelling.marked);
          if (fresh || row->second == spelling.marked) continue;
          ++shared;
          EXPECT_NE(speller.of(row->second).bare, spelling.bare) << word << " and " << row->second;
        }
  EXPECT_GT(known.size(), 2500U);
  EXPECT_LT(shared, 10U) << "of other letters";
}

}  // namespace
}  // namespace vanthu::search
