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

TEST(Merge, AddsUpDecisionsAndNotices) {
  Verdict confirm, moderate;
  confirm.decisions.push_back({.kind = "confirm", .deciders = {"an@x.example"}, .why = "outside"});
  confirm.notices.push_back({"nn", "thiếu", "missing"});
  moderate.decisions.push_back({.kind = "moderate", .deciders = {"t@x.example", "p@x.example"}, .on_timeout = "next"});
  moderate.notices.push_back({"g", "", "held"});
  const Verdict merged = merge(confirm, moderate);
  ASSERT_EQ(merged.decisions.size(), 2U);
  EXPECT_EQ(merged.decisions[0].kind, "confirm");
  EXPECT_EQ(merged.decisions[1].deciders.size(), 2U);
  ASSERT_EQ(merged.notices.size(), 2U);
  EXPECT_EQ(merged.notices[1].id, "g");
}

TEST(Merge, AsksAndTellsNobodyAfterASecrecyRefusal) {
  Verdict asks, secret = refused("S-1", 554, {5, 7, 1}, "", "");
  secret.secret = true;
  asks.decisions.push_back({.kind = "confirm"});
  asks.notices.push_back({"nn", "thiếu", ""});
  for (const Verdict& merged : {merge(asks, secret), merge(secret, asks)}) {
    EXPECT_TRUE(merged.decisions.empty());
    EXPECT_TRUE(merged.notices.empty());
  }
}

TEST(VerdictJson, SaysWhoDecidesAndWhatTheSenderIsTold) {
  Verdict verdict;
  verdict.decisions.push_back({.kind = "moderate",
                               .deciders = {"a@x.example", "b@x.example"},
                               .recipients = {"all@x.example"},
                               .hours = 4,
                               .on_timeout = "next",
                               .why = "nhóm"});
  verdict.notices.push_back({"nn", "thiếu", "missing"});
  const std::string text = to_text(verdict);
  EXPECT_TRUE(text.ends_with(R"("steps":[],"decisions":[{"kind":"moderate","deciders":["a@x.example","b@x.example"],)"
                             R"("recipients":["all@x.example"],"hours":4,"on_timeout":"next","why":"nhóm"}],)"
                             R"("notices":[{"id":"nn","vi":"thiếu","en":"missing"}]})"))
      << text;
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

Verdict to_be_rewritten() {
  Verdict verdict;
  verdict.rewrite = Unreadable{"mime.ambiguous", Reply(554, {5, 6, 0}, "two readings")};
  verdict.record_class = "official";
  verdict.steps = {{"S-1", false, ""}, {"mime.ambiguous", true, "mime.bad-base64"}};
  verdict.notices.push_back({"n", "vi", "en"});
  return verdict;
}

TEST(AfterRewriting, WithoutAStrictReadingItIsRefused) {
  for (const bool again : {false, true}) {
    const Verdict verdict =
        after_rewriting(to_be_rewritten(), again ? std::optional(to_be_rewritten()) : std::optional<Verdict>());
    EXPECT_EQ(verdict.action, Action::reject);
    EXPECT_EQ(verdict.reply, Reply(554, {5, 6, 0}, "two readings"));
    EXPECT_EQ(verdict.rule, "mime.ambiguous");
    EXPECT_FALSE(verdict.rewrite);
    EXPECT_TRUE(verdict.notices.empty());
    EXPECT_EQ(verdict.record_class, "");
  }
}

TEST(AfterRewriting, TheStrictReadingIsJudgedAndTheReasonStays) {
  Verdict second;
  second.rule = "none";
  second.record_class = "official-exchange";
  second.steps = {{"S-1", false, ""}};
  const Verdict verdict = after_rewriting(to_be_rewritten(), second);
  EXPECT_EQ(verdict.action, Action::accept);
  EXPECT_EQ(verdict.record_class, "official-exchange");
  ASSERT_EQ(verdict.steps.size(), 3U);
  EXPECT_EQ(verdict.steps[0].rule, "mime.ambiguous");
  EXPECT_EQ(verdict.steps[0].because, "mime.bad-base64");
  EXPECT_EQ(verdict.steps[2].rule, "S-1");
}

TEST(AfterRewriting, AHoldThatTheWritingAnewCuresStays) {
  Verdict first = to_be_rewritten();
  first.action = Action::hold;
  first.rule = "odd-header";
  first.steps.push_back({"odd-header", true, "header.odd"});
  first.decisions = {{.kind = "review", .why = "odd", .rule = "odd-header", .persons = 2},
                     {.kind = "review", .rule = "both"}};
  Verdict second;
  second.decisions = {{.kind = "review", .rule = "both"}};
  const Verdict held = after_rewriting(first, second);
  EXPECT_EQ(held.action, Action::hold);
  EXPECT_EQ(held.rule, "odd-header");
  ASSERT_EQ(held.decisions.size(), 2U) << "of each rule once";
  EXPECT_EQ(held.decisions[1].rule, "odd-header");
  EXPECT_EQ(held.decisions[1].persons, 2U);
  ASSERT_EQ(held.steps.size(), 3U);
  EXPECT_EQ(held.steps[1].because, "header.odd");
  const Verdict rejected = after_rewriting(first, refused("r", 554, {5, 7, 1}, "no", "why"));
  EXPECT_EQ(rejected.action, Action::reject);
  EXPECT_TRUE(rejected.decisions.empty());
}

TEST(AfterRewriting, ASecrecyRefusalSaysNothingElse) {
  Verdict secret = refused("S-1", 554, {5, 7, 1}, "", "");
  secret.secret = true;
  const Verdict verdict = after_rewriting(to_be_rewritten(), secret);
  EXPECT_TRUE(verdict.secret);
  EXPECT_EQ(verdict.steps.size(), secret.steps.size());
}

}  // namespace
}  // namespace vanthu::filters
