// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/limits.hpp"
#include "tests/unit/spool/queue_fixture.hpp"

namespace vanthu::spool {
namespace {
using namespace std::chrono_literals;

TEST_F(QueueTest, AnImportedRecordWaitsForNothingAndNobody) {
  auto old = std::make_shared<Payload>(*letter("old", {}));
  old->accepted.imported = mail::Imported{"run", "khoa", "thư cũ", "mbox:/a", "octet 0"};
  ASSERT_TRUE(records_->append_and_wait({journal::Kind::message, true, mail::to_json(old->accepted), old->octets}));
  accept(Source::records, letter("new", {{"b", "local"}}));
  reopen();
  EXPECT_EQ(queue_->size(), 1U);
}

TEST_F(QueueTest, HandsAMessageOutOnceAndForgetsItWhenItIsDelivered) {
  accept(Source::spool, letter("one", {{"b", "local"}}));
  const auto lease = queue_->take("local", now());
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->id, "one");
  EXPECT_FALSE(queue_->take("local", now())) << "nobody else gets it meanwhile";
  queue_->settle(*lease, {{0, true, status::ok}}, now());
  EXPECT_EQ(queue_->size(), 0U);
  reopen();
  EXPECT_EQ(queue_->size(), 0U) << "the progress frame says so after a restart too";
}

TEST_F(QueueTest, FindsWhatWasNotDeliveredAfterARestart) {
  accept(Source::spool, letter("private", {{"b", "local"}, {"c", "local"}, {"d", "outside"}}));
  accept(Source::records, letter("official", {{"e", "local"}}));
  auto lease = queue_->take("local", now());
  ASSERT_TRUE(lease);
  ASSERT_EQ(lease->id, "private");
  queue_->settle(*lease, {{0, true, status::ok}, {1, false, status::next_hop_unavailable}}, now());
  reopen();
  ASSERT_EQ(queue_->size(), 2U);
  lease = queue_->take("local", now());
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->id, "private");
  EXPECT_EQ(lease->pending, std::vector<std::uint32_t>{1}) << "only who has not got it yet";
  EXPECT_FALSE(lease->warm);
  const auto payload = queue_->load(*lease);
  ASSERT_TRUE(payload) << payload.error().detail;
  EXPECT_EQ((*payload)->octets->view(), "Subject: private\r\n\r\nx\r\n");
  EXPECT_EQ(queue_->take("outside", now())->pending, std::vector<std::uint32_t>{2});
  EXPECT_EQ(queue_->take("local", now())->id, "official");
}

TEST_F(QueueTest, DeliversTheStrictReadingWhereTheFrameHoldsBoth) {
  auto payload = std::make_shared<Payload>(*letter("both", {{"b", "local"}}));
  payload->accepted.original_octets = 5;
  payload->octets = std::make_shared<const Octets>(*Octets::of("came|goes"));
  accept(Source::records, payload);
  reopen();
  const auto lease = queue_->take("local", now());
  ASSERT_TRUE(lease);
  const auto loaded = queue_->load(*lease);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_EQ((*loaded)->octets->view(), "goes");
}

TEST_F(QueueTest, WaitsLongerAfterEachFailureOfAMessage) {
  accept(Source::spool, letter("one", {{"b", "local"}}));
  Time at = now();
  std::chrono::microseconds before{0};
  for (int attempt = 0; attempt < 4; ++attempt) {
    const auto lease = queue_->take("local", at);
    ASSERT_TRUE(lease) << attempt;
    queue_->settle(*lease, {{0, false, {450, {4, 2, 0}, "busy"}}}, at);
    EXPECT_FALSE(queue_->take("local", at));
    const auto wait = *queue_->next_due("local") - at;
    EXPECT_GT(wait, before);
    EXPECT_LE(wait, 60s * (1 << attempt));
    EXPECT_GE(wait, 60s * (1 << attempt) * 4 / 5) << "jitter takes at most a fifth";
    before = wait;
    at = *queue_->next_due("local");
  }
  EXPECT_EQ(queue_->list({}, 10).entries.at(0).last_reply, "450 4.2.0 busy");
  EXPECT_EQ(queue_->act(Act::flush, {}, "")->done, 1U);
  EXPECT_TRUE(queue_->take("local", now())) << "flush makes it due";
}

TEST_F(QueueTest, PausesAHopThatIsAwayWithoutCostingItsMessagesATry) {
  accept(Source::spool, letter("one", {{"b", "local"}}));
  accept(Source::spool, letter("two", {{"b", "outside"}}));
  const Time at = now();
  const auto lease = queue_->take("local", at);
  queue_->hop_failed("local", *lease, status::next_hop_unavailable, at);
  EXPECT_FALSE(queue_->take("local", at + 1s));
  EXPECT_TRUE(queue_->take("outside", at + 1s)) << "other hops go on";
  const auto again = queue_->take("local", at + 61s);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->attempts, 0U);
  EXPECT_FALSE(queue_->expired(*again, at + 61s));
  EXPECT_TRUE(queue_->expired(*again, at + 6 * 86400s));
}

TEST_F(QueueTest, SchedulesByTheKeyThatItIsGiven) {
  Queue::Options options;
  options.destination = [](const mail::Delivery& delivery, bool tls_optional) {
    return (tls_optional ? "any:" : "mx:") + delivery.to.domain;
  };
  queue_ = std::make_unique<Queue>(*spool_, *records_, options);
  accept(Source::spool, letter("one", {{"b", "outside"}}));
  EXPECT_EQ(queue_->destinations(), std::vector<std::string>{"mx:x.example"});
  const auto careless = std::make_shared<Payload>(*letter("two", {{"b", "outside"}}));
  careless->accepted.envelope.tls_optional = true;
  accept(Source::spool, careless);
  EXPECT_EQ(queue_->destinations(), (std::vector<std::string>{"any:x.example", "mx:x.example"}));
  queue_ = std::make_unique<Queue>(*spool_, *records_, options);
  ASSERT_TRUE(queue_->recover());
  EXPECT_EQ(queue_->destinations(), (std::vector<std::string>{"any:x.example", "mx:x.example"}))
      << "after a restart too";
  EXPECT_FALSE(queue_->take("outside", now()));
  EXPECT_EQ(queue_->take("mx:x.example", now())->destination, "mx:x.example");
}

/// A kill comes when the report is on the disk and the queue has said nothing of it yet.
TEST_F(QueueTest, KnowsFromTheReportItselfWhatWasReported) {
  for (const Source source : {Source::spool, Source::records}) {
    const std::string id = source == Source::spool ? "private" : "official";
    accept(source, letter(id, {{"b", "local"}, {"c", "local"}, {"d", "outside"}}));
    const auto lease = queue_->take("local", now());
    ASSERT_TRUE(lease);
    ASSERT_EQ(lease->id, id);
    const auto report = letter("report-" + id, {{"a", "elsewhere"}});
    const Progress note{lease->source, lease->at.sequence, {.settled = {0}, .told = {1}}};
    ASSERT_TRUE(spool_->append_and_wait(
        {journal::Kind::message, false, carrying_meta(mail::to_json(report->accepted), note), report->octets}));
    reopen();
    const auto detail = queue_->show(id);
    ASSERT_TRUE(detail);
    EXPECT_FALSE(detail->recipients[0].pending) << id;
    EXPECT_TRUE(detail->recipients[1].pending && detail->recipients[1].told) << id;
    EXPECT_TRUE(detail->recipients[2].pending && !detail->recipients[2].told) << id;
    EXPECT_TRUE(queue_->show("report-" + id)) << "and the report is there, once";
    queue_->settle(*queue_->take("local", now()), {{1, true, status::ok}}, now());
    queue_->settle(*queue_->take("outside", now()), {{2, true, status::ok}}, now());
    queue_->settle(*queue_->take("elsewhere", now()), {{0, true, status::ok}}, now());
    settled();
    reopen();
    EXPECT_EQ(queue_->size(), 0U);
  }
}

TEST_F(QueueTest, AsksForADelayWarningOnceEvenOverARestart) {
  const auto payload = letter("one", {{"b", "local"}});
  accept(Source::spool, payload);
  const Time later = payload->accepted.received + 4h;
  auto lease = queue_->take("local", later - 1s);
  EXPECT_FALSE(lease->warn_delay);
  queue_->give_back(*lease, later);
  lease = queue_->take("local", later);
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->attempts, 0U) << "giving back costs no try";
  EXPECT_TRUE(lease->warn_delay);
  queue_->delay_told(*lease);
  queue_->give_back(*lease, later);
  EXPECT_FALSE(queue_->take("local", later)->warn_delay);
  reopen();
  EXPECT_FALSE(queue_->take("local", later)->warn_delay);
}

TEST_F(QueueTest, TellsWhenSomethingIsDue) {
  std::vector<std::string> told;
  queue_->on_due([&](const std::string& hop) { told.push_back(hop); });
  accept(Source::records, letter("one", {{"b", "local"}, {"c", "outside"}}));
  EXPECT_EQ(told, (std::vector<std::string>{"local", "outside"}));
}

TEST_F(QueueTest, KeepsOnlySoMuchInMemory) {
  queue_ = std::make_unique<Queue>(*spool_, *records_, Queue::Options{60s, 3600s, 86400s, 30});
  accept(Source::spool, letter("one", {{"b", "local"}}));
  accept(Source::spool, letter("two", {{"b", "local"}}));
  EXPECT_TRUE(queue_->take("local", now())->warm);
  const auto second = queue_->take("local", now());
  EXPECT_FALSE(second->warm);
  EXPECT_EQ((*queue_->load(*second))->accepted.id, "two");
}

TEST_F(QueueTest, TakesUrgentMailFirstAndStarvesNobody) {
  for (int i = 0; i < 20; ++i)
    for (const int priority : {4, 0, -4}) {
      auto payload = std::make_shared<Payload>(*letter(std::to_string(i), {{"b", "local"}}));
      payload->accepted.id = std::string(priority > 0 ? "u" : priority == 0 ? "n" : "b") + std::to_string(i);
      payload->accepted.envelope.priority = priority;
      accept(Source::spool, payload);
    }
  std::string order;
  std::map<char, int> next;
  const Time at = now();
  for (auto lease = queue_->take("local", at); lease; lease = queue_->take("local", at)) {
    order += lease->id[0];
    EXPECT_EQ(lease->id.substr(1), std::to_string(next[lease->id[0]]++)) << "oldest first in a lane";
  }
  ASSERT_EQ(order.size(), 60U);
  EXPECT_EQ(order.substr(0, 6), "uuuuuu");
  const std::size_t urgent_until = order.rfind('u');
  for (const char lane : {'n', 'b'})
    for (std::size_t from = 0; from + limits::queue_lane_turn <= urgent_until; ++from)
      EXPECT_NE(order.substr(from, limits::queue_lane_turn).find(lane), std::string::npos) << lane << " from " << from;
}

}  // namespace
}  // namespace vanthu::spool
