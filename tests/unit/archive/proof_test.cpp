// SPDX-License-Identifier: GPL-3.0-or-later
// What verify and reconcile find, and that they find nothing where nothing is wrong.
#include "gateway/journal/frame.hpp"
#include "tests/unit/archive/fixture.hpp"

namespace vanthu::archive {
namespace {

class ProofTest : public ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    for (int i = 1; i <= 4; ++i)
      heads_.push_back(
          record({"ID" + std::to_string(i), "Thư số " + std::to_string(i), "party", std::to_string(i), "CV/VPTU"}));
    open_archive();
  }
  std::filesystem::path segment_of(const journal::FrameHead& head) const {
    return folder_ / "records" / journal::segment_name(head.at.segment);
  }
  /// Only what is in the text of the first fault; there must be one.
  static testing::AssertionResult names(const Result<Archive::Report>& report, const std::string& what) {
    if (!report) return testing::AssertionFailure() << report.error().detail;
    for (const std::string& fault : report->faults)
      if (fault.find(what) != std::string::npos) return testing::AssertionSuccess();
    auto failure = testing::AssertionFailure() << "no fault names '" << what << "' among";
    for (const std::string& fault : report->faults) failure << "\n  " << fault;
    return failure;
  }
  std::vector<journal::FrameHead> heads_;
};

TEST_F(ProofTest, FindsNothingWrongWithWhatIsRight) {
  const auto verified = archive_->verify(1, 0);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->checked, 4U);
  EXPECT_TRUE(verified->faults.empty());
  const auto reconciled = archive_->reconcile(*spool_);
  ASSERT_TRUE(reconciled);
  EXPECT_EQ(reconciled->checked, 4U);
  EXPECT_TRUE(reconciled->faults.empty()) << reconciled->faults[0];
}

TEST_F(ProofTest, NamesTheRecordWhoseBodyHasADamagedOctet) {
  const journal::FrameHead& head = heads_[1];
  damage(segment_of(head), head.at.offset + journal::frame_head_octets + head.meta_octets + 5);
  const auto report = archive_->verify(1, 0);
  EXPECT_TRUE(names(report, "record 2: "));
  EXPECT_EQ(report->faults.size(), 1U);
  EXPECT_EQ(report->checked, 4U);
  EXPECT_FALSE(archive_->get(2));
  EXPECT_TRUE(archive_->get(3));
}

TEST_F(ProofTest, NamesTheRecordWhoseMetaPartHasADamagedOctet) {
  damage(segment_of(heads_[1]), heads_[1].at.offset + journal::frame_head_octets + 5);
  const auto report = archive_->verify(1, 0);
  EXPECT_TRUE(names(report, "record 2: missing from the log"));
  EXPECT_TRUE(names(report, "are damaged"));
  EXPECT_TRUE(names(archive_->reconcile(*spool_), "record 2: "));
}

TEST_F(ProofTest, LooksAtTheAskedRangeOnly) {
  const journal::FrameHead& head = heads_[0];
  damage(segment_of(head), head.at.offset + journal::frame_head_octets + head.meta_octets + 5);
  const auto report = archive_->verify(2, 3);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->checked, 2U);
  EXPECT_TRUE(report->faults.empty());
  EXPECT_FALSE(archive_->verify(5, 9));
}

TEST_F(ProofTest, NoticesOctetsThatAreNotThoseOfTheirSha256) {
  Letter letter{"ID5", "Thư số 5"};
  write(*records_, accepted(letter), "Subject: another\r\n\r\n", true);
  EXPECT_TRUE(names(archive_->verify(1, 0), "record 5: its octets"));
  ASSERT_TRUE(archive_->catch_up());
  EXPECT_FALSE(archive_->get(5));
}

TEST_F(ProofTest, FindsAnOfficialMessageThatLiesInTheSpoolAlone) {
  const Letter official{"IDX", "Công văn lạc"};
  write(*spool_, accepted(official), octets_of(official), false);
  Letter note{"IDY", "Ăn trưa không?"};
  note.record_class.clear();
  write(*spool_, accepted(note), octets_of(note), false);
  const auto report = archive_->reconcile(*spool_);
  EXPECT_TRUE(names(report, "message IDX"));
  EXPECT_EQ(report->faults.size(), 1U);
  EXPECT_EQ(report->checked, 6U);
}

TEST_F(ProofTest, FindsAMessageWhoseVerdictWasNotObeyed) {
  Letter letter{"IDX", "Công văn lạc"};
  mail::Accepted message = accepted(letter);
  message.record_class.clear();
  write(*spool_, message, octets_of(letter), false);
  EXPECT_TRUE(names(archive_->reconcile(*spool_), "message IDX"));
}

TEST_F(ProofTest, FindsAMessageThatWasRecordedTwice) {
  record({"ID3", "Thư số 3 lần nữa"});
  EXPECT_TRUE(names(archive_->reconcile(*spool_), "record 5: message ID3 is record 3 already"));
}

TEST_F(ProofTest, FindsAViewThatTellsOtherwise) {
  archive_.reset();
  {
    // One letter of one subject differs, so every frame stands where this log's stands.
    auto other = journal::Log::open(real_disk(), {folder_ / "other", 2, 1U << 20, 0});
    ASSERT_TRUE(other);
    for (int i = 1; i <= 4; ++i) {
      Letter letter{"ID" + std::to_string(i), i == 2 ? "Thư sỗ 2" : "Thư số " + std::to_string(i), "party",
                    std::to_string(i), "CV/VPTU"};
      write(**other, accepted(letter), octets_of(letter), true);
    }
    std::filesystem::remove(view_file());
    auto archive = Archive::open(**other, view_file());
    ASSERT_TRUE(archive);
    ASSERT_TRUE((*archive)->catch_up());
  }
  auto archive = Archive::open(*records_, view_file());
  ASSERT_TRUE(archive);
  EXPECT_TRUE(names((*archive)->reconcile(*spool_), "record 2: the view tells otherwise"));
}

}  // namespace
}  // namespace vanthu::archive
