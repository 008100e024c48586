// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/openings/watcher.hpp"

#include "tests/unit/archive/fixture.hpp"

namespace vanthu::openings {
namespace {

class WatcherTest : public archive::ArchiveTest {
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
    watcher_ = std::make_unique<Watcher>(*archive_, book_, [this] { ++pokes_; });
  }
  void flush() {
    const auto flushed = watcher_->flush();
    ASSERT_TRUE(flushed) << flushed.error().detail;
  }
  std::vector<Opening> of(std::uint64_t number) const {
    std::vector<Opening> all;
    EXPECT_TRUE(archive_->read([&](const lmdb::Transaction& books) -> Result<Done> {
      all = book_.of(books, number);
      return done;
    }));
    return all;
  }
  Openings book_;
  std::unique_ptr<Watcher> watcher_;
  int pokes_ = 0;
  const Time at_ = archive::noon("2026-11-25");
};
using All = std::vector<Opening>;

TEST_F(WatcherTest, EachMailboxOpensARecordOnce) {
  watcher_->fetched(1, "vanthu.UBKT@hatinh.example", "lan@hatinh.example", at_);
  EXPECT_EQ(pokes_, 1);
  watcher_->fetched(1, "vanthu.ubkt@hatinh.example", "hoa@hatinh.example", at_ + std::chrono::hours(1));
  watcher_->fetched(1, "vanthu.bantc@hatinh.example", "tam@hatinh.example", at_);
  flush();
  const All expected{{0, "bantc", at_}, {1, "ubkt", at_}};
  EXPECT_EQ(of(1), expected);
  EXPECT_EQ(of(2), All{});
  const auto history = archive_->history(1);
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 2U);
  EXPECT_EQ((*history)[0].what, "record.opened");
  EXPECT_EQ((*history)[0].actor, "lan@hatinh.example") << "who came first";
  const archive::Event reported = as_reported((*history)[0]);
  EXPECT_EQ(reported.actor, "ubkt") << "who it was is nobody's business";
  EXPECT_FALSE(reported.details.contains("delivery"));
  const std::uint64_t frames = records_->last_sequence();
  watcher_->fetched(1, "vanthu.ubkt@hatinh.example", "lan@hatinh.example", at_);
  flush();
  EXPECT_EQ(records_->last_sequence(), frames) << "again is nothing new";
  std::filesystem::remove(view_file());
  open();
  EXPECT_EQ(of(1), expected) << "the book is made of the log alone";
}

TEST_F(WatcherTest, OnlyAMailboxThatTheRecordCameToOpensIt) {
  const std::uint64_t frames = records_->last_sequence();
  watcher_->fetched(2, "vanthu.ubkt@hatinh.example", "lan@hatinh.example", at_);  // a copy
  watcher_->fetched(77, "vanthu.ubkt@hatinh.example", "lan@hatinh.example", at_);
  watcher_->fetched(2, "vanthu.bant", "lan@hatinh.example", at_);  // the front of an address is another one
  flush();
  EXPECT_EQ(records_->last_sequence(), frames);
}

TEST_F(WatcherTest, WhatCannotBeWrittenIsKept) {
  const auto log = std::exchange(records_, nullptr);
  archive_.reset();
  records_ = *journal::Log::open_read_only(real_disk(), {folder_ / "records", 2, 1U << 20, 0});
  open();
  watcher_->fetched(2, "vanthu.bantc@hatinh.example", "lan@hatinh.example", at_);
  EXPECT_FALSE(watcher_->flush());
  EXPECT_FALSE(watcher_->flush()) << "still there";
}

TEST_F(WatcherTest, ADisposedRecordLeavesNothing) {
  watcher_->fetched(1, "vanthu.bantc@hatinh.example", "lan@hatinh.example", at_);
  flush();
  const auto disposed = archive_->act([](const lmdb::Transaction&) -> Result<std::vector<archive::Event>> {
    archive::Event event;
    event.what = archive::disposed;
    event.record = 1;
    event.details = {{"basis", "purge"}, {"number", 1}};
    return std::vector<archive::Event>{event};
  });
  ASSERT_TRUE(disposed) << disposed.error().detail;
  EXPECT_EQ(of(1), All{});
  watcher_->fetched(1, "vanthu.ubkt@hatinh.example", "lan@hatinh.example", at_);
  flush();
  EXPECT_EQ(of(1), All{});
}

}  // namespace
}  // namespace vanthu::openings
