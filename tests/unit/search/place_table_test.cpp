// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/place_table.hpp"

#include <gtest/gtest.h>

#include "gateway/search/terms.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::search {
namespace {

class PlaceTableTest : public testing::Test {
 protected:
  void SetUp() override {
    index_ = Xapian::WritableDatabase(folder_.path(), Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_BACKEND_GLASS);
  }
  void TearDown() override { index_.close(); }
  /// Its place is of its number.
  void add(Xapian::docid record) {
    Xapian::Document document;
    std::string place(8, '\0');
    place[3] = static_cast<char>(record >> 8U);
    place[4] = static_cast<char>(record);
    place[7] = 5;
    document.add_value(slot::sequence, place);
    index_.replace_document(record, document);
    index_.commit();
  }
  PlaceTable::Snapshot now() { return table_.of(Xapian::Database(folder_.path())); }
  static void has(const PlaceTable::Snapshot& places, std::uint64_t record, bool there = true) {
    EXPECT_EQ(places.of(record).words, there ? 5U : 0U) << record;
    EXPECT_EQ(places.of(record).first, there ? record & 0xFFFFU : 0U) << record;
  }

  test::TempFolder folder_{"places"};
  Xapian::WritableDatabase index_;
  PlaceTable table_;
};

TEST_F(PlaceTableTest, GrowsWithTheIndexAndLeavesWhatWasHandedOut) {
  has(now(), 1, false);
  add(1);
  add(3);
  const PlaceTable::Snapshot before = now();
  add(4);
  add(70'000);  // in another chunk
  for (const std::uint64_t record : {1U, 3U, 4U, 70'000U}) has(now(), record);
  for (const std::uint64_t record : {0U, 2U, 69'999U, 70'001U, 200'000U}) has(now(), record, false);
  has(before, 3);
  has(before, 4, false);
  has(before, 70'000, false);
}

TEST_F(PlaceTableTest, ForgetsWhatWasTakenOut) {
  for (const Xapian::docid record : {1U, 2U, 3U}) add(record);
  has(now(), 2);
  index_.delete_document(2);
  index_.commit();
  has(now(), 2, false);
  has(now(), 3);
  // One goes and one comes between two looks.
  index_.delete_document(1);
  add(4);
  has(now(), 1, false);
  has(now(), 4);
  index_.delete_document(4);  // the last one
  index_.commit();
  has(now(), 4, false);
  add(5);
  has(now(), 5);
  has(now(), 4, false);
}

/// Rebuilt, it may have as many records as before and all of them elsewhere: only its sequences say that it is another.
TEST_F(PlaceTableTest, IsReadAnewOfAnotherIndex) {
  add(1);
  has(now(), 1);
  index_.close();
  index_ = Xapian::WritableDatabase(folder_.path(), Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_BACKEND_GLASS);
  index_.set_metadata("sequences", "b");
  add(2);
  has(now(), 1, false);
  has(now(), 2);
}

TEST_F(PlaceTableTest, KeepsWhatItHasWhereADatabaseIsOlder) {
  for (const Xapian::docid record : {1U, 2U}) add(record);
  const Xapian::Database older(folder_.path());
  add(3);
  has(now(), 3);
  has(table_.of(older), 2);
  has(table_.of(older), 3);
  has(now(), 3);
}

}  // namespace
}  // namespace vanthu::search
