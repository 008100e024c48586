// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/words.hpp"

#include <gtest/gtest.h>

#include "filters/policy/fill.hpp"
#include "filters/policy/match.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "tests/unit/filters/facts_of.hpp"

namespace vanthu::filters {
namespace {

struct ShownCase {
  const char *name, *given, *shown;
};
class Shown : public ::testing::TestWithParam<ShownCase> {};
TEST_P(Shown, LeavesNothingThatChangesTheLine) { EXPECT_EQ(shown(GetParam().given), GetParam().shown); }
INSTANTIATE_TEST_SUITE_P(
    Untrusted, Shown,
    ::testing::Values(ShownCase{"plain", "báo cáo.pdf", "báo cáo.pdf"}, ShownCase{"crlf", "a\r\n250 ok", "a250 ok"},
                      ShownCase{"nel", "a\u0085b", "ab"}, ShownCase{"override", "bao\u202Efdp.exe", "baofdp.exe"},
                      ShownCase{"isolate", "a\u2066b\u2069c", "abc"}, ShownCase{"zero_width", "a\u200Bb\uFEFFc", "abc"},
                      ShownCase{"line_separator", "a\u2028b", "ab"}, ShownCase{"decomposed", "e\u0323\u0302", "ệ"},
                      ShownCase{"not_utf8", "a\xFFz", "a\uFFFDz"}, ShownCase{"tag", "a\U000E0041b", "ab"},
                      ShownCase{"emoji", "\U0001F600", "\U0001F600"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Shown, CountsCodePointsNotOctets) {
  EXPECT_EQ(shown("ệệệ", 3), "ệệệ");
  EXPECT_EQ(shown("ệệệệ", 3), "ệệệ…");
}

TEST(Refusal, IsCutBetweenCharactersAndKeepsItsRule) {
  std::string longest;
  while (longest.size() < 2 * limits::refusal_octets) longest += "ệ";
  for (const std::string& text : {longest, "a" + longest, "ab" + longest}) {
    const Reply reply = refused("addressing.closed", 550, {5, 1, 6}, text, "").reply;
    EXPECT_LE(reply.text.size(), limits::refusal_octets);
    EXPECT_TRUE(text::is_utf8(reply.text));
    EXPECT_TRUE(reply.text.ends_with("ệ… [addressing.closed]")) << reply.text;
  }
  EXPECT_EQ(refused("r", 550, {5, 7, 1}, "no", "").reply.text, "no [r]");
}

TEST(Fill, PutsTheFactsInAndLooksAtNothingTwice) {
  const Quotes quotes{"{type}", "b", "c", "d"};
  EXPECT_EQ(fill("{part} {name} {type} {finding} {other} {", quotes), "{type} b c d {other} {");
  EXPECT_EQ(unknown_placeholders("{part} {prat} {}"), (std::vector<std::string>{"{prat}", "{}"}));
}

struct GlobCase {
  const char *pattern, *text;
  bool fits;
};
TEST(Glob, FitsWholeTextsOnly) {
  for (const GlobCase& row : {GlobCase{"a", "a", true}, GlobCase{"a", "ab", false}, GlobCase{"*", "", true},
                              GlobCase{"image/*", "image/png", true}, GlobCase{"image/*", "ximage/png", false},
                              GlobCase{"a*b*c", "a__b__b__c", true}, GlobCase{"a*b*c", "a__b__b__", false},
                              GlobCase{"?", "", false}, GlobCase{"a?c", "abc", true}, GlobCase{"", "", true}})
    EXPECT_EQ(glob(row.pattern, row.text), row.fits) << row.pattern << " " << row.text;
}

TEST(PartLabel, NamesTheFileAndTheWayInsideIt) {
  Facts facts = testing::plain();
  facts.parts.push_back(testing::part("2", "bao-cao.zip", "application/zip"));
  facts.parts.push_back(testing::part("2/trong/bao-cao.pdf", "bao-cao.pdf", "application/x-dosexec"));
  EXPECT_EQ(part_label(facts, "2/trong/bao-cao.pdf", Language::vi), "bao-cao.zip/trong/bao-cao.pdf");
  EXPECT_EQ(part_label(facts, "1", Language::en), "part 1");
  EXPECT_EQ(part_label(facts, "9/x", Language::vi), "phần 9/x");
  EXPECT_EQ(part_label(facts, "", Language::vi), "thư");
}

}  // namespace
}  // namespace vanthu::filters
