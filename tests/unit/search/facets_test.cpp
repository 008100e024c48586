// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/facets.hpp"

#include <gtest/gtest.h>

#include "gateway/search/terms.hpp"

namespace vanthu::search {
namespace {

void put(Xapian::WritableDatabase& database, Xapian::docid record, const std::string& value) {
  Xapian::Document document;
  document.add_value(slot::facets, value);
  document.add_boolean_term("all");
  database.replace_document(record, document);
}

std::string value_of(const FacetTable::Snapshot& table, std::uint64_t record) { return table.value(table.of(record)); }

TEST(FacetTable, GrowsWithTheIndexAndLeavesWhatWasHandedOut) {
  Xapian::WritableDatabase database(std::string(), Xapian::DB_BACKEND_INMEMORY);
  FacetTable facets;
  EXPECT_EQ(facets.of(database, 0).of(1), 0U) << "nothing is there";
  put(database, 1, "a");
  put(database, 3, "b");
  const auto first = facets.of(database, 0);
  put(database, 4, "a");
  put(database, 5, "c");
  const auto second = facets.of(database, 0);
  EXPECT_EQ(first.of(4), 0U);
  EXPECT_EQ(first.size(), 3U);
  EXPECT_EQ(value_of(second, 1), "a");
  EXPECT_EQ(second.of(2), 0U) << "a number without a record";
  EXPECT_EQ(value_of(second, 3), "b");
  EXPECT_EQ(second.of(4), second.of(1));
  EXPECT_EQ(value_of(second, 5), "c");
  EXPECT_EQ(second.of(1000000), 0U);
}

TEST(FacetTable, HasEveryRecordHoweverFarApart) {
  Xapian::WritableDatabase database(std::string(), Xapian::DB_BACKEND_INMEMORY);
  FacetTable facets;
  const std::vector<Xapian::docid> records{1, 65535, 65536, 65537, 200000, 200001};
  for (const Xapian::docid record : records) {
    put(database, record, std::to_string(record));
    const auto table = facets.of(database, 0);
    for (const Xapian::docid one : records) EXPECT_EQ(table.of(one) != 0, one <= record) << one << " of " << record;
  }
  FacetTable at_once;
  const auto table = at_once.of(database, 0);
  for (const Xapian::docid one : records) EXPECT_EQ(value_of(table, one), std::to_string(one));
}

TEST(FacetTable, AnotherIndexIsReadAnew) {
  Xapian::WritableDatabase database(std::string(), Xapian::DB_BACKEND_INMEMORY);
  put(database, 1, "a");
  FacetTable facets;
  EXPECT_EQ(value_of(facets.of(database, 0), 1), "a");
  put(database, 1, "b");
  EXPECT_EQ(value_of(facets.of(database, 0), 1), "a") << "no record changes in the same index";
  EXPECT_EQ(value_of(facets.of(database, 1), 1), "b");
}

}  // namespace
}  // namespace vanthu::search
