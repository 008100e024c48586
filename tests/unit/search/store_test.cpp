// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/store.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.hpp"

namespace vanthu::search {
namespace {

/// Xapian would write it when it is closed, and its words may have been written nowhere.
TEST(Writer, TakesWhatWasNotCommittedWithIt) {
  const test::TempFolder place("index");
  const std::string folder = place.path();
  Xapian::Document document;
  document.add_term("word");
  {
    auto writer = create(folder);
    ASSERT_TRUE(writer) << writer.error().detail;
    writer->database.replace_document(1, document);
    ASSERT_TRUE(writer->commit({1, "digest"}));
    writer->database.replace_document(2, document);
    writer->database.set_metadata("number", "2");
  }
  auto writer = open_for_writing(folder);
  ASSERT_TRUE(writer) << writer.error().detail;
  EXPECT_EQ(writer->database.get_doccount(), 1U);
  EXPECT_EQ(reached(writer->database).number, 1U);
  writer->database.replace_document(2, document);
  writer->write();
  EXPECT_EQ(Xapian::Database(folder).get_doccount(), 2U);
}

}  // namespace
}  // namespace vanthu::search
