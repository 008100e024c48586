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
  std::uint64_t write_down(boost::json::object details, std::string what) {
    const auto written = archive_->act([&](const lmdb::Transaction&) -> Result<std::vector<Event>> {
      Event event;
      event.what = std::move(what);
      event.actor = "test";
      event.details = std::move(details);
      return std::vector{event};
    });
    EXPECT_TRUE(written);
    return written->front().sequence;
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

/// A scanned paper goes into the frame of the decision that it belongs to.
TEST_F(SealedArchive, KeepsTheOctetsThatBelongToADecision) {
  std::string scan = "%PDF-1.7\n";
  for (int i = 0; i < 300'000; ++i) scan += static_cast<char>(i * 7 + i / 251);
  const auto written = archive_->act(
      [](const lmdb::Transaction&) -> Result<std::vector<Event>> {
        Event event;
        event.what = "test.decided";
        event.actor = "test";
        return std::vector{event};
      },
      std::make_shared<const Octets>(*Octets::of(scan)));
  ASSERT_TRUE(written);
  const std::uint64_t sequence = written->front().sequence;
  const std::uint64_t bare = write_down({}, "test.done");
  for (int turn = 0; turn < 2; ++turn) {
    const auto kept = archive_->octets_at(sequence);
    ASSERT_TRUE(kept) << kept.error().detail;
    EXPECT_EQ(kept->view(), scan) << "in pieces, by the key of the frame";
    EXPECT_EQ(archive_->octets_at(bare)->size(), 0U);
    EXPECT_FALSE(archive_->octets_at(heads_[0].at.sequence)) << "a record's";
    EXPECT_FALSE(archive_->octets_at(99));
    EXPECT_EQ(archive_->events_at(sequence)->events.size(), 1U);
    EXPECT_TRUE(archive_->verify(1, 0)->faults.empty());
    EXPECT_TRUE(archive_->reconcile(*spool_)->faults.empty());
    open_sealed();
    open_archive();
    ASSERT_TRUE(archive_->rebuild());
  }
  std::ifstream in(folder_ / "records" / "00000000000000000001.seg", std::ios::binary);
  const std::string octets{std::istreambuf_iterator<char>(in), {}};
  ASSERT_FALSE(octets.empty());
  EXPECT_EQ(octets.find(scan.substr(1000, 60)), std::string::npos) << "it does not lie open";
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

/// What people wrote about a record has keys of its own; a purge takes them along, and says so before.
TEST_F(SealedArchive, EventsThatAPurgeDestroyedAreMissedByNobody) {
  const auto event = [](std::string what, std::uint64_t record, const char* person, boost::json::object details) {
    Event one;
    one.what = std::move(what);
    one.record = record;
    one.actor = person;
    one.details = std::move(details);
    one.details["person"] = person;
    return one;
  };
  const auto write_down = [&](const std::vector<Event>& events) {
    const auto written = archive_->act([&](const lmdb::Transaction&) -> Result<std::vector<Event>> { return events; });
    EXPECT_TRUE(written);
    return written->front().sequence;
  };
  Event remark = event("register.remarked", 2, "p1", {{"book", "di/x/2026"}, {"line", 1}, {"text", "Lời mật"}});
  remark.reason = "Lý do mật";
  const std::uint64_t sequence = write_down({remark});
  const auto before = archive_->events_at(sequence);
  ASSERT_TRUE(before);
  EXPECT_FALSE(before->gone);
  EXPECT_EQ(before->events.size(), 1U);
  EXPECT_FALSE(archive_->events_at(heads_[1].at.sequence)) << "a record's";
  write_down({event("purge.asked", 0, "p1", {{"number", 1}, {"records", "2"}})});
  write_down({event("purge.confirmed", 0, "p2", {{"purge", 1}}),
              event(std::string(disposed), 2, "p2", {{"basis", "purge"}, {"number", 1}})});
  const auto told = [&] {
    std::string all;
    const auto history = archive_->history(2);
    EXPECT_TRUE(history);
    for (const Event& one : *history) all += to_json({one});
    return all;
  };
  EXPECT_EQ(told().find("mật"), std::string::npos) << told();
  EXPECT_NE(told().find("register.remarked"), std::string::npos);
  keys_.keys_.erase(heads_[1].key);
  keys_.keys_.erase(before->key);
  EXPECT_TRUE(archive_->events_at(sequence)->gone);
  auto report = archive_->verify(1, 0);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->faults.size(), 1U) << "nothing in the log says that they were destroyed";
  EXPECT_NE(report->faults[0].find("frame " + std::to_string(sequence)), std::string::npos) << report->faults[0];
  write_down({event(events_destroyed, 2, "p2", {{"frames", boost::json::array{sequence}}})});
  EXPECT_TRUE(archive_->verify(1, 0)->faults.empty());
  EXPECT_TRUE(archive_->reconcile(*spool_)->faults.empty());
  const std::string as_it_is = told();
  EXPECT_EQ(as_it_is.find("register.remarked"), std::string::npos);
  ASSERT_TRUE(archive_->tidy(std::chrono::seconds(0)));
  std::ifstream in(view_file(), std::ios::binary);
  const std::string octets{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(octets.find("Lời mật"), std::string::npos);
  EXPECT_EQ(octets.find("Lý do mật"), std::string::npos);
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(told(), as_it_is);
  // A record that nobody purged takes nothing along.
  const std::uint64_t other = write_down({event("register.remarked", 1, "p1", {{"text", "x"}})});
  const auto key = archive_->events_at(other)->key;
  write_down({event(events_destroyed, 1, "p2", {{"frames", boost::json::array{other}}})});
  keys_.keys_.erase(key);
  EXPECT_EQ(archive_->verify(1, 0)->faults.size(), 1U);
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
