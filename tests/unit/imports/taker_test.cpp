// SPDX-License-Identifier: GPL-3.0-or-later
// Existing mail becomes records once: with real logs, a real view and the real inspector.
#include "gateway/imports/taker.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "gateway/base/digest.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/filters/office_fixture.hpp"

namespace vanthu::imports {
namespace {

const std::string run_id(32, 'a');

class TakerTest : public testing::Test {
 protected:
  void SetUp() override {
    config_ = filters::testing::gateway_config();
    chain_ = std::make_shared<const filters::Chain>(config_, directory_, filters::Policy::built_in());
    auto pool = inspect::Pool::start(
        {std::filesystem::path(VANTHU_BINARY_DIR) / "bin" / "vanthu-inspector", 1, std::chrono::seconds(60)});
    ASSERT_TRUE(pool) << pool.error().detail;
    inspectors_ = *std::move(pool);
    records_ = *journal::Log::open(real_disk(), {folder_ / "records", 2, 1U << 20, 0});
    audit_ = *journal::Log::open(real_disk(), {folder_ / "audit", 3, 1U << 20, 0});
    trail_ = std::make_unique<audit::Trail>(*audit_);
    archive_ = *archive::Archive::open(*records_, folder_ / "archive.lmdb");
    taker_ = std::make_unique<Taker>(Taker::Services{directory_, [this] { return chain_; }, *inspectors_, *records_,
                                                     *archive_, *trail_, [this] { ++archived_; }});
    imports::Run run;
    run.id = run_id;
    run.by = "khoa";
    run.source = "mbox:/srv/old.mbox";
    run.reason = "thư cũ năm 2019";
    ASSERT_TRUE(taker_->begin(run));
  }
  void TearDown() override {
    taker_.reset();
    archive_.reset();
    inspectors_.reset();
    records_.reset();
    audit_.reset();
  }
  Result<Outcome> take(const std::string& octets, const std::string& item, const std::string& run = run_id) {
    Item one;
    one.run = run;
    one.about.item = item;
    one.octets = std::make_shared<const Octets>(*Octets::of(octets));
    return taker_->take(std::move(one));
  }
  static std::string letter(const std::string& id, const std::string& text) {
    return "From: Khoa <khoa@so.example>\r\nTo: <lan@so.example>\r\nSubject: thử\r\n" +
           (id.empty() ? std::string() : "Message-ID: <" + id + ">\r\n") +
           "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
           text + "\r\n";
  }

  test::TempFolder folder_{"imports"};
  Config config_;
  const directory::Directory& directory_ = filters::testing::province().directory();
  std::shared_ptr<const filters::Chain> chain_;
  std::unique_ptr<inspect::Pool> inspectors_;
  std::unique_ptr<journal::Log> records_, audit_;
  std::unique_ptr<audit::Trail> trail_;
  std::unique_ptr<archive::Archive> archive_;
  std::unique_ptr<Taker> taker_;
  int archived_ = 0;
};

using What = Outcome::What;

TEST_F(TakerTest, WhatIsNewIsARecordThatSaysWhereItCameFrom) {
  const std::string octets = letter("m1@so.example", "Kính gửi.");
  const auto taken = take(octets, "octet 0");
  ASSERT_TRUE(taken) << taken.error().detail;
  EXPECT_EQ(taken->what, What::fresh) << taken->why;
  EXPECT_EQ(taken->number, 1U);
  EXPECT_EQ(taken->record_class, "imported");
  EXPECT_EQ(archived_, 1);
  ASSERT_TRUE(archive_->catch_up());
  const auto record = archive_->show(1);
  ASSERT_TRUE(record) << record.error().detail;
  const mail::Accepted& a = record->accepted;
  ASSERT_TRUE(a.imported);
  EXPECT_EQ(a.imported->by, "khoa");
  EXPECT_EQ(a.imported->reason, "thư cũ năm 2019");
  EXPECT_EQ(a.imported->source, "mbox:/srv/old.mbox");
  EXPECT_EQ(a.imported->item, "octet 0");
  EXPECT_TRUE(a.deliveries.empty());
  EXPECT_FALSE(a.envelope.reverse_path);
  EXPECT_LT(now() - a.received, std::chrono::minutes(5)) << "clocks start with the import, not with the Date field";
  EXPECT_EQ(*archive_->get(1), octets);
  const auto outside = archive_->octets(1);
  ASSERT_TRUE(outside);
  EXPECT_EQ(outside->view(), octets);
  const auto summary = archive_->summary(1);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->direction, "import");
  EXPECT_EQ(summary->from, "khoa@so.example");
  const auto verified = archive_->verify(1, 0);
  ASSERT_TRUE(verified);
  EXPECT_TRUE(verified->faults.empty());
}

TEST_F(TakerTest, SameOctetsAreWrittenOnceAndOthersUnderTheSameIdAgain) {
  EXPECT_EQ(take(letter("m1@so.example", "một"), "1")->what, What::fresh);
  const auto same = take(letter("m1@so.example", "một"), "2");
  EXPECT_EQ(same->what, What::same_octets);
  EXPECT_EQ(same->number, 1U);
  const auto other = take(letter("m1@so.example", "hai"), "3");
  EXPECT_EQ(other->what, What::same_id);
  EXPECT_EQ(other->number, 2U);
  EXPECT_EQ(other->other, 1U);
  EXPECT_EQ(archive_->show(2)->accepted.imported->same_id, 1U);
  EXPECT_EQ(records_->last_ordinal(), 2U);
}

TEST_F(TakerTest, AnItemThatIsAskedForAgainInTheSameRunIsTheRecordItBecame) {
  EXPECT_TRUE(take(letter("m1@so.example", "một"), "1"));
  EXPECT_TRUE(take(letter("m1@so.example", "hai"), "2"));
  EXPECT_EQ(take(letter("m1@so.example", "một"), "1")->what, What::fresh);
  const auto second = take(letter("m1@so.example", "hai"), "2");
  EXPECT_EQ(second->what, What::same_id);
  EXPECT_EQ(second->number, 2U);
  EXPECT_EQ(second->other, 1U);
  EXPECT_EQ(records_->last_ordinal(), 2U);
}

TEST_F(TakerTest, WithoutAMessageIdNothingIsMerged) {
  for (int i = 1; i <= 3; ++i)
    EXPECT_EQ(take(letter("", "bức " + std::to_string(i)), std::to_string(i))->what, What::fresh);
  const std::string empty = "Message-ID: \r\nSubject: a\r\n\r\n";
  EXPECT_EQ(take(empty + "1", "4")->what, What::fresh);
  EXPECT_EQ(take(empty + "2", "5")->what, What::fresh);
  const std::string huge(2000, 'x');
  EXPECT_EQ(take(letter(huge + "1@a.example", "6"), "6")->what, What::fresh);
  EXPECT_EQ(take(letter(huge + "2@a.example", "7"), "7")->what, What::fresh) << "their first 400 octets are the same";
}

TEST_F(TakerTest, ASecretIsRefusedAndNothingOfItIsStored) {
  for (const char* end : {"\r\n", "\n"}) {
    std::string octets = letter("m1@so.example", "Về việc báo cáo\r\n\r\nTỐI MẬT\r\n\r\nKính gửi.");
    if (std::string_view(end) == "\n") std::erase(octets, '\r');
    const auto taken = take(octets, "1");
    ASSERT_TRUE(taken) << taken.error().detail;
    EXPECT_EQ(taken->what, What::refused);
    EXPECT_EQ(taken->rule, "S-1");
  }
  EXPECT_EQ(records_->last_ordinal(), 0U);
  const auto told = trail_->list({.act = "import.secret-refused"});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->size(), 2U) << "the archive keeps the event alone";
}

TEST_F(TakerTest, OldMailIsTakenAsItIsWhateverItsStructure) {
  std::string line_feeds = letter("m1@so.example", "một\r\nhai");
  std::erase(line_feeds, '\r');
  const std::string nul = letter("m2@so.example", std::string("a\0b \xFF\xFE", 6));
  const std::string twice = "From: a@b.example\r\nFrom: c@d.example\r\nSubject: x\r\nSubject: y\r\n\r\nno end";
  for (const std::string& octets : {line_feeds, nul, twice, std::string("no header at all"), std::string(1, '\n')}) {
    const auto taken = take(octets, hex(sha256(octets)));
    ASSERT_TRUE(taken) << taken.error().detail;
    EXPECT_EQ(taken->what, What::fresh) << taken->why << taken->rule;
    EXPECT_EQ(*archive_->get(taken->number), octets);
  }
}

TEST_F(TakerTest, ADryRunWritesNothing) {
  ASSERT_TRUE(taker_->end(run_id));
  imports::Run run;
  run.id = run_id;
  run.reason = "thử";
  run.dry = true;
  ASSERT_TRUE(taker_->begin(run));
  const auto taken = take(letter("m1@so.example", "một"), "1");
  EXPECT_EQ(taken->what, What::fresh);
  EXPECT_EQ(taken->number, 0U);
  EXPECT_EQ(records_->last_ordinal(), 0U);
}

TEST_F(TakerTest, OneImportAtATimeAndNoneUnasked) {
  imports::Run other;
  other.id = std::string(32, 'b');
  other.reason = "khác";
  EXPECT_EQ(taker_->begin(other).error().reply, Reply(status::busy));
  EXPECT_EQ(take("x", "1", other.id).error().reply, Reply(status::bad_sequence));
  EXPECT_TRUE(taker_->end(run_id));
  EXPECT_EQ(take("x", "1").error().reply, Reply(status::bad_sequence));
  EXPECT_TRUE(taker_->begin(other));
  imports::Run wrong = other;
  wrong.unit = "khong-co";
  EXPECT_EQ(taker_->begin(wrong).error().reply, Reply(status::bad_arguments));
  wrong = other;
  wrong.record_class = "Có dấu";
  EXPECT_FALSE(taker_->begin(wrong));
  wrong = other;
  wrong.reason.clear();
  EXPECT_FALSE(taker_->begin(wrong));
}

TEST_F(TakerTest, OctetsThatAreNotThoseOfTheDigestAreNotTaken) {
  Item one;
  one.run = run_id;
  one.sha256 = std::string(64, '0');
  one.octets = std::make_shared<const Octets>(*Octets::of("Subject: x\r\n\r\n"));
  EXPECT_EQ(taker_->take(std::move(one)).error().reply, Reply(status::bad_arguments));
  EXPECT_EQ(records_->last_ordinal(), 0U);
}

}  // namespace
}  // namespace vanthu::imports
