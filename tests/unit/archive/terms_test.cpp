// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/archive/terms.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/base/limits.hpp"

namespace vanthu::archive {
namespace {

struct SymbolCase {
  const char *name, *written, *key;
};
class SymbolKey : public testing::TestWithParam<SymbolCase> {};
TEST_P(SymbolKey, IsTheSameHoweverTheSymbolIsWritten) { EXPECT_EQ(symbol_key(GetParam().written), GetParam().key); }
INSTANTIATE_TEST_SUITE_P(
    Symbols, SymbolKey,
    testing::Values(SymbolCase{"plain", "07-TB/TU", "7-tb-tu"}, SymbolCase{"enDash", "07 – TB/TU", "7-tb-tu"},
                    SymbolCase{"nonBreakingHyphen", "07\u2011TB/TU", "7-tb-tu"},
                    SymbolCase{"noBreakSpace", "07\u00A0-\u00A0TB / TU", "7-tb-tu"},
                    SymbolCase{"lowerCase", "07-tb/tu", "7-tb-tu"}, SymbolCase{"dWithStroke", "15-QĐ/TU", "15-qd-tu"},
                    SymbolCase{"eth", "15-Q\u00D0/TU", "15-qd-tu"}, SymbolCase{"withoutStroke", "15-QD/TU", "15-qd-tu"},
                    SymbolCase{"state", "12/SNV-TCCB", "12-snv-tccb"},
                    SymbolCase{"decomposed", "3-BC/BCĐ\u0301", "3-bc-bcd"}, SymbolCase{"onlyNumber", "015", "15"},
                    SymbolCase{"zero", "0", "0"}, SymbolCase{"spacedNumber", "0 0 7", "7"},
                    SymbolCase{"printed", "Số 07 - TB/TU", "7-tb-tu"}, SymbolCase{"colon", "Số: 07-TB/TU", "7-tb-tu"},
                    SymbolCase{"withoutMarks", " so 07-TB/TU", "7-tb-tu"}, SymbolCase{"book", "SO/TU", "so-tu"},
                    SymbolCase{"soNumber", "so7", "so7"}, SymbolCase{"onlySo", "Số", "so"},
                    SymbolCase{"nothing", " - / ", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SymbolKeys, FindAPaperByEveryPartOfItsSymbol) {
  const auto keys = symbol_keys("07", "TB/TU");
  for (const char* asked : {"07-TB/TU", "7", "07", "TB/TU", "TB", "TU", "07-TB"})
    EXPECT_NE(std::find(keys.begin(), keys.end(), symbol_key(asked)), keys.end()) << asked;
  for (const char* asked : {"08-TB/TU", "0", "70", "T", "TB/T"})
    EXPECT_EQ(std::find(keys.begin(), keys.end(), symbol_key(asked)), keys.end()) << asked;
}

TEST(PrintedSymbol, JoinsAsTheFormOfThePaperDoes) {
  EXPECT_EQ(printed_symbol("party", "07", "TB/TU"), "07-TB/TU");
  EXPECT_EQ(printed_symbol("state", "12", "SNV-TCCB"), "12/SNV-TCCB");
  EXPECT_EQ(printed_symbol("party", "", "TB/TU"), "TB/TU");
  EXPECT_EQ(printed_symbol("party", "07", ""), "07");
}

struct LooksCase {
  const char *name, *word;
  bool symbol;
};
class LooksLikeSymbol : public testing::TestWithParam<LooksCase> {};
TEST_P(LooksLikeSymbol, TellsSymbolsFromWords) { EXPECT_EQ(looks_like_symbol(GetParam().word), GetParam().symbol); }
INSTANTIATE_TEST_SUITE_P(Words, LooksLikeSymbol,
                         testing::Values(LooksCase{"party", "07-TB/TU", true}, LooksCase{"state", "12/SNV-TCCB", true},
                                         LooksCase{"symbolOnly", "CV/VPTU", true},
                                         LooksCase{"numberKind", "07-TB", true}, LooksCase{"date", "25/8/2016", false},
                                         LooksCase{"disease", "COVID-19", false}, LooksCase{"word", "họp", false},
                                         LooksCase{"number", "15", false}),
                         [](const auto& row) { return std::string(row.param.name); });

struct WordsCase {
  const char *name, *text;
  std::vector<std::string> words;
};
class Words : public testing::TestWithParam<WordsCase> {};
TEST_P(Words, AreLettersAndDigitsBetweenAnythingElse) { EXPECT_EQ(words_of(GetParam().text), GetParam().words); }
INSTANTIATE_TEST_SUITE_P(
    Texts, Words,
    testing::Values(WordsCase{"sentence", "V/v họp Ban Chỉ đạo – “khẩn”", {"v", "họp", "ban", "chỉ", "đạo", "khẩn"}},
                    WordsCase{"symbol", "07-TB/TU", {"07", "tb", "tu"}}, WordsCase{"nothing", " – … ", {}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(WordsOf, KnowNoPlaceOfTheTone) { EXPECT_EQ(words_of("Uỷ hoà"), words_of("ủy hòa")); }

TEST(WordsOf, AreCutBetweenLettersAtTheirBound) {
  std::string longest;
  while (longest.size() < limits::search_term_octets) longest += "đ";
  EXPECT_EQ(words_of(longest), std::vector<std::string>{longest});
  EXPECT_EQ(words_of(longest + "đ"), std::vector<std::string>{longest});
  EXPECT_EQ(words_of("a" + longest).front().size(), limits::search_term_octets - 1);
}

}  // namespace
}  // namespace vanthu::archive
