// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody must answer before it goes on: by contract of Queue, over restarts.
#include "gateway/base/limits.hpp"
#include "tests/unit/spool/queue_fixture.hpp"

namespace vanthu::spool {
namespace {
using namespace std::chrono_literals;

class QuestionsTest : public QueueTest, public testing::WithParamInterface<Source> {
 protected:
  static std::shared_ptr<Payload> letter(const std::string& id, std::vector<std::string> to) {
    auto payload = std::make_shared<Payload>();
    payload->accepted.id = id;
    payload->accepted.user = "a@x.example";
    payload->accepted.received = now();
    payload->accepted.direction = mail::Direction::out;
    payload->accepted.envelope.reverse_path = mail::Mailbox{"a", "x.example"};
    for (const auto& name : to)
      payload->accepted.deliveries.push_back({{name, "x.example"}, name + "@x.example", "local", "", ""});
    payload->octets = std::make_shared<const Octets>(*Octets::of("Subject: " + id + "\r\n\r\nx\r\n"));
    return payload;
  }
  using QueueTest::accept;
  void accept(const std::shared_ptr<Payload>& payload) { accept(GetParam(), payload); }
  /// The only thing that is open.
  Asked only() {
    const auto due = queue_->questions_due(now() + 24h * 365, 10);
    EXPECT_EQ(due.size(), 1U);
    return due.at(0);
  }
  void answer(const Asked& asked, const std::string& word, const std::string& by) {
    Standing standing = asked.standing;
    standing.answer = word;
    standing.by = by;
    standing.answered = now();
    const auto set = queue_->set_standing(asked, standing);
    ASSERT_TRUE(set) << set.error().detail;
  }
  std::vector<std::uint32_t> taken() {
    const auto lease = queue_->take("local", now());
    return lease ? lease->pending : std::vector<std::uint32_t>{};
  }
};
INSTANTIATE_TEST_SUITE_P(BothLogs, QuestionsTest, testing::Values(Source::spool, Source::records),
                         [](const auto& row) { return row.param == Source::spool ? "Spool" : "Records"; });

TEST_P(QuestionsTest, KeepBackWhatTheyAreAboutAndNothingElse) {
  auto payload = letter("one", {"b", "c", "d"});
  payload->accepted.questions = {{"moderate", {"m@x.example"}, {1}, 3600, "return", "nhóm"}};
  accept(payload);
  for (const bool restarted : {false, true}) {
    if (restarted) reopen();
    const auto lease = queue_->take("local", now());
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->pending, (std::vector<std::uint32_t>{0, 2}));
    EXPECT_FALSE(queue_->take("local", now()));
    queue_->give_back(*lease, now());
  }
  const auto listing = queue_->list({.held = true}, 10);
  ASSERT_EQ(listing.entries.size(), 2U) << "the message is listed whole, each share by itself";
  EXPECT_EQ(queue_->show("one")->recipients[1].hold, "moderate: m@x.example");
  EXPECT_EQ(queue_->show("one")->recipients[0].hold, "");
}

/// The mail that asks carries where the question stood when it was written, and may come into the log last.
TEST_P(QuestionsTest, AreNotOpenedAgainByWhatAMailCarries) {
  auto payload = letter("one", {"b"});
  payload->accepted.questions = {{"moderate", {"m@x.example"}, {0}, 3600, "return", "nhóm"}};
  accept(payload);
  const Asked before = only();
  ASSERT_TRUE(queue_->now_of(before));
  answer(before, "no", "m@x.example");
  EXPECT_FALSE(queue_->now_of(before));
  Progress note{before.source, before.sequence};
  note.change.questions = {before.standing};
  note.change.questions[0].mailed = true;
  const auto asks = letter("asks", {"m"});
  ASSERT_TRUE(spool_->append_and_wait(
      {journal::Kind::message, false, carrying_meta(mail::to_json(asks->accepted), note), asks->octets}));
  reopen();
  EXPECT_TRUE(queue_->questions_due(now() + 24h * 365, 10).empty());
  EXPECT_TRUE(queue_->questions_of("one")->empty());
}

TEST_P(QuestionsTest, AreAskedAtOnceAndThenWaitedForUntilTheirTimeIsOver) {
  auto payload = letter("one", {"b"});
  payload->accepted.questions = {{"confirm", {}, {0}, 3600, "return", "ra ngoài"}};
  accept(payload);
  auto due = queue_->questions_due(now(), 10);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].decider(), "a@x.example") << "the login that sent it";
  EXPECT_EQ(due[0].question.why, "ra ngoài");
  Standing standing = due[0].standing;
  standing.asked = now();
  standing.tokens = {"d1"};
  ASSERT_TRUE(queue_->set_standing(due[0], standing));
  EXPECT_EQ(queue_->questions_due(now(), 10).size(), 1U) << "its mail is not queued yet";
  reopen();
  ASSERT_EQ(queue_->questions_due(now(), 10).size(), 1U) << "so also after a crash";
  standing.tokens.push_back("d2");
  standing.mailed = true;
  ASSERT_TRUE(queue_->set_standing(only(), standing));
  for (const bool restarted : {false, true}) {
    if (restarted) reopen();
    EXPECT_TRUE(queue_->questions_due(now(), 10).empty());
    EXPECT_EQ(queue_->next_question(), standing.asked + 1h);
    for (const char* token : {"d1", "d2"}) {
      const auto found = queue_->question_of(token);
      ASSERT_TRUE(found) << token;
      EXPECT_EQ(found->id, "one");
    }
    EXPECT_FALSE(queue_->question_of("d3"));
    EXPECT_TRUE(queue_->show("one")->recipients[0].hold.starts_with("confirm: a@x.example until "));
  }
  EXPECT_EQ(queue_->questions_due(standing.asked + 1h, 10).size(), 1U);
}

TEST_P(QuestionsTest, LetGoWhatWasApprovedAlsoOverARestart) {
  auto payload = letter("one", {"b", "c"});
  payload->accepted.questions = {{"confirm", {}, {0, 1}, 3600, "return", ""}};
  accept(payload);
  EXPECT_TRUE(taken().empty());
  Standing standing = only().standing;
  standing.tokens = {"d1"};
  standing.mailed = true;
  ASSERT_TRUE(queue_->set_standing(only(), standing));
  const Asked asked = only();
  answer(asked, "yes", "a@x.example");
  EXPECT_FALSE(queue_->question_of("d1")) << "a token is good once";
  EXPECT_FALSE(queue_->set_standing(asked, standing)) << "and an answer is the last word";
  reopen();
  EXPECT_FALSE(queue_->question_of("d1"));
  EXPECT_TRUE(queue_->questions_of("one")->empty());
  const auto lease = queue_->take("local", now());
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->pending, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_FALSE(lease->refused);
}

TEST_P(QuestionsTest, SendBackWhatWasRefusedAndNamesWhoRefused) {
  auto payload = letter("one", {"b", "c"});
  payload->accepted.questions = {{"moderate", {"m@x.example"}, {1}, 3600, "return", ""}};
  accept(payload);
  answer(only(), "no", "m@x.example");
  for (const bool restarted : {false, true}) {
    if (restarted) reopen();
    std::optional<Lease> refused, other;
    for (int i = 0; i < 2; ++i) {
      auto lease = queue_->take("local", now());
      ASSERT_TRUE(lease);
      (lease->refused ? refused : other) = lease;
    }
    ASSERT_TRUE(refused && other);
    EXPECT_EQ(refused->pending, std::vector<std::uint32_t>{1});
    EXPECT_EQ(refused->refused_by, "m@x.example");
    EXPECT_TRUE(queue_->expired(*refused, now()));
    EXPECT_FALSE(queue_->expired(*other, now()));
    if (restarted) {
      queue_->settle(*refused, {{1, true, {550, {5, 7, 1}, ""}}}, now());
      queue_->settle(*other, {{0, true, status::ok}}, now());
    }
  }
  EXPECT_EQ(queue_->size(), 0U);
}

TEST_P(QuestionsTest, MustAllBeAnsweredWithYes) {
  auto payload = letter("one", {"b", "c"});
  payload->accepted.questions = {{"confirm", {}, {0, 1}, 3600, "return", ""},
                                 {"moderate", {"m@x.example"}, {1}, 3600, "return", ""}};
  accept(payload);
  ASSERT_EQ(queue_->questions_of("one")->size(), 2U);
  answer(queue_->questions_of("one")->at(0), "yes", "a@x.example");
  EXPECT_EQ(taken(), std::vector<std::uint32_t>{0});
  reopen();
  EXPECT_EQ(taken(), std::vector<std::uint32_t>{0});
  EXPECT_TRUE(taken().empty());
  answer(only(), "yes", "m@x.example");
  EXPECT_EQ(taken(), std::vector<std::uint32_t>{1});
}

TEST_P(QuestionsTest, CostNoneOfTheTimeForDelivery) {
  auto payload = letter("one", {"b"});
  payload->accepted.received = now() - 24h * 10;
  payload->accepted.questions = {{"confirm", {}, {0}, 86400 * 14, "return", ""}};
  accept(payload);
  answer(only(), "yes", "a@x.example");
  for (const bool restarted : {false, true}) {
    if (restarted) reopen();
    const auto lease = queue_->take("local", now());
    ASSERT_TRUE(lease);
    EXPECT_FALSE(queue_->expired(*lease, now())) << "it has waited for the answer and not for a hop";
    EXPECT_TRUE(queue_->expired(*lease, now() + 24h * 5 + 1s));
    queue_->give_back(*lease, now());
  }
}

TEST_P(QuestionsTest, AreNotPassedOverByOtherActs) {
  auto payload = letter("one", {"b"});
  payload->accepted.questions = {{"confirm", {}, {0}, 3600, "return", ""}};
  accept(payload);
  for (const Act act : {Act::flush, Act::requeue, Act::hold, Act::release})
    ASSERT_TRUE(queue_->act(act, {.ids = {"one"}}, "why"));
  EXPECT_TRUE(taken().empty());
  EXPECT_EQ(queue_->questions_of("one")->size(), 1U);
  ASSERT_TRUE(queue_->act(Act::expire, {.ids = {"one"}}, ""));
  EXPECT_TRUE(queue_->questions_of("one")->empty());
  const auto lease = queue_->take("local", now());
  ASSERT_TRUE(lease);
  EXPECT_TRUE(lease->returned);
  EXPECT_FALSE(lease->refused);
}

TEST_P(QuestionsTest, GoWithTheirMessage) {
  auto payload = letter("one", {"b"});
  payload->accepted.questions = {{"confirm", {}, {0}, 3600, "return", ""}};
  accept(payload);
  Standing standing = only().standing;
  standing.tokens = {"d1"};
  ASSERT_TRUE(queue_->set_standing(only(), standing));
  const Asked asked = only();
  ASSERT_TRUE(queue_->act(Act::remove, {.ids = {"one"}}, "why"));
  EXPECT_FALSE(queue_->question_of("d1"));
  EXPECT_FALSE(queue_->next_question());
  accept(letter("two", {"b"}));  // may get its place
  EXPECT_FALSE(queue_->set_standing(asked, standing));
}

TEST_P(QuestionsTest, CanBePutOff) {
  auto payload = letter("one", {"b"});
  payload->accepted.questions = {{"confirm", {}, {0}, 3600, "return", ""}};
  accept(payload);
  const Time later = now() + 60s;
  queue_->postpone(only(), later);
  EXPECT_TRUE(queue_->questions_due(later - 1s, 10).empty());
  EXPECT_EQ(queue_->questions_due(later, 10).size(), 1U);
}

TEST_P(QuestionsTest, SurviveHousekeeping) {
  segment_octets_ = 64U << 10;
  reopen();
  auto payload = letter("one", {"b", "c"});
  payload->accepted.questions = {{"confirm", {}, {0, 1}, 3600, "return", ""},
                                 {"moderate", {"m@x.example", "n@x.example"}, {1}, 3600, "next", ""}};
  accept(payload);
  answer(queue_->questions_of("one")->at(0), "yes", "a@x.example");
  Asked asked = only();
  asked.standing.decider = 1;
  asked.standing.tokens = {"d1"};
  asked.standing.asked = now();
  asked.standing.mailed = true;
  ASSERT_TRUE(queue_->set_standing(asked, asked.standing));
  const auto big = std::string(40000, 'x');
  for (int i = 0; i < 12; ++i) {  // so many segments that the first one is emptied
    auto other = letter("other" + std::to_string(i), {"z"});
    other->octets = std::make_shared<const Octets>(*Octets::of(big));
    accept(Source::spool, other);
    ASSERT_TRUE(queue_->act(Act::remove, {.ids = {other->accepted.id}}, ""));
  }
  for (std::uint64_t i = 0; i < limits::queue_checkpoint_frames; ++i)
    spool_->append({journal::Kind::act, false, "{}", nullptr}, [](const auto&) {});
  ASSERT_TRUE(spool_->append_and_wait({journal::Kind::act, false, "{}", nullptr}));
  ASSERT_TRUE(queue_->maintain());
  const std::uint64_t first = spool_->segments().front().first_sequence;
  EXPECT_GT(first, 1U) << "nothing was tidied away, the test shows nothing";
  for (const bool restarted : {false, true}) {
    if (restarted) reopen();
    const auto found = queue_->question_of("d1");
    ASSERT_TRUE(found) << restarted;
    EXPECT_EQ(found->decider(), "n@x.example");
    EXPECT_EQ(found->standing, asked.standing);
    const auto lease = queue_->take("local", now());
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->pending, std::vector<std::uint32_t>{0});
    EXPECT_FALSE(queue_->take("local", now()));
    queue_->give_back(*lease, now());
  }
}

TEST(Standing, ComesBackAsItWasWritten) {
  Progress progress{Source::records, 7};
  progress.change.questions = {{2, 1, Time(5s), {"d1", "d2"}, true, "", "", {}},
                               {0, 0, {}, {}, false, "no", "m@x.example", Time(9s)}};
  const auto read = parse_progress(to_json(progress));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, progress);
  EXPECT_FALSE(parse_progress(R"({"log":1,"sequence":3,"standings":[{"question":0,"answer":"maybe"}]})"));
}

TEST_P(QuestionsTest, NobodyIsAskedToReviewAndItsTimeRunsFromTheAcceptance) {
  auto payload = letter("one", {"b"});
  payload->accepted.questions = {{"review", {}, {0}, 3600, "return", "ảnh chụp", "scan", 2}};
  accept(payload);
  for (const bool restarted : {false, true}) {
    if (restarted) reopen();
    EXPECT_TRUE(queue_->questions_due(now(), 10).empty());
    EXPECT_EQ(queue_->next_question(), payload->accepted.received + 1h);
    EXPECT_TRUE(queue_->show("one")->recipients[0].hold.starts_with("review: scan 0/2 until "));
  }
  Standing standing = only().standing;
  standing.released = {{"an@x.example", "an"}};
  ASSERT_TRUE(queue_->set_standing(only(), standing));
  reopen();
  EXPECT_EQ(only().standing.released, standing.released) << "the first word is not lost";
  EXPECT_TRUE(taken().empty());
  standing.released.push_back({"binh@x.example", "binh"});
  standing.answer = "yes";
  standing.answered = now();
  ASSERT_TRUE(queue_->set_standing(only(), standing));
  EXPECT_EQ(taken(), (std::vector<std::uint32_t>{0}));
}

TEST_P(QuestionsTest, AReviewThatIsPutToTheSenderStandsAsAConfirmation) {
  auto payload = letter("one", {"b"});
  payload->accepted.questions = {{"review", {}, {0}, 3600, "release", "ảnh chụp", "scan"}};
  accept(payload);
  Standing standing = only().standing;
  standing.turned = true;
  standing.mailed = false;
  standing.asked = {};
  standing.why = "có đúng không";
  ASSERT_TRUE(queue_->set_standing(only(), standing));
  for (const bool restarted : {false, true}) {
    if (restarted) reopen();
    const auto due = queue_->questions_due(now(), 10);
    ASSERT_EQ(due.size(), 1U) << "its sender is to be asked";
    EXPECT_EQ(due[0].question.kind, "confirm");
    EXPECT_EQ(due[0].question.on_timeout, "return");
    EXPECT_EQ(due[0].question.why, "ảnh chụp: có đúng không");
    EXPECT_EQ(due[0].decider(), "a@x.example");
  }
}

TEST_P(QuestionsTest, TheReasonOfWhoRejectedItIsKept) {
  auto payload = letter("one", {"b"});
  payload->accepted.questions = {{"review", {}, {0}, 3600, "return", "", "scan"}};
  accept(payload);
  Standing standing = only().standing;
  standing.answer = "no";
  standing.by = "an@x.example";
  standing.why = "sai nơi nhận / wrong recipient";
  standing.answered = now();
  ASSERT_TRUE(queue_->set_standing(only(), standing));
  reopen();
  const auto lease = queue_->take("local", now());
  ASSERT_TRUE(lease);
  EXPECT_TRUE(lease->refused);
  EXPECT_EQ(lease->refused_why, "sai nơi nhận / wrong recipient");
}

}  // namespace
}  // namespace vanthu::spool
