// SPDX-License-Identifier: GPL-3.0-or-later
// What the queue finds in its logs, and leaves in them.
#include "gateway/base/limits.hpp"
#include "tests/unit/spool/queue_fixture.hpp"

namespace vanthu::spool {
namespace {
using namespace std::chrono_literals;

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
