// SPDX-License-Identifier: GPL-3.0-or-later
// An archive over a sealed log, and records whose keys were destroyed.
#include <map>

#include "tests/unit/archive/fixture.hpp"

namespace vanthu::archive {
namespace {

class MemoryKeys final : public journal::Keys {
 public:
  Result<Fresh> fresh(std::string_view key_class) override {
    const journal::KeyName name{1, next_++};
    classes_[name] = key_class;
    journal::FrameKey key;
    key.data.fill(static_cast<unsigned char>(name.slot + 1));
    return Fresh{name, keys_[name] = key};
  }
  Result<journal::FrameKey> key(const journal::KeyName& name) const override {
    if (locked_) return fail(status::corrupt, "locked");
    const auto found = keys_.find(name);
    if (found == keys_.end()) return fail(status::not_found, "destroyed");
    return found->second;
  }
  std::map<journal::KeyName, journal::FrameKey> keys_;
  std::map<journal::KeyName, std::string> classes_;
  bool locked_ = false;
  std::uint32_t next_ = 0;
};

class SealedArchive : public ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    records_.reset();
    open_sealed();
    for (const char* id : {"ID1", "ID2", "ID3"}) heads_.push_back(record({id, std::string("Thư ") + id}));
    open_archive();
  }
  void open_sealed() {
    archive_.reset();
    records_.reset();
    auto records = journal::Log::open(real_disk(), {folder_ / "records", 2, 1U << 20, 0, 0, 0, &keys_});
    ASSERT_TRUE(records) << records.error().detail;
    records_ = *std::move(records);
  }
  MemoryKeys keys_;
  std::vector<journal::FrameHead> heads_;
};

TEST_F(SealedArchive, IsLikeAnyOther) {
  EXPECT_EQ(numbers({.words = {"ID2"}}), (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(*archive_->get(3), octets_of({"ID3", "Thư ID3"}));
  const auto meta = archive_->meta(3);
  ASSERT_TRUE(meta);
  EXPECT_EQ(mail::parse_accepted(*meta)->id, "ID3");
  EXPECT_TRUE(archive_->verify(1, 0)->faults.empty());
  EXPECT_TRUE(archive_->reconcile(*spool_)->faults.empty());
}

TEST_F(SealedArchive, EventsAreSealedWithAKeyOfTheirOwnClass) {
  ASSERT_TRUE(archive_->act([](const lmdb::Transaction&) -> Result<std::vector<Event>> {
    Event event;
    event.what = "test.done";
    event.record = 1;
    event.actor = "test";
    return std::vector{event};
  }));
  EXPECT_EQ(keys_.classes_.rbegin()->second, "events");
  open_sealed();
  open_archive();
  EXPECT_EQ(archive_->history(1)->size(), 1U);
}

TEST_F(SealedArchive, ADestroyedKeyTakesOneRecordAndNoOther) {
  keys_.keys_.erase(heads_[1].key);
  EXPECT_EQ(archive_->get(2).error().reply, Reply(status::not_found));
  EXPECT_TRUE(archive_->get(1));
  const auto report = archive_->verify(1, 0);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->faults.size(), 1U) << "nothing in the log says that it was disposed of";
  EXPECT_NE(report->faults[0].find("record 2"), std::string::npos) << report->faults[0];
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_TRUE(numbers({.words = {"ID2"}}).empty());
  EXPECT_EQ(numbers({.words = {"ID3"}}), (std::vector<std::uint64_t>{3}));
  EXPECT_EQ(archive_->search({})->complete_up_to, 3U);
}

TEST_F(SealedArchive, NamesTheKeyOfARecordAlsoWhenItIsGone) {
  EXPECT_EQ(*archive_->key_of(2), heads_[1].key);
  keys_.keys_.erase(heads_[1].key);
  EXPECT_EQ(*archive_->key_of(2), heads_[1].key);
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(*archive_->key_of(2), heads_[1].key);
  EXPECT_FALSE(archive_->key_of(4));
}

TEST_F(SealedArchive, TheViewStaysWhenTheLastRecordIsGone) {
  keys_.keys_.erase(heads_[2].key);
  open_sealed();
  open_archive();
  EXPECT_EQ(numbers({.words = {"ID1"}}), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(record({"ID4", "Thư ID4"}).ordinal, 4U);
  ASSERT_TRUE(archive_->catch_up());
  EXPECT_EQ(numbers({.words = {"ID4"}}), (std::vector<std::uint64_t>{4}));
}

}  // namespace
}  // namespace vanthu::archive
