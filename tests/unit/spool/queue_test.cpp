// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/spool/queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <set>

#include "gateway/base/limits.hpp"
#include "tests/unit/journal/faulty_disk.hpp"

namespace vanthu::spool {
namespace {
using namespace std::chrono_literals;

class QueueTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/vanthu-queue-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    reopen();
  }
  void TearDown() override {
    close();
    std::filesystem::remove_all(folder_);
  }

  void open() {
    spool_ = *journal::Log::open(real_disk(), {folder_ / "spool", 1, segment_octets_, 0});
    records_ = *journal::Log::open(real_disk(), {folder_ / "records", 2, 1U << 20, 0});
    Queue::Options options{60s, 3600s, 5 * 86400s, 1U << 20};
    options.destination = [this](const mail::Delivery& delivery, bool) {
      const auto routed = routes_.find(delivery.next_hop);
      return routed == routes_.end() ? delivery.next_hop : routed->second;
    };
    options.tries_file = folder_ / "queue.tries";
    options.disk = disk_;
    options.settled = [this](std::uint64_t record, const std::vector<Settled>& endings) {
      const std::lock_guard lock(told_mutex_);
      for (const Settled& one : endings) told_.emplace_back(record, one);
    };
    options.keep_settled = [this]() -> Result<Done> {
      if (keep_fails_) return fail(status::store_full, "the record log is full");
      const std::lock_guard lock(told_mutex_);
      kept_.insert(kept_.end(), told_.begin(), told_.end());
      told_.clear();
      return done;
    };
    queue_ = std::make_unique<Queue>(*spool_, *records_, options);
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
  std::uint64_t segment_octets_ = 1U << 20;
  std::map<std::string, std::string> routes_;  // what is not here goes by its next_hop
  Disk* disk_ = &real_disk();                  // of the file of tries
  // How deliveries of records ended: what we were told, and what was kept before a checkpoint.
  std::mutex told_mutex_;
  std::vector<std::pair<std::uint64_t, Settled>> told_, kept_;
  std::atomic<bool> keep_fails_ = false;
  std::unique_ptr<journal::Log> spool_, records_;
  std::unique_ptr<Queue> queue_;
};

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

/// What `vanthu queue show` says of a recipient's tries.
std::string shown(const Queue& queue, const std::string& id, std::size_t index) {
  const auto detail = queue.show(id);
  if (!detail) return detail.error().detail;
  const Detail::Recipient& recipient = detail->recipients.at(index);
  return recipient.destination + ' ' + std::to_string(recipient.attempts) + ' ' + rfc3339(recipient.next) + ' ' +
         recipient.last_reply;
}

class TriesOverARestart : public QueueTest {
 protected:
  /// A record and a letter that were tried in vain, and one whose hop is away.
  void try_in_vain() {
    const Time begin = now() - 10min;
    const auto old = [&](const std::string& id, std::vector<std::pair<std::string, std::string>> to) {
      const auto payload = std::make_shared<Payload>(*letter(id, std::move(to)));
      payload->accepted.received = begin;
      return payload;
    };
    accept(Source::records, old("official", {{"b", "local"}, {"c", "outside"}}));
    accept(Source::spool, old("private", {{"d", "local"}, {"e", "local"}}));
    accept(Source::spool, old("other", {{"f", "away"}}));
    for (int i = 0; i < 3; ++i) {
      const Time at = begin + i * 5min;
      for (auto lease = queue_->take("local", at); lease; lease = queue_->take("local", at))
        queue_->settle(*lease, {{lease->pending.front(), false, {450, {4, 2, i}, "busy\nindeed"}}}, at);
      queue_->hop_failed("away", *queue_->take("away", at), status::next_hop_unavailable, at);
    }
    queue_->settle(*queue_->take("outside", now()), {{1, false, {451, {4, 3, 0}, "not now"}}}, now());
  }
  std::vector<std::string> all_shown() const {
    return {shown(*queue_, "official", 0), shown(*queue_, "official", 1), shown(*queue_, "private", 0),
            shown(*queue_, "private", 1), shown(*queue_, "other", 0)};
  }
};

TEST_F(TriesOverARestart, AreKeptByHousekeeping) {
  try_in_vain();
  const auto before = all_shown();
  EXPECT_EQ(before[0].substr(0, 8), "local 3 ");
  ASSERT_TRUE(queue_->maintain());
  const auto due = queue_->next_due("away");
  reopen();
  EXPECT_EQ(all_shown(), before);
  EXPECT_EQ(queue_->next_due("away"), due);
  for (const char* hop : {"local", "outside", "away"}) EXPECT_FALSE(queue_->take(hop, now())) << hop;
  // The back-off of a hop that is away goes on where it was: after a fourth failure in a row it is left alone for eight
  // minutes, less up to a fifth.
  const auto lease = queue_->take("away", *due);
  ASSERT_TRUE(lease);
  queue_->hop_failed("away", *lease, status::next_hop_unavailable, *due);
  EXPECT_GT(*queue_->next_due("away"), *due + 6min);
}

TEST_F(TriesOverARestart, AreForgottenByAKillBeforeThat) {
  try_in_vain();
  reopen();
  EXPECT_EQ(shown(*queue_, "other", 0).substr(0, 7), "away 0 ");
  for (const char* hop : {"local", "outside", "away"}) EXPECT_TRUE(queue_->take(hop, now())) << hop;
}

TEST_F(TriesOverARestart, AreNotWrittenWhereAllIsDelivered) {
  accept(Source::spool, letter("one", {{"b", "local"}}));
  queue_->settle(*queue_->take("local", now()), {{0, true, status::ok}}, now());
  ASSERT_TRUE(queue_->maintain());
  ASSERT_TRUE(queue_->keep_tries());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "queue.tries"));
}

TEST_F(TriesOverARestart, AreNotBelievedWhereTheFileIsDamagedOrOfAnotherLog) {
  try_in_vain();
  ASSERT_TRUE(queue_->keep_tries());
  close();
  const auto file = folder_ / "queue.tries";
  std::filesystem::copy(file, folder_ / "whole");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 5);
  open();
  ASSERT_TRUE(queue_->recover()) << "it is no more than a hint";
  EXPECT_TRUE(queue_->take("local", now()));
  close();
  for (const char* log : {"spool", "records"}) std::filesystem::remove_all(folder_ / log);
  std::filesystem::remove(file);
  std::filesystem::copy(folder_ / "whole", file);
  reopen();
  accept(Source::records, letter("official", {{"b", "local"}}));
  accept(Source::spool, letter("private", {{"d", "local"}}));
  reopen();
  EXPECT_TRUE(queue_->take("local", now())) << "the same sequences, other messages";
  EXPECT_TRUE(queue_->take("local", now()));
}

TEST_F(TriesOverARestart, AreOfTheRouteThatWasTried) {
  try_in_vain();
  ASSERT_TRUE(queue_->keep_tries());
  routes_["local"] = "new";
  reopen();
  EXPECT_EQ(queue_->take("new", now())->attempts, 0U);
  EXPECT_FALSE(queue_->take("outside", now()));
}

TEST_F(TriesOverARestart, DoNotKeepBackWhatWasGivenUpOrWhatAWrongClockPutOff) {
  try_in_vain();
  const auto lease = queue_->take("outside", now() + 48h);
  queue_->settle(*lease, {{1, false, {451, {4, 3, 0}, "not now"}}}, now() + 48h);
  ASSERT_TRUE(queue_->keep_tries());
  ASSERT_EQ(queue_->act(Act::expire, {.ids = {"private"}}, "")->done, 1U);
  reopen();
  EXPECT_LE(*queue_->next_due("outside"), now() + 1h);
  const auto returned = queue_->take("local", now());
  ASSERT_TRUE(returned);
  EXPECT_TRUE(returned->returned);
}

TEST_F(TriesOverARestart, AreTheOldOnesWhereTheNewCouldNotBeWritten) {
  try_in_vain();
  ASSERT_TRUE(queue_->keep_tries());
  const auto before = all_shown();
  for (int nth = 0; nth < 6; ++nth) {
    test::FaultyDisk disk(nth, status::store_full);
    disk_ = &disk;
    reopen();
    ASSERT_EQ(all_shown(), before) << nth;
    const auto lease = queue_->take("away", now() + 48h);
    queue_->hop_failed("away", *lease, status::next_hop_unavailable, now() + 48h);
    const auto kept = queue_->keep_tries();
    EXPECT_EQ(static_cast<bool>(kept), !disk.failed()) << nth;
    if (disk.failed_call() == "sync_folder") break;  // the new one is there, and may be gone with the power
    EXPECT_TRUE(disk.failed()) << nth;
  }
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

TEST_F(QueueTest, RefusesARecordLogThatHasLostItsEndUntilTheLossIsAccepted) {
  EXPECT_EQ(*last_record_known(*spool_), 0U);
  accept(Source::records, letter("one", {{"b", "local"}}));
  close();
  std::filesystem::copy(folder_ / "records", folder_ / "backup");
  reopen();
  for (const char* id : {"two", "three"}) accept(Source::records, letter(id, {{"b", "local"}}));
  for (auto lease = queue_->take("local", now()); lease; lease = queue_->take("local", now()))
    queue_->settle(*lease, {{0, true, status::ok}}, now());
  settled();
  const auto refused = [&](const char* words) {
    open();
    const auto recovered = queue_->recover();
    EXPECT_FALSE(recovered) << words;
    if (recovered) return;
    EXPECT_EQ(recovered.error().reply, Reply(status::bad_configuration));
    EXPECT_NE(recovered.error().detail.find(words), std::string::npos) << recovered.error().detail;
    EXPECT_NE(recovered.error().detail.find("--accept-loss"), std::string::npos) << recovered.error().detail;
  };
  close();
  std::filesystem::remove_all(folder_ / "records");
  refused("records 1 to 3");
  close();
  std::filesystem::remove_all(folder_ / "records");
  std::filesystem::copy(folder_ / "backup", folder_ / "records");
  refused("records 2 to 3");
  EXPECT_EQ(*last_record_known(*spool_), 3U);
  // The loss accepted: the log goes on behind what was known.
  records_.reset();
  records_ = *journal::Log::open(real_disk(), {folder_ / "records", 2, 1U << 20, 0, 3, 3});
  ASSERT_TRUE(records_->append_and_wait({journal::Kind::act, false, "{}", nullptr}));
  reopen();
  accept(Source::records, letter("new", {{"b", "local"}}));
  EXPECT_EQ(queue_->show("new")->record, 4U);
}

TEST_F(QueueTest, DropsOldSpoolSegmentsAndForgetsNothingByIt) {
  // Enough that a checkpoint pays; the one that stays is a record whose progress lies in an early segment, and so does
  // that of one that is done.
  accept(Source::records, letter("goes", {{"b", "local"}}));
  queue_->settle(*queue_->take("local", now()), {{0, true, status::ok}}, now());
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
  const auto kept = queue_->maintain();
  ASSERT_TRUE(kept) << kept.error().detail;
  EXPECT_LT(segments(), before) << "what the early segment says of 'stays' was said again";
  close();
  open();
  ASSERT_TRUE(queue_->maintain()) << "housekeeping that comes before the view is there";
  ASSERT_TRUE(queue_->recover());
  ASSERT_EQ(queue_->size(), 1U);
  EXPECT_FALSE(queue_->take("local", now())) << "it was tried a moment ago";
  const auto lease = queue_->take("local", now() + 1h);
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->pending, std::vector<std::uint32_t>{1});
  queue_->settle(*lease, {{1, true, status::ok}}, now());
  settled();
  reopen();
  EXPECT_EQ(queue_->size(), 0U);
}

TEST_F(QueueTest, TellsHowDeliveriesOfRecordsEndedUntilItIsKept) {
  accept(Source::spool, letter("private", {{"b", "local"}}));
  accept(Source::records, letter("official", {{"c", "local"}, {"d", "local"}, {"e", "outside"}}));
  const Time at = now();
  for (int i = 0; i < 2; ++i) {
    const auto lease = queue_->take("local", at);
    ASSERT_TRUE(lease);
    std::vector<Outcome> outcomes{{0, true, Reply(250, {2, 1, 5}, "c@x.example saved")}};
    if (lease->id == "official") outcomes.push_back({1, false, status::next_hop_unavailable});
    queue_->settle(*lease, outcomes, at);
  }
  settled();
  using Told = std::vector<std::pair<std::uint64_t, Settled>>;
  const Told first{{1, {0, 250, "2.1.5", at}}};
  EXPECT_EQ(told_, first) << "of records only, of what has ended only, and no words of a next hop";
  told_.clear();
  reopen();
  EXPECT_EQ(told_, first) << "nobody said that it was kept";
  queue_->settle(*queue_->take("outside", at), {{2, true, Reply(550, {5, 1, 1}, "e@x.example is nobody")}}, at);
  settled();
  EXPECT_EQ(told_.size(), 2U);
  keep_fails_ = true;
  for (std::uint64_t i = 0; i < limits::queue_checkpoint_frames + 1; ++i)
    spool_->append({journal::Kind::act, false, "{}", nullptr}, [](const Result<journal::FrameHead>&) {});
  settled();
  EXPECT_FALSE(queue_->maintain()) << "no checkpoint while it cannot be kept";
  told_.clear();
  reopen();
  EXPECT_EQ(told_.size(), 2U);
  keep_fails_ = false;
  ASSERT_TRUE(queue_->maintain());
  EXPECT_EQ(kept_, (Told{{1, {0, 250, "2.1.5", at}}, {1, {2, 550, "5.1.1", at}}}));
  reopen();
  EXPECT_TRUE(told_.empty()) << "a checkpoint says that they are kept";
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

TEST_F(QueueTest, TellsAndReturnsWhileADestinationIsAway) {
  const auto first = letter("first", {{"b", "local"}});
  accept(Source::spool, first);
  accept(Source::spool, letter("second", {{"b", "local"}}));
  const Time begin = first->accepted.received;
  Time at = begin + 3h + 50min;
  queue_->hop_failed("local", *queue_->take("local", at), status::next_hop_unavailable, at);
  at = begin + 4h + 1s;  // the pause is not over, but now the senders must hear of it
  queue_->hop_failed("local", *queue_->take("local", begin + 3h + 52min), status::next_hop_unavailable, at - 1s);
  std::set<std::string> told;
  for (int i = 0; i < 2; ++i) {
    const auto due = queue_->next_due("local");
    ASSERT_TRUE(due);
    EXPECT_LE(*due, at);
    const auto lease = queue_->take("local", at);
    ASSERT_TRUE(lease);
    EXPECT_FALSE(lease->deliver) << "there is nobody to deliver it to";
    EXPECT_TRUE(lease->warn_delay);
    queue_->delay_told(*lease);
    queue_->give_back(*lease, at);
    told.insert(lease->id);
  }
  EXPECT_EQ(told.size(), 2U);
  EXPECT_FALSE(queue_->take("local", at)) << "once each";
  at = begin + 5 * 24h + 1s;
  auto lease = queue_->take("local", at);
  ASSERT_TRUE(lease);
  EXPECT_TRUE(queue_->expired(*lease, at));
}

TEST_F(QueueTest, HoldsAndReleasesOverARestart) {
  const auto payload = std::make_shared<Payload>(*letter("ruled", {{"b", "local"}}));
  payload->accepted.hold = "rule";
  accept(Source::records, payload);
  accept(Source::spool, letter("free", {{"b", "local"}}));
  EXPECT_EQ(queue_->act(Act::hold, {.ids = {"free"}}, "operator")->done, 1U);
  EXPECT_FALSE(queue_->take("local", now() + 6 * 24h)) << "not even when its lifetime is over";
  reopen();
  EXPECT_FALSE(queue_->take("local", now()));
  EXPECT_EQ(queue_->list({.reason = "OPER"}, 9).entries.at(0).id, "free");
  EXPECT_EQ(queue_->act(Act::release, {.held = true}, "")->done, 2U);
  reopen();
  EXPECT_TRUE(queue_->take("local", now()));
  EXPECT_TRUE(queue_->take("local", now()));
}

TEST_F(QueueTest, ReturnsAndRemovesAsAnOperatorSays) {
  accept(Source::spool, letter("returned", {{"b", "local"}}));
  accept(Source::records, letter("removed", {{"b", "local"}, {"c", "outside"}}));
  EXPECT_EQ(queue_->act(Act::expire, {.ids = {"returned"}}, "")->done, 1U);
  const auto busy = queue_->take("outside", now());
  EXPECT_EQ(queue_->act(Act::remove, {.ids = {"removed"}}, "")->busy, 1U) << "it is being delivered";
  queue_->give_back(*busy, now());
  EXPECT_EQ(queue_->act(Act::remove, {.ids = {"removed"}}, "")->done, 1U);
  EXPECT_EQ(queue_->destinations(), std::vector<std::string>{"local"});
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_EQ(queue_->size(), 1U);
    const auto lease = queue_->take("local", now());
    ASSERT_TRUE(lease);
    EXPECT_TRUE(lease->returned);
    EXPECT_TRUE(queue_->expired(*lease, now()));
    reopen();
  }
}

TEST_F(QueueTest, AsksForTheDestinationAgainWhenItRequeues) {
  std::string route = "old";
  Queue::Options options;
  options.destination = [&](const mail::Delivery&, bool) { return route; };
  queue_ = std::make_unique<Queue>(*spool_, *records_, options);
  accept(Source::spool, letter("one", {{"b", "local"}, {"c", "local"}}));
  queue_->settle(*queue_->take("old", now()), {{0, true, status::ok}}, now());
  route = "new";
  EXPECT_EQ(queue_->act(Act::requeue, {}, "")->done, 1U);
  EXPECT_EQ(queue_->destinations(), std::vector<std::string>{"new"});
  const auto lease = queue_->take("new", now());
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->attempts, 0U);
  EXPECT_EQ(lease->pending, std::vector<std::uint32_t>{1});
}

TEST_F(QueueTest, ChoosesByEachFilter) {
  const auto first = std::make_shared<Payload>(*letter("first", {{"b", "local"}, {"c", "outside"}}));
  first->accepted.deliveries[0].unit = "van-phong";
  first->accepted.received -= 3h;
  const auto second = std::make_shared<Payload>(*letter("second", {{"d", "local"}}));
  second->accepted.envelope.reverse_path.reset();
  accept(Source::spool, first);
  accept(Source::records, second);
  queue_->settle(*queue_->take("outside", now()), {{1, false, {450, {4, 2, 0}, "Mailbox full"}}}, now());
  const struct {
    Filter filter;
    std::vector<std::string> found;
  } cases[] = {{{}, {"first", "first", "second"}},
               {{.ids = {"SECOND"}}, {"second"}},
               {{.sender = "A@x.example"}, {"first", "first"}},
               {{.sender = "@x.example"}, {"first", "first"}},
               {{.sender = "<>"}, {"second"}},
               {{.destination = "outside"}, {"first"}},
               {{.age = 2h}, {"first", "first"}},
               {{.age = 4h}, {}},
               {{.reason = "mailbox FULL"}, {"first"}},
               {{.held = true}, {}},
               {{.recipient = "d@x.example"}, {"second"}},
               {{.recipient = "@x.example"}, {"first", "first", "second"}},
               {{.recipient = "nobody@x.example"}, {}},
               {{.unit = "van-phong"}, {"first", "first"}},
               {{.sender = "<>", .recipient = "b@x.example"}, {}}};
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    std::vector<std::string> found;
    for (const Entry& entry : queue_->list(cases[i].filter, 100).entries) found.push_back(entry.id);
    EXPECT_EQ(found, cases[i].found) << "case " << i;
  }
  EXPECT_TRUE(queue_->list({}, 2).more);
  const auto rows = queue_->waiting(false);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].name, "local");
  EXPECT_EQ(rows[0].messages, 2U);
  EXPECT_EQ(rows[0].by_age[0], 1U);
  EXPECT_EQ(rows[0].by_age[6], 1U) << "three hours are over 160 minutes";
  EXPECT_EQ(queue_->waiting(true).at(0).name, "<>");
  const auto detail = queue_->show("second");
  ASSERT_TRUE(detail);
  EXPECT_EQ(detail->record, 1U);
  EXPECT_TRUE(detail->recipients.at(0).pending);
}

TEST_F(QueueTest, KeepsWhatItCannotReadAndGoesOn) {
  ASSERT_TRUE(spool_->append_and_wait({journal::Kind::message, false, "{\"id\":1}", nullptr}));
  ASSERT_TRUE(spool_->append_and_wait({journal::Kind::progress, false, "nonsense", nullptr}));
  accept(Source::spool, letter("good", {{"b", "local"}}));
  reopen();
  EXPECT_EQ(queue_->size(), 2U);
  EXPECT_EQ(queue_->take("local", now())->id, "good");
  EXPECT_FALSE(queue_->take("local", now() + 10 * 24h));
  const Entry damaged = queue_->list({}, 10).entries.at(0);
  EXPECT_TRUE(damaged.damaged);
  EXPECT_EQ(queue_->act(Act::release, {.ids = {damaged.id}}, "")->done, 0U);
  EXPECT_EQ(queue_->act(Act::remove, {.ids = {damaged.id}}, "")->done, 1U);
  reopen();
  EXPECT_EQ(queue_->size(), 1U);
}

TEST_F(QueueTest, CopiesRemnantsForwardSoThatNeitherAPowerLossNorAnOldSegmentMatters) {
  close();
  segment_octets_ = 64U << 10;
  open();
  ASSERT_TRUE(queue_->recover());
  accept(Source::spool, letter("stays", {{"b", "local"}, {"c", "local"}, {"d", "outside"}}));
  queue_->settle(*queue_->take("local", now()), {{0, true, status::ok}, {1, false, {450, {4, 0, 0}, "x"}}}, now());
  ASSERT_TRUE(queue_->act(Act::hold, {}, "why"));
  for (int i = 0; i < 600; ++i) {
    accept(Source::spool, letter("m" + std::to_string(i), {{"b", "local"}}));
    queue_->settle(*queue_->take("local", now()), {{0, true, status::ok}}, now());
  }
  settled();
  const auto files = [&] { return spool_->segments().size(); };
  const std::size_t before = files();
  ASSERT_GT(before, 4U);
  const auto copy = folder_ / "copy";
  std::filesystem::copy(folder_ / "spool", copy);
  ASSERT_TRUE(queue_->maintain());
  EXPECT_LE(files(), 4U);
  const auto check = [&](const std::string& when) {
    ASSERT_EQ(queue_->size(), 1U) << when;
    const auto detail = queue_->show("stays");
    ASSERT_TRUE(detail) << when;
    EXPECT_EQ(detail->hold, "why") << when;
    ASSERT_EQ(detail->recipients.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(detail->recipients[i].pending, i > 0) << when << i;
  };
  check("moved");
  EXPECT_EQ(queue_->show("stays")->recipients[1].attempts, 1U);
  reopen();
  check("after a restart");
  EXPECT_EQ(queue_->show("stays")->recipients[1].attempts, 1U) << "its tries go by its new place";
  // The power went before the old segments could go.
  close();
  std::filesystem::copy(copy, folder_ / "spool",
                        std::filesystem::copy_options::skip_existing | std::filesystem::copy_options::recursive);
  open();
  ASSERT_TRUE(queue_->recover());
  EXPECT_GE(files(), before);
  check("with the old segments beside it");
  // … and before anything was moved.
  close();
  std::filesystem::remove_all(folder_ / "spool");
  std::filesystem::copy(copy, folder_ / "spool");
  open();
  ASSERT_TRUE(queue_->recover());
  check("not moved");
  ASSERT_TRUE(queue_->act(Act::release, {}, ""));
  for (const char* name : {"local", "outside"}) {
    const auto lease = queue_->take(name, now());
    ASSERT_TRUE(lease);
    EXPECT_EQ((*queue_->load(*lease))->octets->view(), "Subject: stays\r\n\r\nx\r\n");
  }
}

}  // namespace
}  // namespace vanthu::spool
