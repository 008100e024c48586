// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/registers/rules.hpp"

#include "tests/unit/registers/fixture.hpp"

namespace vanthu::registers {
namespace {

Date day(const char* text) { return *parse_date(text); }

TEST(Rules, AreDatedRowsOverDefaults) {
  EXPECT_EQ(Rules().of("vptu", day("2026-01-01")), Keeping());
  const auto rules = Rules::parse(R"(
    [[rule]]
    units = ["xa"]
    out = "year"
    issuers = ["BCĐ57"]
    [[rule]]
    since = 2026-10-01
    until = 2026-10-03
    units = ["xa"]
    series = "all"
    in = "none"
  )");
  ASSERT_TRUE(rules) << rules.error().detail;
  EXPECT_EQ(rules->of("vptu", day("2026-10-02")), Keeping());
  EXPECT_EQ(rules->of("xa", day("2026-09-30")), (Keeping{Span::year, Span::year, Series::symbol, {"BCĐ57"}}));
  EXPECT_EQ(rules->of("xa", day("2026-10-03")), (Keeping{Span::year, Span::none, Series::all, {"BCĐ57"}}));
  EXPECT_EQ(rules->of("xa", day("2026-10-04")).series, Series::symbol);
}

TEST(Rules, NameTheLineOfWhatIsWrong) {
  for (const auto& [text, word] :
       std::vector<std::pair<const char*, const char*>>{{"[[rule]]\nout = \"month\"", "line 2"},
                                                        {"[[rule]]\n\nunit = [\"x\"]", "line 3"},
                                                        {"[[rule]]\nunits = \"x\"", "list"},
                                                        {"[[rule]]\nunits = [1]", "list"},
                                                        {"[[rule]]\nsince = \"2026-01-01\"", "day"},
                                                        {"[[rule]]\nsince = 2026-13-01", "line 2"},
                                                        {"rule = 1", "[[rule]]"},
                                                        {"x = 1", "unknown key x"},
                                                        {"[[rule", "line 1"}}) {
    const auto rules = Rules::parse(text);
    ASSERT_FALSE(rules) << text;
    EXPECT_NE(rules.error().detail.find(word), std::string::npos) << rules.error().detail;
  }
  EXPECT_FALSE(Rules::parse(std::string(limits::rules_octets + 1, '#')));
  EXPECT_TRUE(Rules::parse(std::string(limits::rules_octets, '#')));
}

TEST_F(RegistersTest, GoByTheRulesFromTheMomentTheyAreSet) {
  post({.sheets = {{"07", "TB/TU"}}});
  ASSERT_TRUE(archive_->act([&](const lmdb::Transaction&) {
    return configure(
        "[[rule]]\nunits = [\"vptu\"]\nout = \"year\"\nissuers = [\"BCĐ\"]\n[[rule]]\nunits = [\"xa\"]\nin "
        "= \"none\"",
        clerk());
  }));
  const std::uint64_t record = post({.sheets = {{"08", "TB/TU", "g"}, {"01", "TB/BCĐ", "h"}}});
  EXPECT_EQ(numbers_in("di/vptu/xx/tb-tu"), std::vector<std::uint32_t>{7});
  EXPECT_EQ(numbers_in("di/vptu/2026/tb-tu"), std::vector<std::uint32_t>{8});
  EXPECT_EQ(numbers_in("di/vptu/2026/tb-bcd"), std::vector<std::uint32_t>{1});
  EXPECT_TRUE(look([&](const lmdb::Transaction& txn) { return registers_.items(txn, "xa", record); }).empty());
  const std::string before = everything();
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(everything(), before) << "what was before them stays where it was";
  EXPECT_EQ(look([&](const lmdb::Transaction& txn) { return registers_.rules(txn); })->hand.by, "huong");
  const auto wrong = archive_->act([&](const lmdb::Transaction&) { return configure("x = 1", clerk()); });
  EXPECT_FALSE(wrong);
}

TEST(Slug, IsAsciiForAnId) {
  EXPECT_EQ(slug("XX, 2025-2030"), "xx-2025-2030");
  EXPECT_EQ(slug("Khoá Đầu  tiên!"), "khoa-dau-tien");
  EXPECT_EQ(slug("…"), "");
}

}  // namespace
}  // namespace vanthu::registers
