// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/spool/queue.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

namespace vanthu::spool {
namespace {
using namespace std::chrono_literals;

class QueueTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/vanthu-queue-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    open();
  }
  void TearDown() override {
    close();
    std::filesystem::remove_all(folder_);
  }

  void open() {
    spool_ = *journal::Log::open(real_disk(), {folder_ / "spool", 1, 1U << 20, 0});
    records_ = *journal::Log::open(real_disk(), {folder_ / "records", 2, 1U << 20, 0});
    queue_ = std::make_unique<Queue>(*spool_, *records_, Queue::Options{60s, 3600s, 5 * 86400s, 1U << 20});
  }
  void close() {
    queue_.reset();
    spool_.reset();
    records_.reset();
  }
  /// As after a crash or a stop: everything in memory is gone.
  void reopen() {
    close();
    open();
    const auto recovered = queue_->recover();
    ASSERT_TRUE(recovered) << recovered.error().detail;
  }

  static std::shared_ptr<const Payload> letter(const std::string& id,
                                               std::vector<std::pair<std::string, std::string>> to) {
    auto payload = std::make_shared<Payload>();
    payload->accepted.id = id;
    payload->accepted.received = now();
    payload->accepted.envelope.reverse_path = mail::Mailbox{"a", "x.example"};
    for (const auto& [name, hop] : to)
      payload->accepted.deliveries.push_back({{name, "x.example"}, name + "@x.example", hop, "", ""});
    payload->octets = std::make_shared<const Octets>(*Octets::of("Subject: " + id + "\r\n\r\nx\r\n"));
    return payload;
  }
  /// The way of the door: commit, and tell the queue from the log's own thread.
  void accept(Source source, const std::shared_ptr<const Payload>& payload) {
    journal::Log& log = source == Source::spool ? *spool_ : *records_;
    std::promise<void> committed;
    log.append({journal::Kind::message, source == Source::records, mail::to_json(payload->accepted), payload->octets},
               [&](Result<journal::FrameHead> head) {
                 ASSERT_TRUE(head);
                 queue_->add(source, *head, payload);
                 committed.set_value();
               });
    committed.get_future().wait();
  }

  /// Waits until the progress frames that settle() left to the log are committed.
  void settled() { ASSERT_TRUE(spool_->append_and_wait({journal::Kind::act, false, "{}", nullptr})); }

  std::filesystem::path folder_;
  std::unique_ptr<journal::Log> spool_, records_;
  std::unique_ptr<Queue> queue_;
};

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
  options.destination = [](const mail::Delivery& delivery) { return "mx:" + delivery.to.domain; };
  queue_ = std::make_unique<Queue>(*spool_, *records_, options);
  accept(Source::spool, letter("one", {{"b", "outside"}}));
  EXPECT_EQ(queue_->destinations(), std::vector<std::string>{"mx:x.example"});
  EXPECT_FALSE(queue_->take("outside", now()));
  EXPECT_EQ(queue_->take("mx:x.example", now())->destination, "mx:x.example");
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

TEST_F(QueueTest, RefusesRecordsWithoutTheirSpoolLog) {
  accept(Source::records, letter("one", {{"b", "local"}}));
  close();
  std::filesystem::remove_all(folder_ / "spool");
  open();
  const auto recovered = queue_->recover();
  ASSERT_FALSE(recovered);
  EXPECT_NE(recovered.error().detail.find("delivered again"), std::string::npos);
}

TEST_F(QueueTest, DropsOldSpoolSegmentsAndForgetsNothingByIt) {
  // Enough that a checkpoint pays; the one that stays is a record whose progress lies in an early segment.
  accept(Source::records, letter("stays", {{"b", "local"}, {"c", "local"}}));
  queue_->settle(*queue_->take("local", now()), {{0, true, status::ok}, {1, false, status::next_hop_unavailable}},
                 now());
  std::vector<std::shared_ptr<const Payload>> letters;
  std::atomic<int> left{12'000};
  std::promise<void> all;
  for (int i = 0; i < 12'000; ++i) {
    const auto payload = letter("m" + std::to_string(i), {{"b", "local"}});
    spool_->append({journal::Kind::message, false, mail::to_json(payload->accepted), payload->octets},
                   [&, payload](Result<journal::FrameHead> head) {
                     queue_->add(Source::spool, *head, payload);
                     if (--left == 0) all.set_value();
                   });
  }
  all.get_future().wait();
  for (auto lease = queue_->take("local", now()); lease; lease = queue_->take("local", now()))
    queue_->settle(*lease, {{0, true, status::ok}}, now());
  ASSERT_EQ(queue_->size(), 1U);
  const auto segments = [&] {
    return std::distance(std::filesystem::directory_iterator(folder_ / "spool"), std::filesystem::directory_iterator());
  };
  settled();
  const auto before = segments();
  ASSERT_TRUE(queue_->maintain());
  EXPECT_LT(segments(), before) << "what the early segment says of 'stays' was said again";
  reopen();
  ASSERT_EQ(queue_->size(), 1U);
  const auto lease = queue_->take("local", now());
  EXPECT_EQ(lease->pending, std::vector<std::uint32_t>{1});
  queue_->settle(*lease, {{1, true, status::ok}}, now());
  settled();
  reopen();
  EXPECT_EQ(queue_->size(), 0U);
}

}  // namespace
}  // namespace vanthu::spool
