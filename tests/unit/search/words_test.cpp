// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/words.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "gateway/search/limits.hpp"

namespace vanthu::search {
namespace {

std::string marked(std::string_view word) {
  Speller speller;
  return speller.of(readable(word)).marked;
}
std::string bare(std::string_view word) {
  Speller speller;
  return speller.of(readable(word)).bare;
}

TEST(Spelling, IsOneForAllWaysToWriteAWord) {
  const std::vector<std::vector<const char*>> same{{"uỷ", "ủy", "UỶ", "Ủy", "u\u0309y", "uy\u0309"},
                                                   {"hoà", "hòa", "HOÀ"},
                                                   {"họp", "ho\u0323p", "H\u1ECCP"},
                                                   {"ệ", "\u00EA\u0323", "e\u0323\u0302", "\u1EB9\u0302"},
                                                   {"kỹ", "kĩ"},
                                                   {"Mỹ", "Mĩ"},
                                                   {"quý", "quí"},
                                                   {"đảng", "Đảng", "\u00D0ảng"},
                                                   {"lưu", "l\u01A3u"},
                                                   {"văn", "v\u00ADăn", "vă\u200Bn"}};
  for (const auto& words : same)
    for (const char* word : words) EXPECT_EQ(marked(word), marked(words[0])) << word;
}

TEST(Spelling, KeepsApartWhatIsNotTheSame) {
  const std::vector<std::pair<const char*, const char*>> different{
      {"mật", "mặt"}, {"tay", "tai"}, {"thuý", "thúi"}, {"ty", "tuy"}, {"da", "đa"}};
  for (const auto& [a, b] : different) EXPECT_NE(marked(a), marked(b)) << a;
}

TEST(Spelling, WithoutMarksIsWhatTheKeyboardHas) {
  for (const auto& [word, plain] :
       {std::pair{"Uỷ", "uy"}, {"đào", "dao"}, {"Nghĩa", "nghia"}, {"kỹ", "ki"}, {"2026", "2026"}})
    EXPECT_EQ(bare(word), plain);
  Speller speller;
  EXPECT_FALSE(speller.of("ban").has_marks());
  EXPECT_TRUE(speller.of("đi").has_marks());
}

TEST(Spelling, CutsWordsWithoutEnd) {
  const std::string junk(10 * limits::term_octets, 'x');
  EXPECT_EQ(marked(junk).size(), limits::term_octets);
  EXPECT_LE(marked(std::string(limits::term_octets - 1, 'x') + "ệ").size(), limits::term_octets);
}

TEST(ToneTable, IsWhatTheSpellerKnows) {
  std::ifstream in(std::string(VANTHU_SOURCE_DIR) + "/conf/tables/tone-placement.tsv");
  std::string line;
  std::getline(in, line);
  int rows = 0;
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    std::string on_main, on_first;
    std::getline(cells, on_main, '\t');
    std::getline(cells, on_first, '\t');
    EXPECT_EQ(marked("x" + on_main), marked("x" + on_first)) << line;
    EXPECT_EQ(marked("x" + on_main + "n"), "x" + on_main + "n") << line;
    ++rows;
  }
  EXPECT_EQ(rows, 15);
}

TEST(Abbreviations, StandForTheirWordsAndTheOtherWayRound) {
  EXPECT_EQ(expansions("ubkt"), (std::vector<std::string_view>{"Uỷ ban Kiểm tra"}));
  EXPECT_EQ(expansions("bch").size(), 2U);
  EXPECT_TRUE(expansions("ban").empty());
  Speller speller;
  const auto spelled = [&](std::string_view text) {
    std::vector<Spelling> words;
    for (const std::string_view word : words_in(text)) words.push_back(speller.of(word));
    return words;
  };
  EXPECT_EQ(abbreviations(spelled("ủy ban kiểm tra")), (std::vector<std::string>{"ubkt"}));
  EXPECT_EQ(abbreviations(spelled("uy ban kiem tra")), (std::vector<std::string>{"ubkt"}));
  EXPECT_TRUE(abbreviations(spelled("uỷ ban")).empty());
  EXPECT_TRUE(abbreviations(spelled("uỷ bàn kiểm tra")).empty());
}

TEST(Kinds, AreCalledByNameOrAbbreviation) {
  EXPECT_EQ(kinds_named("TB"), (std::vector<std::string>{"thong bao", "tuyen bo"}));  // TB stood for both once
  EXPECT_EQ(kinds_named("thông báo"), (std::vector<std::string>{"thong bao"}));
  EXPECT_EQ(kinds_named("QĐ"), (std::vector<std::string>{"quyet dinh", "quy dinh"}));
  EXPECT_EQ(kinds_named("QDi"), (std::vector<std::string>{"quy dinh"}));
  EXPECT_EQ(kind_key("Nghị quyết (cá biệt)"), "nghi quyet");
  EXPECT_TRUE(kinds_named("-").empty());
  EXPECT_TRUE(kinds_named("").empty());
}

}  // namespace
}  // namespace vanthu::search
