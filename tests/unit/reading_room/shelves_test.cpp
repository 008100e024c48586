// SPDX-License-Identifier: GPL-3.0-or-later
// In which folders records stand and under which numbers: what clients rely on (RFC 9051 §2.3.1.1).
#include "gateway/shelves/shelves.hpp"

#include <random>

#include "gateway/shelves/store.hpp"
#include "tests/unit/archive/fixture.hpp"

namespace vanthu::shelves {
namespace {

class ShelvesTest : public archive::ArchiveTest {
 protected:
  void open() {
    shelves_.reset();
    archive_.reset();
    auto opened = archive::Archive::open(
        *records_, view_file(), [](const mail::Mailbox&, Date) { return std::string("vptu"); }, {&ledger_, &book_});
    ASSERT_TRUE(opened) << opened.error().detail;
    archive_ = *std::move(opened);
    shelves_ = std::make_unique<Shelves>(*archive_, book_);
    refresh();
  }
  void refresh() {
    ASSERT_TRUE(archive_->catch_up());
    ASSERT_TRUE(shelves_->refresh());
  }
  void TearDown() override {
    shelves_.reset();
    ArchiveTest::TearDown();
  }
  void happens(const std::vector<archive::Event>& events) {
    ASSERT_TRUE(archive_->act([&](const lmdb::Transaction&) -> Result<std::vector<archive::Event>> { return events; }));
    ASSERT_TRUE(shelves_->refresh());
  }
  static archive::Event event(const char* what, std::uint64_t record, boost::json::object details) {
    archive::Event one;
    one.what = what;
    one.record = record;
    one.details = std::move(details);
    return one;
  }
  static archive::Event filed(const char* what, std::uint64_t record) {
    return event(what, record, {{"file", "vptu/2026/05"}});
  }
  std::vector<Placement> in(const std::string& key) {
    return shelves_->look([&](const Model& model) {
      std::vector<Placement> there;
      for (const Folder& folder : model.folders())
        if (folder.key == key)
          for (const Placement& one : folder.placements)
            if (model.card(one.record).audience != 0) there.push_back(one);
      return there;
    });
  }
  std::map<std::string, std::vector<Placement>> everything() {
    return shelves_->look([&](const Model& model) {
      std::map<std::string, std::vector<Placement>> all;
      for (const Folder& folder : model.folders()) all[folder.key] = folder.placements;
      return all;
    });
  }
  std::vector<std::uint32_t> records(const std::string& key) {
    std::vector<std::uint32_t> numbers;
    for (const Placement& one : in(key)) numbers.push_back(one.record);
    return numbers;
  }

  keeping::Ledger ledger_;
  Book book_{ledger_};
  std::unique_ptr<Shelves> shelves_;
};
using Numbers = std::vector<std::uint32_t>;

TEST_F(ShelvesTest, ARecordStandsWithItsSenderAndWithEveryReceivingUnit) {
  record({"ID1", "x", "party", "07", "TB/TU", "", {"hu", "xa", "hu"}});
  record({"ID2", "y", "", "", "", "", {"hu"}, "2027-01-01"});
  open();
  EXPECT_EQ(records("di/2026/vptu/Thông báo"), Numbers{1});
  EXPECT_EQ(records("den/2026/hu/Thông báo"), Numbers{1});
  EXPECT_EQ(records("den/2026/xa/Thông báo"), Numbers{1});
  EXPECT_EQ(records("den/2027/hu/-"), Numbers{2});
  EXPECT_EQ(records("di/2027/vptu/-"), Numbers{2});
}

TEST_F(ShelvesTest, NumbersRiseWhateverIsPutIntoAFolderWhen) {
  for (const char* id : {"ID1", "ID2", "ID3", "ID4"}) record({id, "x", "", "", "", "", {"hu"}});
  open();
  happens({filed("file.added", 3), filed("file.added", 1)});  // two in one frame
  happens({filed("file.added", 2)});                          // an older record, later
  EXPECT_EQ(records("ho-so/vptu/2026/05"), (Numbers{3, 1, 2}));
  const auto before = in("ho-so/vptu/2026/05");
  for (std::size_t i = 1; i < before.size(); ++i) EXPECT_GT(before[i].uid, before[i - 1].uid);
  happens({filed("file.removed", 3)});
  happens({filed("file.added", 3)});
  const auto after = in("ho-so/vptu/2026/05");
  EXPECT_EQ(records("ho-so/vptu/2026/05"), (Numbers{1, 2, 3}));
  EXPECT_GT(after.back().uid, before.back().uid) << "what is put in again has a new number";
}

TEST_F(ShelvesTest, AHoldIsAFolderUntilItEnds) {
  record({"ID1", "x", "", "", "", "", {"hu"}});
  record({"ID2", "x", "", "", "", "", {"hu"}});
  open();
  happens({event("hold.set", 0, {{"number", 7}, {"frozen", "1-2"}, {"owner", "x"}})});
  EXPECT_EQ(records("giu/7/-"), (Numbers{1, 2}));
  happens({event("hold.released", 0, {{"hold", 7}, {"free", 1}})});
  EXPECT_EQ(records("giu/7/-"), Numbers{});
}

TEST_F(ShelvesTest, WhatIsDisposedOfIsInNoFolderAndItsUnitsAreForgotten) {
  record({"ID1", "x", "", "", "", "", {"hu"}});
  record({"ID2", "x", "", "", "", "", {"hu"}});
  open();
  happens({filed("file.added", 1)});
  happens({event("record.disposed", 1, {{"basis", "purge"}, {"number", 1}})});
  EXPECT_EQ(records("den/2026/hu/-"), Numbers{2});
  EXPECT_EQ(records("ho-so/vptu/2026/05"), Numbers{});
  ASSERT_TRUE(archive_->read([&](const lmdb::Transaction& books) -> Result<Done> {
    book_.each(books, 1,
               [](std::uint64_t, const Op& op) { EXPECT_FALSE(op.kind == Op::Kind::record && op.record == 1); });
    return done;
  }));
}

TEST_F(ShelvesTest, AViewThatIsMadeAgainGivesTheSameNumbers) {
  std::mt19937 random(7);
  open();
  for (int round = 0; round < 60; ++round) {
    const std::string id = "ID" + std::to_string(round);
    record({id, "x", "", "", "", "", {round % 2 == 0 ? "hu" : "xa"}});
    refresh();
    const std::uint64_t known = records_->last_ordinal();
    const std::uint64_t one = 1 + random() % known, other = 1 + random() % known;
    if (round % 3 == 0) happens({filed("file.added", one), filed("file.added", other)});
    if (round % 7 == 0) happens({filed("file.removed", one)});
    if (round % 20 == 10)
      happens({event("hold.set", 0, {{"number", round}, {"frozen", std::to_string(one)}, {"owner", "x"}})});
    for (const auto& [key, placements] : everything())
      for (std::size_t i = 1; i < placements.size(); ++i) ASSERT_LT(placements[i - 1].uid, placements[i].uid) << key;
  }
  const auto before = everything();
  ASSERT_TRUE(archive_->rebuild());
  ASSERT_TRUE(shelves_->refresh());
  EXPECT_EQ(everything(), before);
  open();  // and another process reads the same
  EXPECT_EQ(everything(), before);
}

TEST(Steps, SurviveTheirValues) {
  Op op;
  op.kind = Op::Kind::record;
  op.id = 3;
  op.record = 70'000;
  op.uid = 80'000;
  op.octets = 1ULL << 33;
  op.seconds = 1'790'000'000;
  op.folders = {1, 2};
  const std::string value = to_value(op);
  EXPECT_EQ(parse_op(value), op);
  for (std::size_t i = 0; i < value.size() - 8; ++i) EXPECT_FALSE(parse_op(value.substr(0, i))) << i;
  EXPECT_FALSE(parse_op("?"));
  const Audience audience{"official", {"vptu", "hu"}};
  EXPECT_EQ(parse_audience(audience_text(audience)), audience);
  EXPECT_EQ(parse_audience(audience_text({"official", {}})), (Audience{"official", {}}));
  for (const char* sender : {"", "vptu"}) {
    const Audience blind{"official", {"vptu", "hu", "xa"}, {sender, {"hu", "xa"}}};
    EXPECT_EQ(parse_audience(audience_text(blind)), blind);
  }
}

TEST(Folders, NameTheirUnit) {
  EXPECT_EQ(unit_of_folder("den/2026/vptu/Thông báo"), "vptu");
  EXPECT_EQ(unit_of_folder("den/2026/-/-"), "");
  EXPECT_EQ(unit_of_folder("ho-so/vptu/2026/05"), "vptu");
  EXPECT_EQ(unit_of_folder("giu/12/vptu"), "vptu");
  EXPECT_EQ(unit_of_folder("giu/12/-"), "");
  EXPECT_EQ(unit_of_folder("den"), "");
}

/// Letters to so many units that their lists are longer than a key may be.
TEST_F(ShelvesTest, AudiencesThatBeginAlikeAreTwo) {
  std::vector<std::string> many;
  for (int i = 100; i < 200; ++i) many.push_back("unit-" + std::to_string(i));
  std::vector<std::string> others = many;
  others.back() = "another";
  record({"ID1", "x", "", "", "", "", many});
  record({"ID2", "x", "", "", "", "", others});
  open();
  shelves_->look([&](const Model& model) {
    EXPECT_EQ(model.audience(model.card(1).audience)->units.back(), "unit-199");
    EXPECT_EQ(model.audience(model.card(2).audience)->units.back(), "another");
  });
}

class StoreTest : public ShelvesTest {};

TEST_F(StoreTest, ValidityChangesWithWhatSomebodySeesAndOnlyRises) {
  auto store = *Store::open(folder_ / "readers.lmdb");
  const Time at = archive::noon("2026-11-24");
  const auto first = *store->validity("an", "all", at);
  EXPECT_EQ(*store->validity("an", "all", at + std::chrono::hours(5)), first);
  const auto second = *store->validity("an", "vp", at - std::chrono::hours(5));
  EXPECT_GT(second, first) << "also when the clock went back";
  EXPECT_GT(*store->validity("an", "all", at), second);
  EXPECT_EQ(*store->validity("bình", "x", at), first) << "of somebody else";
}

TEST_F(StoreTest, AllowancesCountByDayAndHourAndSurviveARestart) {
  auto store = *Store::open(folder_ / "readers.lmdb");
  const Allowance allowance{1000, 3};
  const Time at = archive::noon("2026-11-24");
  using Taken = Store::Taken;
  EXPECT_EQ(store->take("an", {600, 1}, allowance, at), Taken::yes);
  EXPECT_EQ(store->take("an", {401, 1}, allowance, at), Taken::too_many_octets);
  EXPECT_EQ(store->take("an", {400, 2}, allowance, at), Taken::yes);
  EXPECT_EQ(store->take("an", {0, 1}, allowance, at), Taken::too_many_records);
  EXPECT_EQ(store->take("bình", {1000, 3}, allowance, at), Taken::yes);
  ASSERT_TRUE(store->keep("an"));
  store.reset();
  store = *Store::open(folder_ / "readers.lmdb");
  EXPECT_EQ(store->take("an", {1, 0}, allowance, at + std::chrono::minutes(1)), Taken::too_many_octets);
  EXPECT_EQ(store->take("an", {0, 3}, allowance, at + std::chrono::hours(1)), Taken::yes);
  EXPECT_EQ(store->take("an", {1000, 0}, allowance, at + std::chrono::hours(24)), Taken::yes);
}

TEST_F(StoreTest, SavedSearchesAreKeptByReaderAndRenewedWithAnotherValidity) {
  auto store = *Store::open(folder_ / "readers.lmdb");
  ASSERT_TRUE(store->save("an", {"Đất đai", "đất", 0, "2026", {3, 5}}));
  const auto first = store->saved("an");
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].records, (Numbers{3, 5}));
  ASSERT_TRUE(store->save("an", {"Đất đai", "đất", 0, "2026", {5}}));
  EXPECT_GT(store->saved("an").at(0).validity, first[0].validity);
  EXPECT_TRUE(store->saved("bình").empty());
  EXPECT_FALSE(store->drop("bình", "Đất đai"));
  ASSERT_TRUE(store->drop("an", "Đất đai"));
  EXPECT_TRUE(store->saved("an").empty());
}

}  // namespace
}  // namespace vanthu::shelves
