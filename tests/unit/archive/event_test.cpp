// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/archive/event.hpp"

#include <set>
#include <thread>

#include "gateway/archive/book.hpp"
#include "tests/unit/archive/fixture.hpp"

namespace vanthu::archive {
namespace {

TEST(Events, KeepEverythingInTheirFrame) {
  Event plain;
  plain.what = "hold.set";
  plain.actor = "luutru";
  Event full;
  full.what = "register.entered";
  full.record = 12;
  full.time = Time(std::chrono::microseconds(1'700'000'000'123'456));
  full.actor = "khoatb";
  full.reason = "ghi sổ bổ sung";
  full.details = {{"number", 7}, {"book", "đi/2026"}};
  const auto read = parse_events(to_json({plain, full}));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, (std::vector<Event>{plain, full}));
}

TEST(Events, RefuseWhatIsNone) {
  for (const char* text : {"", "{}", "[]", R"({"events":{}})", R"({"events":[{}]})",
                           R"({"events":[{"what":"a.b","time":"x","actor":""}]})",
                           R"({"events":[{"what":"a.b","time":1,"actor":"","record":-1}]})",
                           R"({"events":[{"what":"a.b","time":1,"actor":"","details":[]}]})"}) {
    const auto read = parse_events(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().reply, Reply(status::corrupt));
  }
}

/// Gives every record one number at most, by its class; counts what it saw.
class NumberBook final : public Book {
 public:
  explicit NumberBook(std::string format = "numbers 1") : format_(std::move(format)) {}
  std::string_view format() const override { return format_; }
  Result<Done> open(lmdb::Transaction& txn) override {
    auto table = txn.table("numbers");
    if (!table) return table.error();
    table_ = *table;
    return done;
  }
  Result<Done> take(lmdb::Transaction& txn, const Entry& record, const mail::Accepted& accepted) override {
    EXPECT_EQ(accepted.sha256, record.summary.sha256);
    return txn.put(table_, "record " + std::to_string(record.summary.number), accepted.record_class);
  }
  Result<Done> take(lmdb::Transaction& txn, const Event& event) override {
    EXPECT_NE(event.sequence, 0U);
    const std::string number = std::to_string(event.details.at("number").as_int64());
    EXPECT_FALSE(txn.get(table_, "number " + number)) << number << " was given twice";
    if (auto put = txn.put(table_, "last", number); !put) return put;
    return txn.put(table_, "number " + number, std::to_string(event.record));
  }

  std::string value(const lmdb::Transaction& txn, std::string_view key) const {
    return std::string(txn.get(table_, key).value_or("none"));
  }
  Result<std::vector<Event>> next(const lmdb::Transaction& txn, std::uint64_t record) const {
    const std::string last = value(txn, "last");
    Event event;
    event.what = "numbers.given";
    event.record = record;
    event.actor = "test";
    event.details = {{"number", last == "none" ? 1 : std::stoi(last) + 1}};
    return std::vector{event};
  }

 private:
  std::string format_;
  lmdb::Table table_;
};

class BookTest : public ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    record({"ID1", "Một"});
    record({"ID2", "Hai"});
    open_with(book_);
  }
  void open_with(NumberBook& book) {
    archive_.reset();
    auto archive = Archive::open(*records_, view_file(), {}, {&book});
    ASSERT_TRUE(archive) << archive.error().detail;
    archive_ = *std::move(archive);
    ASSERT_TRUE(archive_->catch_up());
  }
  std::string value(const NumberBook& book, std::string_view key) const {
    std::string found;
    EXPECT_TRUE(archive_->read([&](const lmdb::Transaction& txn) -> Result<Done> {
      found = book.value(txn, key);
      return done;
    }));
    return found;
  }
  Result<std::vector<Event>> give(std::uint64_t record) {
    return archive_->act([&](const lmdb::Transaction& txn) { return book_.next(txn, record); });
  }
  NumberBook book_;
};

TEST_F(BookTest, SeesRecordsAndWhatIsDecidedOverThem) {
  EXPECT_EQ(value(book_, "record 2"), "official");
  const auto given = give(2);
  ASSERT_TRUE(given) << given.error().detail;
  EXPECT_EQ(given->front().sequence, 3U);
  EXPECT_NE(given->front().time, Time{});
  EXPECT_EQ(value(book_, "number 1"), "2");
  const auto history = archive_->history(2);
  ASSERT_TRUE(history);
  EXPECT_EQ(*history, *given);
  EXPECT_TRUE(archive_->history(1)->empty());
  EXPECT_EQ(record({"ID3", "Ba"}).ordinal, 3U) << "events take no record's number";
  ASSERT_TRUE(archive_->catch_up());
  EXPECT_EQ(value(book_, "record 3"), "official");
  EXPECT_TRUE(archive_->reconcile(*spool_)->faults.empty());
  EXPECT_TRUE(archive_->verify(1, 0)->faults.empty());
}

TEST_F(BookTest, GivesNumbersOnceAndWithoutGapsWhoeverAsks) {
  std::vector<std::thread> clerks;
  for (int clerk = 0; clerk < 8; ++clerk)
    clerks.emplace_back([&] {
      for (int i = 0; i < 8; ++i) EXPECT_TRUE(give(1));
    });
  for (std::thread& clerk : clerks) clerk.join();
  EXPECT_EQ(value(book_, "last"), "64");
  std::set<std::int64_t> numbers;
  const auto history = archive_->history(1);
  for (const Event& event : *history) numbers.insert(event.details.at("number").as_int64());
  EXPECT_EQ(numbers.size(), 64U);
}

TEST_F(BookTest, WritesNothingForADecisionThatFailsOrIsEmpty) {
  const std::uint64_t before = records_->last_sequence();
  const auto refused = archive_->act(
      [](const lmdb::Transaction&) -> Result<std::vector<Event>> { return fail(status::refused, "no"); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail, "no");
  EXPECT_TRUE(archive_->act([](const lmdb::Transaction&) { return std::vector<Event>(); }));
  EXPECT_EQ(records_->last_sequence(), before);
}

TEST_F(BookTest, IsTheSameWhenItIsMadeAnew) {
  ASSERT_TRUE(give(1));
  ASSERT_TRUE(give(2));
  const auto before = *archive_->history(2);
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(value(book_, "number 2"), "2");
  EXPECT_EQ(*archive_->history(2), before);
  ASSERT_TRUE(give(1));
  EXPECT_EQ(value(book_, "last"), "3");
  NumberBook later("numbers 2");
  open_with(later);
  EXPECT_EQ(value(later, "last"), "3") << "another format is made from the log";
  archive_.reset();
}

TEST_F(BookTest, HowFarTheViewReachedIsKnownWithoutItsBooks) {
  ASSERT_TRUE(give(1));
  archive_.reset();
  const auto known = Archive::known(view_file());
  ASSERT_TRUE(known) << known.error().detail;
  EXPECT_EQ(known->number, 2U);
  EXPECT_EQ(known->sequence, 3U);
  open_with(book_);
  EXPECT_EQ(value(book_, "last"), "1") << "asking did not drop it";
}

TEST_F(BookTest, AnUnreadableEventStopsNobody) {
  ASSERT_TRUE(records_->append_and_wait({journal::Kind::event, false, R"({"events":7})", nullptr}));
  ASSERT_TRUE(give(1));
  EXPECT_EQ(value(book_, "last"), "1");
  const auto report = archive_->reconcile(*spool_);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->faults.size(), 1U);
  EXPECT_NE(report->faults[0].find("frame 3"), std::string::npos) << report->faults[0];
}

}  // namespace
}  // namespace vanthu::archive
