// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/difference.hpp"

#include <gtest/gtest.h>

#include "filters/policy/built_in.hpp"

namespace vanthu::filters {
namespace {
using Kind = Difference::Kind;

std::string rule(const std::string& id, const std::string& more = "action = \"hold\"\n") {
  return "[[rule]]\nid = \"" + id + "\"\n" + more;
}
std::vector<Difference> between(const std::string& before, const std::string& after) {
  auto found = differences(before, after);
  EXPECT_TRUE(found) << found.error().detail;
  return *std::move(found);
}

TEST(Differences, AreNoneWhereOnlyTheWritingDiffers) {
  EXPECT_TRUE(between(std::string(built_in_text()), std::string(built_in_text())).empty());
  EXPECT_TRUE(between("# x\nlanguage = \"vi\"\nname = \"a\"\n[addressing]\nneighbours = 3\n",
                      "name = 'a'\nlanguage = \"vi\"\naddressing.neighbours = 3\n")
                  .empty());
  EXPECT_TRUE(between(rule("a", "finding = [\"x\"]\nauthentication.dmarc = \"fail\"\n"),
                      rule("a", "authentication = { dmarc = [\"fail\"] }\nfinding = \"x\"\n"))
                  .empty());
}

TEST(Differences, NameRulesThatComeGoAndChange) {
  const auto found = between(rule("a") + rule("b", "action = \"hold\"\ntype = \"x\"\n"),
                             rule("b", "action = \"reject\"\nfinding = \"y\"\n") + rule("c"));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].kind, Kind::removed);
  EXPECT_EQ(found[0].what, "rule a");
  EXPECT_EQ(found[1].kind, Kind::changed);
  EXPECT_EQ(found[1].what, "rule b");
  EXPECT_EQ(found[1].values,
            (std::vector<Difference::Value>{
                {"action", "\"hold\"", "\"reject\""}, {"type", "\"x\"", ""}, {"finding", "", "\"y\""}}));
  EXPECT_EQ(found[2].kind, Kind::added);
  EXPECT_EQ(found[2].what, "rule c");
}

TEST(Differences, NameTheFewRulesThatMoved) {
  const auto found =
      between(rule("a") + rule("b") + rule("c") + rule("d"), rule("b") + rule("c") + rule("a") + rule("d"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, Kind::moved);
  EXPECT_EQ(found[0].what, "rule a");
  EXPECT_EQ(found[0].place, "after c");
}

TEST(Differences, NameSingleValuesByTheirPath) {
  const auto found = between("[addressing]\nneighbours = 3\n", "[addressing]\nneighbours = 4\nreply_to = \"own\"\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].what, "addressing.neighbours");
  EXPECT_EQ(found[0].values, (std::vector<Difference::Value>{{"", "3", "4"}}));
  EXPECT_EQ(found[1].what, "addressing.reply_to");
}

TEST(Differences, AreNotMadeOfWhatIsNoToml) { EXPECT_FALSE(differences("x = ", "")); }

}  // namespace
}  // namespace vanthu::filters
