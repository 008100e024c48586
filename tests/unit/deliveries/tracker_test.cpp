// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/deliveries/tracker.hpp"

#include "tests/unit/archive/fixture.hpp"

namespace vanthu::deliveries {
namespace {
using spool::Settled;

class TrackerTest : public archive::ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    record({"ID1", "Một", "", "", "", "", {"bantc", "ubkt", "vp"}});
    record({"ID2", "Hai", "", "", "", "", {"bantc"}});
    open();
  }
  void open() {
    archive_.reset();
    auto archive = archive::Archive::open(*records_, view_file(), {}, {&book_});
    ASSERT_TRUE(archive) << archive.error().detail;
    archive_ = *std::move(archive);
    ASSERT_TRUE(archive_->catch_up());
    tracker_ = std::make_unique<Tracker>(*archive_, book_);
  }
  void flush() {
    const auto flushed = tracker_->flush();
    ASSERT_TRUE(flushed) << flushed.error().detail;
  }
  std::vector<Ending> of(std::uint64_t number) const {
    std::vector<Ending> all;
    EXPECT_TRUE(archive_->read([&](const lmdb::Transaction& books) -> Result<Done> {
      all = book_.of(books, number);
      return done;
    }));
    return all;
  }
  std::uint64_t waiting() const {
    std::uint64_t count = 0;
    EXPECT_TRUE(archive_->read([&](const lmdb::Transaction& books) -> Result<Done> {
      count = book_.waiting(books);
      return done;
    }));
    return count;
  }
  Deliveries book_;
  std::unique_ptr<Tracker> tracker_;
  const Time at_ = noon_today();
  static Time noon_today() { return archive::noon("2026-11-24"); }
};
using Endings = std::vector<Ending>;

TEST_F(TrackerTest, EachEndingStandsBehindItsRecordOnce) {
  EXPECT_EQ(waiting(), 2U);
  tracker_->settled(1, {{0, 250, "2.0.0", at_}, {2, 250, "2.0.0", at_}, {1, 550, "5.1.1", at_}});
  tracker_->settled(1, {{0, 250, "2.0.0", at_ + std::chrono::seconds(9)}});
  tracker_->settled(77, {{0, 250, "2.0.0", at_}});  // no record lies there
  flush();
  const Endings expected{{0, 250, "2.0.0", at_}, {1, 550, "5.1.1", at_}, {2, 250, "2.0.0", at_}};
  EXPECT_EQ(of(1), expected);
  EXPECT_EQ(of(2), Endings{});
  EXPECT_EQ(waiting(), 1U);
  const auto history = archive_->history(1);
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 2U) << "one for each answer";
  EXPECT_EQ((*history)[0].what, "delivery.ended");
  EXPECT_EQ((*history)[0].actor, "gateway");
  // Told again after a crash.
  const std::uint64_t frames = records_->last_sequence();
  tracker_->settled(1, {{0, 250, "2.0.0", at_}, {1, 550, "5.1.1", at_}});
  flush();
  EXPECT_EQ(records_->last_sequence(), frames);
  // The book is made of the log alone.
  std::filesystem::remove(view_file());
  open();
  EXPECT_EQ(of(1), expected);
  EXPECT_EQ(waiting(), 1U);
}

TEST_F(TrackerTest, WhatCannotBeWrittenIsKept) {
  const auto log = std::exchange(records_, nullptr);
  archive_.reset();
  records_ = *journal::Log::open_read_only(real_disk(), {folder_ / "records", 2, 1U << 20, 0});
  open();
  tracker_->settled(2, {{0, 250, "2.0.0", at_}});
  EXPECT_FALSE(tracker_->flush());
  EXPECT_FALSE(tracker_->flush()) << "still there";
}

TEST_F(TrackerTest, ADisposedRecordLeavesNothing) {
  tracker_->settled(1, {{0, 250, "2.0.0", at_}});
  flush();
  const auto disposed = archive_->act([](const lmdb::Transaction&) -> Result<std::vector<archive::Event>> {
    archive::Event event;
    event.what = archive::disposed;
    event.record = 1;
    event.details = {{"basis", "purge"}, {"number", 1}};
    return std::vector<archive::Event>{event};
  });
  ASSERT_TRUE(disposed) << disposed.error().detail;
  EXPECT_EQ(of(1), Endings{});
  EXPECT_EQ(waiting(), 1U);
  tracker_->settled(1, {{1, 250, "2.0.0", at_}});
  flush();
  EXPECT_EQ(of(1), Endings{});
}

}  // namespace
}  // namespace vanthu::deliveries
