// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/rule.hpp"

#include <gtest/gtest.h>

#include "gateway/base/limits.hpp"

namespace vanthu::directory {
namespace {

TEST(Rule, ChoosesUnitsByKindAndParent) {
  const auto rule = parse_rule("unit_kind in (du-xa,du-phuong) and parent = tinhuy and valid today");
  ASSERT_TRUE(rule) << rule.error().detail;
  EXPECT_EQ(rule->of, Rule::Of::units);
  ASSERT_EQ(rule->conditions.size(), 2U);
  EXPECT_EQ(rule->conditions[0].values, (std::vector<std::string>{"du-xa", "du-phuong"}));
  EXPECT_EQ(rule->conditions[1].field, Rule::Field::parent);
}

TEST(Rule, ChoosesMailboxesByStatus) {
  const auto rule = parse_rule("registers_mail = yes and status = active");
  ASSERT_TRUE(rule);
  EXPECT_EQ(rule->of, Rule::Of::mailboxes);
}

TEST(Rule, KnowsTheDateOfTheDocument) {
  EXPECT_TRUE(parse_rule("unit_kind in (huyen-uy) and valid on the date of the document"));
}

struct BadRuleCase {
  const char *name, *rule, *says;
};
class BadRule : public testing::TestWithParam<BadRuleCase> {};
TEST_P(BadRule, IsRefusedWithAReason) {
  const auto rule = parse_rule(GetParam().rule);
  ASSERT_FALSE(rule);
  EXPECT_NE(rule.error().detail.find(GetParam().says), std::string::npos) << rule.error().detail;
}
INSTANTIATE_TEST_SUITE_P(Rules, BadRule,
                         testing::Values(BadRuleCase{"empty", "", "empty"}, BadRuleCase{"blank", "   ", "empty"},
                                         BadRuleCase{"only_valid", "valid today", "at least one"},
                                         BadRuleCase{"unknown_field", "colour = red", "no field"},
                                         BadRuleCase{"no_value", "parent =", "value is missing"},
                                         BadRuleCase{"open_list", "unit_kind in (a,b", "')'"},
                                         BadRuleCase{"empty_list", "unit_kind in ()", "value is missing"},
                                         BadRuleCase{"no_list", "unit_kind in a", "(a,b)"},
                                         BadRuleCase{"no_operator", "parent tinhuy", "= value"},
                                         BadRuleCase{"mixed", "parent = a and status = active", "not both"},
                                         BadRuleCase{"bad_value", "status = closed", "no value"},
                                         BadRuleCase{"no_and", "parent = a unit = b", "and"},
                                         BadRuleCase{"hanging_and", "parent = a and", "no field"},
                                         BadRuleCase{"sign", "parent = a; drop", "character"},
                                         BadRuleCase{"valid_when", "parent = a and valid tomorrow", "valid"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Rule, HasABoundOnItsLength) {
  const std::string head = "parent = ";
  EXPECT_TRUE(parse_rule(head + std::string(limits::directory_rule_octets - head.size(), 'a')));
  EXPECT_FALSE(parse_rule(head + std::string(limits::directory_rule_octets - head.size() + 1, 'a')));
}
}  // namespace
}  // namespace vanthu::directory
