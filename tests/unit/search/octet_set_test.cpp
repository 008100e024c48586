// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/octet_set.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace vanthu::search {
namespace {

TEST(OctetSet, HasWhatWasAddedAndNothingElse) {
  for (int one = 0; one < 256; ++one) {
    OctetSet set;
    set.add(static_cast<char>(one));
    set.add(static_cast<char>(one));
    EXPECT_EQ(set.size(), 1U);
    for (int other = 0; other < 256; ++other) ASSERT_EQ(set.has(static_cast<char>(other)), one == other);
  }
}

/// Against the plainest way to do the same: every octet, sets of one to all of them, texts shorter and longer than what
/// is looked at together.
TEST(OctetSet, FindsTheFirstPlaceOfTwo) {
  std::mt19937 random(9);
  std::size_t found = 0, missed = 0;
  for (int round = 0; round < 20000; ++round) {
    OctetSet one, other;
    for (std::size_t i = random() % (round % 7 == 0 ? 256 : 30); i > 0; --i) one.add(static_cast<char>(random()));
    for (std::size_t i = random() % 30; i > 0; --i) other.add(static_cast<char>(random()));
    const std::size_t offset = random() % 5, places = random() % 150, from = random() % (places + 1);
    std::string text(places + 5, '\0');
    for (char& octet : text) octet = static_cast<char>(random());
    std::size_t expected = from;
    while (expected < places && !(one.has(text[expected + offset]) && other.has(text[expected + 5 - offset])))
      ++expected;
    text.resize(places + std::max(offset, 5 - offset));  // no octet more may be read
    text.shrink_to_fit();
    ASSERT_EQ(first_place(text.data(), from, places, {one, offset}, {other, 5 - offset}), expected) << round;
    (expected < places ? found : missed) += 1;
  }
  EXPECT_GT(found, 1000U);
  EXPECT_GT(missed, 1000U);
}

}  // namespace
}  // namespace vanthu::search
