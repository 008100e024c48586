// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/fixity/fixity.hpp"

#include "gateway/journal/frame.hpp"
#include "tests/unit/archive/fixture.hpp"

namespace vanthu::fixity {
namespace {

class FixityTest : public archive::ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    for (int i = 1; i <= 5; ++i) record({"ID" + std::to_string(i), "Thư số " + std::to_string(i)});
    open_archive();
    auto tree = transparency::LogTree::open(*records_, {folder_ / "tree", 2, "test.example/records"});
    ASSERT_TRUE(tree) << tree.error().detail;
    tree_ = *std::move(tree);
    ASSERT_TRUE(tree_->seal());
    open();
  }
  void TearDown() override {
    fixity_.reset();
    tree_.reset();
    ArchiveTest::TearDown();
  }
  void open() {
    fixity_.reset();
    fixity_ = std::make_unique<Fixity>(
        *archive_, *records_, tree_.get(),
        Options{folder_ / "fixity.json", 30, disk_, [this] { return clock_; },
                [this](std::uint64_t number, const std::string& what) { incidents_.emplace_back(number, what); }});
  }
  std::uint64_t check(std::uint64_t most) {
    const auto checked = fixity_->check(most);
    EXPECT_TRUE(checked) << checked.error().detail;
    return checked ? *checked : 0;
  }
  /// One octet of a record's body; the same again mends it.
  void bend(std::uint64_t number) {
    const auto head = archive_->show(number)->head;
    bend_at(head);
  }
  void bend_at(const journal::FrameHead& head) {
    damage(folder_ / "records" / journal::segment_name(head.at.segment),
           head.at.offset + journal::frame_head_octets + head.meta_octets + 3);
  }
  Disk* disk_ = &real_disk();
  Time clock_ = archive::noon("2026-11-24");
  std::vector<std::pair<std::uint64_t, std::string>> incidents_;
  std::unique_ptr<transparency::LogTree> tree_;
  std::unique_ptr<Fixity> fixity_;
};

TEST_F(FixityTest, GoesRoundAndRoundOverARestart) {
  EXPECT_EQ(check(3), 3U);
  EXPECT_EQ(fixity_->rounds().next, 4U);
  open();
  EXPECT_EQ(fixity_->rounds().next, 4U) << "where it was";
  EXPECT_EQ(check(100), 2U) << "a round ends, and begins again the next time";
  EXPECT_EQ(fixity_->rounds().rounds, 1U);
  EXPECT_EQ(fixity_->rounds().ended, clock_);
  EXPECT_EQ(fixity_->rounds().next, 1U);
  record({"ID6", "Thư mới"});
  ASSERT_TRUE(archive_->catch_up());
  EXPECT_EQ(check(100), 6U);
  EXPECT_TRUE(incidents_.empty());
  EXPECT_TRUE(fixity_->rounds().faults.empty());
}

TEST_F(FixityTest, TellsOfAFaultOnceUntilItIsMended) {
  const auto head = archive_->show(3)->head;
  bend_at(head);
  EXPECT_EQ(check(100), 5U) << "a fault stops nobody";
  ASSERT_EQ(incidents_.size(), 1U);
  EXPECT_EQ(incidents_[0].first, 3U);
  EXPECT_EQ(fixity_->rounds().faults.size(), 1U);
  open();
  check(100);
  EXPECT_EQ(incidents_.size(), 1U) << "it is known";
  EXPECT_EQ(fixity_->rounds().faults.at(3).seen, clock_);
  bend_at(head);
  check(100);
  EXPECT_TRUE(fixity_->rounds().faults.empty());
  bend_at(head);
  check(100);
  EXPECT_EQ(incidents_.size(), 2U);
}

TEST_F(FixityTest, ARecordThatIsNotTheOneOfTheSignedTreeIsFound) {
  // The tree of another log of the same shape, with one other letter.
  auto other = journal::Log::open(real_disk(), {folder_ / "other", 2, 1U << 20, 0});
  ASSERT_TRUE(other) << other.error().detail;
  for (int i = 1; i <= 5; ++i) {
    const archive::Letter letter{"ID" + std::to_string(i), i == 4 ? "Thư giả" : "Thư số " + std::to_string(i)};
    write(**other, archive::accepted(letter), archive::octets_of(letter), true);
  }
  auto tree = transparency::LogTree::open(**other, {folder_ / "other-tree", 2, "test.example/records"});
  ASSERT_TRUE(tree) << tree.error().detail;
  ASSERT_TRUE((*tree)->seal());
  Fixity fixity(*archive_, *records_, tree->get(), {folder_ / "other.json", 30, disk_, [this] { return clock_; }});
  ASSERT_TRUE(fixity.check(100));
  ASSERT_TRUE(fixity.rounds().faults.contains(4));
  EXPECT_NE(fixity.rounds().faults.at(4).what.find("signed tree"), std::string::npos);
}

TEST_F(FixityTest, WhatIsNoRecordIsFoundAtTheEndOfARound) {
  const auto noted = archive_->act([](const lmdb::Transaction&) -> Result<std::vector<archive::Event>> {
    archive::Event event;
    event.what = "file.opened";
    event.record = 2;
    return std::vector{event};
  });
  ASSERT_TRUE(noted) << noted.error().detail;
  ASSERT_TRUE(tree_->seal());
  std::optional<journal::FrameHead> decided;
  ASSERT_TRUE(records_->scan(1, [&](const journal::Frame& frame) {
    if (frame.head.ordinal == 0 || frame.head.kind != journal::Kind::message) decided = frame.head;
    return true;
  }));
  ASSERT_TRUE(decided);
  check(100);
  EXPECT_TRUE(fixity_->rounds().faults.empty());
  const std::filesystem::path segment = folder_ / "records" / journal::segment_name(decided->at.segment);
  const std::uint64_t octet = decided->at.offset + journal::frame_head_octets + 3;
  damage(segment, octet);
  check(5);
  ASSERT_TRUE(fixity_->rounds().faults.contains(0)) << "of the log as a whole";
  const std::string what = fixity_->rounds().faults.at(0).what;
  EXPECT_NE(what.find("frame " + std::to_string(decided->at.sequence)), std::string::npos) << what;
  EXPECT_EQ(incidents_, (std::vector<std::pair<std::uint64_t, std::string>>{{0, what}}));
  check(5);
  EXPECT_EQ(incidents_.size(), 1U) << "told once";
  damage(segment, octet);
  check(5);
  EXPECT_TRUE(fixity_->rounds().faults.empty()) << "put back";
}

TEST_F(FixityTest, ADisposedRecordIsNoFault) {
  const auto disposed = archive_->act([](const lmdb::Transaction&) -> Result<std::vector<archive::Event>> {
    archive::Event event;
    event.what = archive::disposed;
    event.record = 2;
    event.details = {{"basis", "purge"}, {"number", 1}};
    return std::vector<archive::Event>{event};
  });
  ASSERT_TRUE(disposed);
  check(100);
  EXPECT_TRUE(incidents_.empty());
}

TEST_F(FixityTest, ItsTurnsAreSpreadOverTheDays) {
  using namespace std::chrono_literals;
  EXPECT_EQ(fixity_->pause(), 1h) << "what comes later is looked at, too";
  fixity_->start();
  fixity_->stop();
  EXPECT_EQ(check(3), 0U) << "nothing is begun when it ends";
}

TEST(Rounds, ComeBackAsTheyWereWritten) {
  Rounds rounds{7, Time(std::chrono::seconds(5)), Time(std::chrono::seconds(3)), 2, 6, {}};
  rounds.faults[4] = {"its \"octets\" are not", Time(std::chrono::seconds(4))};
  const auto read = parse_rounds(to_json(rounds));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, rounds);
  for (const char* wrong : {"", "{}", "[]", R"({"format":2})",
                            R"({"format":1,"next":0,"began":0,"ended":0,"rounds":0,"checked":0,"faults":[]})"})
    EXPECT_FALSE(parse_rounds(wrong)) << wrong;
}

}  // namespace
}  // namespace vanthu::fixity
