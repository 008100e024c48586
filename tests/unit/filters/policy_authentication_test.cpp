// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "filters/policy/policy.hpp"
#include "tests/unit/filters/facts_of.hpp"

namespace vanthu::filters {
namespace {
using namespace std::chrono_literals;

Result<std::shared_ptr<const Policy>> with_condition(const std::string& conditions) {
  return Policy::parse(
      "[[rule]]\nid = \"S-1\"\nsecrecy = [\"mat\", \"toi-mat\", \"tuyet-mat\"]\naction = \"reject\"\n"
      "text_vi = \"chặn\"\ntext_en = \"blocked\"\n"
      "[[rule]]\nid = \"x\"\naction = \"reject\"\nenhanced = \"5.7.1\"\ntext_vi = \"v\"\ntext_en = \"e\"\n" +
          conditions,
      "policy.toml");
}

Verdict judge_authentication(const std::string& conditions, const Authentication* authentication) {
  const auto policy = with_condition(conditions);
  EXPECT_TRUE(policy) << policy.error().detail;
  const Facts facts = testing::plain("a@x.example");
  const mail::Envelope envelope;
  Context context;
  context.envelope = &envelope;
  context.facts = &facts;
  context.today = 2026y / 11 / 24;
  context.authentication = authentication;
  return (*policy)->judge(context);
}

Authentication spoofed() {
  Authentication known;
  known.spf = {"softfail", "y.example", "mailfrom"};
  known.dkim = {{"list.example", "s", "rsa-sha256", "fail", "body hash did not verify"},
                {"list.example", "t", "rsa-sha256", "pass", ""}};
  known.dmarc = {"fail", "x.example", "reject", ""};
  known.forged_results = 1;
  return known;
}

TEST(AuthenticationRule, AppliesToWhatItNamesAndSaysWhy) {
  const Authentication known = spoofed();
  const Verdict verdict = judge_authentication(
      "authentication.dmarc = \"fail\"\nauthentication.dmarc_policy = [\"quarantine\", \"reject\"]\n", &known);
  EXPECT_EQ(verdict.action, Action::reject);
  EXPECT_EQ(verdict.rule, "x");
  EXPECT_EQ(verdict.reply.enhanced, (std::array{5, 7, 1}));
  const auto step =
      std::find_if(verdict.steps.begin(), verdict.steps.end(), [](const Step& s) { return s.rule == "x"; });
  ASSERT_NE(step, verdict.steps.end());
  EXPECT_EQ(step->because, "spf=softfail (y.example) dkim=pass dmarc=fail (x.example) p=reject");
}

struct AuthenticationRuleCase {
  const char *name, *conditions;
  bool holds;
};
class AuthenticationConditions : public ::testing::TestWithParam<AuthenticationRuleCase> {};
TEST_P(AuthenticationConditions, Hold) {
  const Authentication known = spoofed();
  EXPECT_EQ(judge_authentication(GetParam().conditions, &known).action == Action::reject, GetParam().holds);
}
INSTANTIATE_TEST_SUITE_P(
    All, AuthenticationConditions,
    ::testing::Values(
        AuthenticationRuleCase{"spf", "authentication.spf = [\"fail\", \"softfail\"]\n", true},
        AuthenticationRuleCase{"other_spf", "authentication.spf = \"fail\"\n", false},
        AuthenticationRuleCase{"dkim_is_the_best", "authentication.dkim = \"pass\"\n", true},
        AuthenticationRuleCase{"dkim_is_not_the_worst", "authentication.dkim = \"fail\"\n", false},
        AuthenticationRuleCase{"dmarc", "authentication.dmarc = \"fail\"\n", true},
        AuthenticationRuleCase{"all_must_hold", "authentication = { dmarc = \"fail\", spf = \"pass\" }\n", false},
        AuthenticationRuleCase{"other_policy", "authentication.dmarc_policy = \"none\"\n", false},
        AuthenticationRuleCase{"forged", "authentication.forged_results = true\n", true},
        AuthenticationRuleCase{"not_forged", "authentication.forged_results = false\n", false},
        AuthenticationRuleCase{"unless", "direction = \"in\"\nunless = { authentication.dkim = \"pass\" }\n", false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(AuthenticationRule, NeverHoldsWhereNobodyAsked) {
  for (const char* condition : {"authentication.spf = \"none\"\n", "authentication.dmarc = \"none\"\n",
                                "authentication.forged_results = false\n"})
    EXPECT_EQ(judge_authentication(condition, nullptr).action, Action::accept) << condition;
}

TEST(AuthenticationRule, IsCheckedKeyByKey) {
  const auto fault = [](const char* conditions) {
    const auto policy = with_condition(conditions);
    return policy ? std::string("none") : policy.error().detail;
  };
  EXPECT_NE(fault("authentication.dmrc = \"fail\"\n").find("unknown key 'dmrc'; the nearest known one is 'dmarc'"),
            std::string::npos);
  EXPECT_NE(
      fault("authentication.dmarc = \"failed\"\n").find("unknown value 'failed'; the nearest known one is 'fail'"),
      std::string::npos);
  EXPECT_NE(fault("authentication = \"fail\"\n").find("wants what was found"), std::string::npos);
  EXPECT_NE(fault("authentication.forged_results = \"yes\"\n").find("wants true or false"), std::string::npos);
}
}  // namespace
}  // namespace vanthu::filters
