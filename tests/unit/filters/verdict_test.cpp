// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/verdict.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "filters/policy/words.hpp"

namespace vanthu::filters {
namespace {

Verdict archived(std::string record_class) {
  Verdict verdict;
  verdict.record_class = std::move(record_class);
  return verdict;
}

TEST(Merge, LetsTheStricterWin) {
  for (const bool swapped : {false, true}) {
    Verdict hold;
    hold.action = Action::hold;
    hold.rule = "h";
    Verdict reject = refused("r", 554, {5, 7, 1}, "no", "why");
    const Verdict merged = swapped ? merge(hold, reject) : merge(reject, hold);
    EXPECT_EQ(merged.action, Action::reject);
    EXPECT_EQ(merged.rule, "r");
    EXPECT_EQ(merged.reply, Reply(554, {5, 7, 1}, "no [r]"));
  }
}

TEST(Merge, LetsTheFirstOfTwoEqualsWin) {
  EXPECT_EQ(merge(refused("a", 554, {5, 7, 1}, "", ""), refused("b", 554, {5, 7, 1}, "", "")).rule, "a");
}

TEST(Merge, KeepsAnOrderToArchiveUnderAStricterAction) {
  EXPECT_EQ(merge(archived("official"), refused("d", 451, {4, 7, 1}, "", "")).record_class, "official");
  EXPECT_EQ(merge(refused("d", 451, {4, 7, 1}, "", ""), archived("official")).record_class, "official");
  EXPECT_EQ(merge(archived("a"), archived("b")).record_class, "a");
}

TEST(Merge, ArchivesNothingAfterASecrecyRefusal) {
  Verdict secret = refused("S-1", 554, {5, 7, 1}, "", "");
  secret.secret = true;
  EXPECT_EQ(merge(archived("official"), secret).record_class, "");
  EXPECT_EQ(merge(secret, archived("official")).record_class, "");
  EXPECT_TRUE(merge(refused("x", 554, {5, 7, 1}, "", ""), secret).secret);
  EXPECT_EQ(merge(refused("x", 554, {5, 7, 1}, "", ""), secret).rule, "S-1");
}

TEST(VerdictJson, HoldsTheWholeExplanation) {
  Verdict verdict = refused("attachments.executable", 554, {5, 7, 1}, "không nhận", "a \"b\"");
  verdict.policy_version = "0123456789abcdef";
  EXPECT_EQ(boost::json::serialize(to_json(verdict)),
            R"({"action":"reject","rule":"attachments.executable","reply":{"code":554,"enhanced":"5.7.1",)"
            R"("text":"không nhận [attachments.executable]"},"record_class":"","secret":false,)"
            R"("policy_version":"0123456789abcdef","steps":[{"rule":"attachments.executable","matched":true,)"
            R"("because":"a \"b\""}]})");
}

}  // namespace
}  // namespace vanthu::filters
