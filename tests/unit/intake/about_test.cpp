// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/about.hpp"

#include <gtest/gtest.h>

#include "gateway/base/limits.hpp"

namespace vanthu::intake {
namespace {

mail::Accepted accepted() {
  mail::Accepted a;
  a.id = "Q1";
  a.user = "an@x.example";
  a.direction = mail::Direction::out;
  a.envelope.reverse_path = mail::Mailbox{"an", "x.example"};
  a.deliveries = {{{"b", "x.example"}, "b@x.example", "local", "", ""},
                  {{"m1", "x.example"}, "Nhom@x.example", "local", "", ""},
                  {{"m2", "x.example"}, "Nhom@x.example", "local", "", ""},
                  {{"c", "y.example"}, "c@y.example", "outside", "", ""}};
  return a;
}
filters::Facts facts() {
  filters::Facts f;
  f.subject = "Thông báo\r\nBcc: x@y";
  f.message_id = "<a1@x.example>";
  filters::Paper paper;
  paper.number = "07";
  paper.symbol = "TB/TU";
  f.papers = {paper};
  return f;
}

TEST(About, NamesTheLetterOnOneLineEach) {
  const mail::About about = about_letter(accepted(), facts(), true, {1, 2, 3});
  EXPECT_EQ(about.from, "an@x.example");
  EXPECT_EQ(about.to, (std::vector<std::string>{"Nhom@x.example", "c@y.example"}));
  EXPECT_EQ(about.subject.find_first_of("\r\n"), std::string::npos) << about.subject;
  EXPECT_EQ(about.papers, std::vector<std::string>{"07-TB/TU"});
  EXPECT_EQ(about.message_id, "<a1@x.example>");
}

TEST(About, QuotesNothingWhereItMayNot) {
  EXPECT_EQ(about_letter(accepted(), facts(), false, {}).subject, "");
  filters::Facts marked = facts();
  marked.papers[0].secrecy = "mat";
  const mail::About about = about_letter(accepted(), marked, true, {});
  EXPECT_EQ(about.subject, "");
  EXPECT_TRUE(about.papers.empty());
}

TEST(About, TakesOnlyAMessageIdThatIsOne) {
  filters::Facts f = facts();
  for (const char* bad : {"<a b@c>", "a@b", "<ab>", "<a@b\r\nBcc: c>", "<ä@b>", "<", "><"}) {
    f.message_id = bad;
    EXPECT_EQ(about_letter(accepted(), f, true, {}).message_id, "") << bad;
  }
  f.message_id.clear();
  mail::Accepted a = accepted();
  a.trace = "Received: by us\r\nMessage-ID: <Q1@gw.example>\r\n";
  EXPECT_EQ(about_letter(a, f, true, {}).message_id, "<Q1@gw.example>") << "the one that we gave it";
}

TEST(About, CountsRecipientsBeyondTheBound) {
  mail::Accepted a = accepted();
  a.deliveries.clear();
  for (std::size_t i = 0; i < limits::decision_recipients + 3; ++i)
    a.deliveries.push_back({{"m", "x.example"}, "m" + std::to_string(i) + "@x.example", "local", "", ""});
  const mail::About about = about_letter(a, facts(), true, {});
  EXPECT_EQ(about.to.size(), limits::decision_recipients);
  EXPECT_EQ(about.more, 3U);
}

TEST(QuestionsOfAVerdict, AreAboutTheDeliveriesOfTheirForwardPaths) {
  filters::Verdict verdict;
  verdict.decisions = {{.kind = "confirm", .hours = 3, .why = "ra\nngoài"},
                       {.kind = "moderate", .deciders = {"m@x.example"}, .recipients = {"nhom@x.example"}, .hours = 48},
                       {.kind = "moderate", .deciders = {"m@x.example"}, .recipients = {"other@x.example"}}};
  const auto questions = questions_of(verdict, accepted(), 7200);
  ASSERT_EQ(questions.size(), 2U) << "nothing is asked about nobody";
  EXPECT_EQ(questions[0].deliveries, (std::vector<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_EQ(questions[0].seconds, 7200U) << "not longer than an administrator allows";
  EXPECT_EQ(questions[0].why.find('\n'), std::string::npos);
  EXPECT_EQ(questions[1].deliveries, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(questions[1].deciders, std::vector<std::string>{"m@x.example"});
}

TEST(QuestionsOfAVerdict, OfAReviewTheRuleAloneSaysHowLong) {
  filters::Verdict verdict;
  verdict.decisions = {{.kind = "review", .hours = 120, .on_timeout = "release", .rule = "scan"}};
  const auto questions = questions_of(verdict, accepted(), 60);
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(questions[0].seconds, 120U * 3600);
}

}  // namespace
}  // namespace vanthu::intake
