// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "filters/inspect/findings.hpp"
#include "filters/policy/policy.hpp"
#include "tests/unit/filters/facts_of.hpp"
#include "tests/unit/filters/office_fixture.hpp"

namespace vanthu::filters {
namespace {
using namespace std::chrono_literals;
using testing::part;
using testing::plain;
using testing::today;
using testing::with_finding;
using testing::with_paper;

Verdict judge(const Policy& policy, const Facts& facts, mail::Direction direction = mail::Direction::out,
              const std::vector<mail::Delivery>& deliveries = {}) {
  const mail::Envelope envelope;
  Context context;
  context.direction = direction;
  context.envelope = &envelope;
  context.deliveries = &deliveries;
  context.facts = &facts;
  context.today = today;
  return policy.judge(context);
}
Verdict judge(const Facts& facts) { return judge(*Policy::built_in(), facts); }

std::shared_ptr<const Policy> with_rule(const std::string& conditions, const std::string& head = "") {
  auto policy = Policy::parse(head +
                                  "[[rule]]\nid = \"S-1\"\nsecrecy = [\"mat\", \"toi-mat\", \"tuyet-mat\"]\n"
                                  "action = \"reject\"\ntext_vi = \"chặn\"\ntext_en = \"blocked\"\n"
                                  "[[rule]]\nid = \"x\"\naction = \"hold\"\n" +
                                  conditions,
                              "policy.toml");
  EXPECT_TRUE(policy) << policy.error().detail;
  return *policy;
}
bool holds(const std::string& conditions, const Facts& facts, mail::Direction direction = mail::Direction::out,
           const std::vector<mail::Delivery>& deliveries = {}) {
  return judge(*with_rule(conditions), facts, direction, deliveries).action == Action::hold;
}

TEST(DefaultPolicy, LetsAPlainNotePass) {
  const Verdict verdict = judge(plain());
  EXPECT_EQ(verdict.action, Action::accept);
  EXPECT_EQ(verdict.rule, "none");
  EXPECT_EQ(verdict.record_class, "");
  EXPECT_EQ(verdict.policy_version, Policy::built_in()->version());
}

TEST(DefaultPolicy, NamesTheInnerFileAndItsTrueType) {
  Facts facts = plain();
  facts.parts.push_back(part("2", "bao-cao.zip", "application/zip"));
  facts.parts.push_back(part("2/bao-cao.pdf", "bao-cao.pdf", "application/x-dosexec"));
  facts.findings = {{"content.executable", "2/bao-cao.pdf", "application/x-dosexec"}};
  const Verdict verdict = judge(facts);
  EXPECT_EQ(verdict.action, Action::reject);
  EXPECT_EQ(
      verdict.reply,
      Reply(550, {5, 7, 1},
            "không nhận tệp chạy được: bao-cao.zip/bao-cao.pdf là application/x-dosexec; hãy bỏ tệp này rồi gửi lại, "
            "cần giúp thì gọi bộ phận quản trị thư điện tử [attachments.executable]"));
}

TEST(DefaultPolicy, RefusesEveryFindingThatIsNotHarmlessAndCountsTheOthers) {
  for (const inspect::FindingKind& kind : inspect::finding_kinds) {
    const Verdict verdict = judge(with_finding(std::string(kind.id)));
    EXPECT_EQ(verdict.action, kind.benign ? Action::accept : Action::reject) << kind.id;
    EXPECT_EQ(verdict.steps.back().rule, "policy.harmless");
    EXPECT_EQ(verdict.steps.back().because, kind.benign ? kind.id : "") << kind.id;
    EXPECT_NE(verdict.rule, "attachments.unknown-finding") << kind.id << " has no rule of its own";
  }
}

TEST(DefaultPolicy, TakesAFindingThatNobodyKnowsForNoGood) {
  for (const char* id : {"new.thing", "content.new-thing", "mime.new-thing", "x"})
    EXPECT_EQ(judge(with_finding(id)).action, Action::reject) << id;
  EXPECT_EQ(judge(with_finding("new.thing")).rule, "attachments.unknown-finding");
}

TEST(CatchAll, MeetsWhatNoRuleAboveHasMetAndNothingElse) {
  Facts facts = with_finding("content.executable");
  Verdict verdict = judge(facts);
  for (const Step& step : verdict.steps) EXPECT_EQ(step.matched, step.rule == "attachments.executable") << step.rule;
  facts.findings.push_back({"new.thing", "1", ""});
  verdict = judge(facts);
  EXPECT_EQ(verdict.rule, "attachments.executable");
  for (const Step& step : verdict.steps)
    if (step.rule == "attachments.unknown-finding") {
      EXPECT_TRUE(step.matched);
      EXPECT_EQ(step.because.find("content.executable"), std::string::npos) << step.because;
    }
}

TEST(DefaultPolicy, LeavesAStepForEveryRule) {
  const Verdict verdict = judge(plain());
  EXPECT_EQ(verdict.steps.size(), Policy::built_in()->book().rules.size() + 1);
  for (const Step& step : verdict.steps) EXPECT_FALSE(step.matched) << step.rule;
}

struct MarkedCase {
  const char* name;
  void (*mark)(Facts&);
};
class Marked : public ::testing::TestWithParam<MarkedCase> {};
TEST_P(Marked, IsRefusedFirstAndAloneAndNothingIsTold) {
  Facts facts = plain();
  facts.subject = "kế hoạch nhân sự";
  facts.parts.push_back(part("2", "nhan-su.exe", "application/x-dosexec"));
  facts.findings = {{"content.executable", "2", ""}};
  GetParam().mark(facts);
  const Verdict verdict = judge(facts);
  EXPECT_EQ(verdict.action, Action::reject);
  EXPECT_EQ(verdict.rule, "S-1");
  EXPECT_TRUE(verdict.secret);
  EXPECT_EQ(verdict.record_class, "");
  ASSERT_EQ(verdict.steps.size(), 1U);
  EXPECT_EQ(verdict.steps[0].because, "có dấu chỉ mức độ mật");
  for (const char* told : {"nhan-su", "nhân sự", "MẬT", "tuyet"}) {
    EXPECT_EQ(verdict.reply.text.find(told), std::string::npos) << told;
    EXPECT_EQ(verdict.steps[0].because.find(told), std::string::npos) << told;
  }
}
INSTANTIATE_TEST_SUITE_P(Anywhere, Marked,
                         ::testing::Values(MarkedCase{"message", [](Facts& f) { f.secrecy = "mat"; }},
                                           MarkedCase{"top", [](Facts& f) { f.secrecy = "tuyet-mat"; }},
                                           MarkedCase{"paper",
                                                      [](Facts& f) {
                                                        f.papers = {testing::paper("1", "TB/TU", "Thông báo")};
                                                        f.papers[0].secrecy = "toi-mat";
                                                      }},
                                           MarkedCase{"unsure_paper",
                                                      [](Facts& f) {
                                                        f.papers = {testing::paper("1", "TB/TU", "", 0.1)};
                                                        f.papers[0].secrecy = "mat";
                                                      }},
                                           MarkedCase{"finding",
                                                      [](Facts& f) {
                                                        f.findings.push_back({"secrecy.stamp", "2", ""});
                                                      }},
                                           MarkedCase{"unknown_level", [](Facts& f) { f.secrecy = "sieu-mat"; }},
                                           MarkedCase{"empty_level", [](Facts& f) { f.secrecy = ""; }}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SecrecyRules, MayHaveOtherWordsForOneDirection) {
  const auto policy =
      with_rule("finding = \"mime.*\"\n",
                "[[rule]]\nid = \"S-2\"\nsecrecy = [\"mat\", \"toi-mat\", \"tuyet-mat\"]\ndirection = \"in\"\n"
                "action = \"reject\"\ntext_vi = \"gọi điện\"\ntext_en = \"phone\"\n");
  Facts facts = plain();
  facts.secrecy = "mat";
  EXPECT_EQ(judge(*policy, facts, mail::Direction::in).rule, "S-2");
  EXPECT_EQ(judge(*policy, facts, mail::Direction::out).rule, "S-1");
  EXPECT_TRUE(judge(*policy, facts, mail::Direction::in).secret);
}

TEST(Conditions, OfAPartMustAllHoldForTheSamePart) {
  Facts facts = with_finding("content.type-mismatch", "2");
  facts.parts.push_back(part("2", "anh.PDF. ", "image/png"));
  facts.parts.push_back(part("3", "anh.png", "image/png"));
  EXPECT_TRUE(holds("type = \"image/*\"\nname_extension = \"pdf\"\n", facts));
  EXPECT_TRUE(holds("finding = \"content.type-mismatch\"\nname_extension = [\"doc\", \"pdf\"]\n", facts));
  EXPECT_FALSE(holds("finding = \"content.type-mismatch\"\nname_extension = \"png\"\n", facts));
  EXPECT_FALSE(holds("finding = \"content.*\"\n", facts)) << "harmless, so no pattern meets it";
  EXPECT_FALSE(holds("type = \"image/jpeg\"\n", facts));
}

TEST(Conditions, OfAPaperMustAllHoldForTheSamePaper) {
  Facts facts = with_paper(testing::paper("07", "TB/TU", "Thông báo"));
  facts.papers.push_back(testing::paper("15", "CV/VPTU", "Công văn"));
  facts.papers.push_back(testing::paper("1", "NQ/TU", "Nghị quyết", 0.3));
  EXPECT_TRUE(holds("paper = true\n", facts));
  EXPECT_FALSE(holds("paper = false\n", facts));
  EXPECT_TRUE(holds("paper = false\n", plain()));
  EXPECT_TRUE(holds("paper_kind = \"thông báo\"\npaper_symbol = \"tb/*\"\n", facts));
  EXPECT_FALSE(holds("paper_kind = \"Công văn\"\npaper_symbol = \"TB/*\"\n", facts));
  EXPECT_FALSE(holds("paper_kind = \"Nghị quyết\"\n", facts)) << "not sure enough to be a paper";
  EXPECT_TRUE(holds("paper_form = \"party\"\n", facts));
  EXPECT_FALSE(holds("paper_form = \"state\"\n", facts));
}

TEST(Conditions, OfAFilingHoldForNothingElse) {
  const auto policy = with_rule("folder = [\"thư đã gửi\"]\nspecial_use = \"sent\"\nuser = \"*@hatinh.example\"\n");
  const Facts facts = plain();
  const mail::Envelope envelope;
  const std::vector<mail::Delivery> nobody;
  directory::Login login;
  login.address = "khoa@hatinh.example";
  Filing filing{"vanthu@hatinh.example", "INBOX", ""};
  Context context;
  context.direction = mail::Direction::append;
  context.login = &login;
  context.envelope = &envelope;
  context.deliveries = &nobody;
  context.facts = &facts;
  context.today = today;
  const auto action = [&] { return policy->judge(context).action; };
  EXPECT_EQ(action(), Action::accept);  // not filed at all
  context.filing = &filing;
  EXPECT_EQ(action(), Action::accept);
  filing.special_use = "sent";
  EXPECT_EQ(action(), Action::hold);
  filing = {"vanthu@hatinh.example", "Thư Đã Gửi", ""};
  EXPECT_EQ(action(), Action::hold);
  login.address = "khoa@elsewhere.example";
  EXPECT_EQ(action(), Action::accept);
  EXPECT_TRUE(holds("direction = \"append\"\n", facts, mail::Direction::append));
  EXPECT_FALSE(holds("direction = [\"in\", \"out\"]\n", facts, mail::Direction::append));
  EXPECT_FALSE(holds("sender_kind = \"outside\"\n", facts, mail::Direction::append));
}

TEST(DefaultPolicy, RefusesAnAmbiguousLetterThatIsFiled) {
  const Verdict verdict = judge(*Policy::built_in(), with_finding("mime.duplicate-parameter"), mail::Direction::append);
  EXPECT_EQ(verdict.action, Action::reject);
}

TEST(Conditions, OfTheEnvelopeAndTheWhole) {
  const std::vector<mail::Delivery> two{{{"a", "ngoai.example"}, "a@ngoai.example", "outside", "", ""},
                                        {{"b", "ngoai.example"}, "b@ngoai.example", "outside", "", ""}};
  EXPECT_TRUE(holds("recipients_over = 1\n", plain(), mail::Direction::out, two));
  EXPECT_FALSE(holds("recipients_over = 2\n", plain(), mail::Direction::out, two));
  EXPECT_TRUE(holds("recipient_kind = \"outside\"\n", plain(), mail::Direction::out, two));
  EXPECT_FALSE(holds("recipient_kind = \"person\"\n", plain(), mail::Direction::out, two));
  EXPECT_TRUE(holds("octets_over = 999\n", plain()));
  EXPECT_FALSE(holds("octets_over = 1000\n", plain()));
  EXPECT_TRUE(holds("direction = \"in\"\nsender_kind = \"outside\"\n", plain(), mail::Direction::in));
  EXPECT_FALSE(holds("direction = \"in\"\n", plain()));
}

TEST(Conditions, UrgencyIsThePapers) {
  Facts facts = with_paper(testing::paper("07", "TB/TU", "Thông báo"));
  EXPECT_FALSE(holds("urgency = [\"khan\", \"hoa-toc\"]\n", facts));
  facts.papers[0].urgency = "hoa-toc";
  EXPECT_TRUE(holds("urgency = [\"khan\", \"hoa-toc\"]\n", facts));
  EXPECT_TRUE(holds("urgency = \"none\"\n", plain()));
}

TEST(Rules, DoNotApplyWhereUnlessHolds) {
  const std::string rule = "octets_over = 10\nunless = { direction = \"in\" }\n";
  EXPECT_TRUE(holds(rule, plain(), mail::Direction::out));
  EXPECT_FALSE(holds(rule, plain(), mail::Direction::in));
}

TEST(Rules, AreInForceFromTheirFirstToTheirLastDay) {
  const std::string rule = "octets_over = 10\n";
  EXPECT_TRUE(holds(rule + "valid_from = 2026-11-24\nvalid_to = 2026-11-24\n", plain()));
  EXPECT_FALSE(holds(rule + "valid_from = \"2026-11-25\"\n", plain()));
  EXPECT_FALSE(holds(rule + "valid_to = 2026-11-23\n", plain()));
}

TEST(Rules, ThatAcceptCanOrderTheArchive) {
  const auto policy = Policy::parse(
      "[[rule]]\nid = \"S-1\"\nsecrecy = [\"mat\", \"toi-mat\", \"tuyet-mat\"]\n"
      "action = \"reject\"\ntext_vi = \"c\"\ntext_en = \"b\"\n"
      "[[rule]]\nid = \"keep\"\naction = \"accept\"\nrecord_class = \"kept\"\n"
      "octets_over = 10\n",
      "policy.toml");
  ASSERT_TRUE(policy) << policy.error().detail;
  const Verdict verdict = judge(**policy, plain());
  EXPECT_EQ(verdict.action, Action::accept);
  EXPECT_EQ(verdict.record_class, "kept");
}

TEST(Rules, NameAFewPartsAndCountTheRest) {
  Facts facts = plain();
  for (int i = 2; i < 12; ++i) {
    facts.parts.push_back(part(std::to_string(i), "f" + std::to_string(i) + ".exe", "application/x-dosexec"));
    facts.findings.push_back({"content.executable", std::to_string(i), "application/x-dosexec"});
  }
  const Verdict verdict = judge(facts);
  ASSERT_GT(verdict.steps.size(), 1U);
  EXPECT_NE(verdict.steps[1].because.find("f6.exe"), std::string::npos) << verdict.steps[1].because;
  EXPECT_EQ(verdict.steps[1].because.find("f7.exe"), std::string::npos);
  EXPECT_NE(verdict.steps[1].because.find("và 5 mục khác"), std::string::npos);
}

TEST(Rules, SpeakThePolicysLanguage) {
  const auto policy = Policy::parse(
      "language = \"en\"\n[[rule]]\nid = \"S-1\"\nsecrecy = [\"mat\", \"toi-mat\", "
      "\"tuyet-mat\"]\naction = \"reject\"\ntext_vi = \"chặn\"\ntext_en = \"blocked\"\n"
      "[[rule]]\nid = \"later\"\naction = \"defer\"\nfinding = \"mime.*\"\n"
      "text_vi = \"vi\"\ntext_en = \"{finding}\"\n",
      "policy.toml");
  ASSERT_TRUE(policy) << policy.error().detail;
  EXPECT_EQ(judge(**policy, with_finding("mime.nul")).reply,
            Reply(451, {4, 7, 1}, "the message holds a NUL octet [later]"));
}

TEST(DefaultPolicy, HasMailFromOutsideWrittenAnewWhereOursIsRefused) {
  const Facts facts = with_finding("mime.bad-base64");
  const Verdict ours = judge(*Policy::built_in(), facts, mail::Direction::out);
  EXPECT_EQ(ours.action, Action::reject);
  EXPECT_FALSE(ours.rewrite);
  const Verdict theirs = judge(*Policy::built_in(), facts, mail::Direction::in);
  EXPECT_EQ(theirs.action, Action::accept);
  ASSERT_TRUE(theirs.rewrite);
  EXPECT_EQ(theirs.rewrite->rule, "mime.ambiguous");
  EXPECT_EQ(theirs.rewrite->reply.code, 554);
  EXPECT_NE(theirs.rewrite->reply.text.find("base64"), std::string::npos) << theirs.rewrite->reply.text;
  EXPECT_NE(theirs.rewrite->reply.text.find("[mime.ambiguous]"), std::string::npos) << theirs.rewrite->reply.text;
}

TEST(DefaultPolicy, RefusesWhatIsHiddenEvenIfItCouldBeLeftOut) {
  Facts facts = with_finding("mime.readings-differ", "~2");
  facts.parts.push_back(part("~2", "a.exe", "application/x-dosexec"));
  facts.findings.push_back({"content.executable", "~2", "application/x-dosexec"});
  EXPECT_EQ(judge(*Policy::built_in(), facts, mail::Direction::in).action, Action::reject);
}

TEST(DefaultPolicy, NeverGuessesAtAnAuthor) {
  for (const char* id :
       {"header.bad-author", "header.missing-from", "mime.bad-header", "mime.duplicate-field", "mime.nul"})
    EXPECT_EQ(judge(*Policy::built_in(), with_finding(id), mail::Direction::in).action, Action::reject) << id;
}

TEST(Rules, LookAtDraftsCirculationSignerAndIssuer) {
  Paper one = testing::paper("07", "TB/TU", "Thông báo");
  one.draft = "Dự thảo lần 2";
  one.circulation = "LƯU HÀNH NỘI BỘ";
  one.signer = "Nguyễn Văn An";
  one.issuer = "TỈNH UỶ HÀ TĨNH";
  const Facts facts = with_paper(one);
  EXPECT_TRUE(holds("paper_draft = true\n", facts));
  EXPECT_FALSE(holds("paper_draft = false\n", facts));
  EXPECT_TRUE(holds("paper_draft = false\n", with_paper(testing::paper("07", "TB/TU", "Thông báo"))));
  EXPECT_FALSE(holds("paper_draft = false\n", plain())) << "there is no paper";
  EXPECT_TRUE(holds("paper_circulation = \"lưu hành nội bộ\"\n", facts));
  EXPECT_TRUE(holds("paper_circulation = \"*\"\npaper_signer = \"*văn an\"\n", facts));
  EXPECT_FALSE(holds("paper_signer = \"*bình\"\n", facts));
  EXPECT_TRUE(holds("paper_issuer = \"tỉnh uỷ*\"\n", facts));
}

TEST(Rules, ThatHoldAreForAdministratorsToReview) {
  const Verdict plain_hold = judge(*with_rule("octets_over = 1\n"), plain());
  ASSERT_EQ(plain_hold.decisions.size(), 1U);
  EXPECT_EQ(plain_hold.decisions[0].kind, "review");
  EXPECT_EQ(plain_hold.decisions[0].rule, "x");
  EXPECT_EQ(plain_hold.decisions[0].hours, held_hours);
  EXPECT_EQ(plain_hold.decisions[0].persons, 1U);
  EXPECT_TRUE(plain_hold.notices.empty()) << "without a text nobody is told";
  const Verdict two =
      judge(*with_rule("octets_over = 1\nhours = 8\nrelease_by = 2\ntext_vi = \"v\"\ntext_en = \"e\"\n"), plain());
  EXPECT_EQ(two.decisions.at(0).hours, 8U);
  EXPECT_EQ(two.decisions.at(0).persons, 2U);
  EXPECT_EQ(two.decisions.at(0).why, "v");
  ASSERT_EQ(two.notices.size(), 1U);
  EXPECT_EQ(two.notices[0].text_en, "e");
  const auto again = parse_verdict(to_json(two));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(to_text(*again), to_text(two)) << "what a record keeps can be read again";
}

TEST(Rules, NameDirectionsInAList) {
  EXPECT_TRUE(holds("direction = [\"out\", \"append\"]\noctets_over = 1\n", plain()));
  EXPECT_FALSE(holds("direction = \"append\"\noctets_over = 1\n", plain()));
}

TEST(Rules, ThatWarnTellTheSenderInBothLanguages) {
  const auto policy = Policy::parse(
      "contact_vi = \"phòng A\"\ncontact_en = \"room A\"\n"
      "[[rule]]\nid = \"S-1\"\nsecrecy = [\"mat\", \"toi-mat\", \"tuyet-mat\"]\naction = \"reject\"\n"
      "text_vi = \"chặn, gọi {contact}\"\ntext_en = \"blocked\"\n"
      "[[rule]]\nid = \"links\"\naction = \"warn\"\nfinding = \"content.external-link\"\n"
      "text_vi = \"{finding}; gọi {contact}\"\ntext_en = \"{finding}; call {contact}\"\n",
      "policy.toml");
  ASSERT_TRUE(policy) << policy.error().detail;
  const Facts facts = with_finding("content.external-link");
  const Verdict verdict = judge(**policy, facts);
  EXPECT_EQ(verdict.action, Action::accept);
  ASSERT_EQ(verdict.notices.size(), 1U);
  EXPECT_EQ(verdict.notices[0].text_vi, "tài liệu trỏ tới nội dung bên ngoài; gọi phòng A");
  EXPECT_EQ(verdict.notices[0].text_en, "a document refers to outside content; call room A");
  EXPECT_TRUE(judge(**policy, facts, mail::Direction::in).notices.empty()) << "strangers are told nothing";
  Facts secret = facts;
  secret.secrecy = "mat";
  EXPECT_EQ(judge(**policy, secret).reply.text, "chặn, gọi phòng A [S-1]");
}

}  // namespace
}  // namespace vanthu::filters
