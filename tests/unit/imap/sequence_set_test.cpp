// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/sequence_set.hpp"

#include <gtest/gtest.h>

namespace vanthu::imap {
namespace {
using Numbers = std::vector<std::uint32_t>;

TEST(NumbersOf, ReadsASetThatIsNotTooBig) {
  EXPECT_EQ(numbers_of("3,7:9", 4), (Numbers{3, 7, 8, 9}));
  EXPECT_EQ(numbers_of("9:7", 3), (Numbers{7, 8, 9}));
  EXPECT_EQ(numbers_of("4294967295", 1), Numbers{4294967295});
  EXPECT_EQ(numbers_of("4294967294:4294967295", 2), (Numbers{4294967294, 4294967295}));
  EXPECT_EQ(numbers_of("", 1), Numbers{});
  for (const char* set : {"1:5", "1,2,3,4,5", "1:4294967295", "0", "1,", ",1", "1:", "*", "1:*", "$", "4294967296",
                          "1 2", "1,\xE2\x80\xA6"})
    EXPECT_EQ(numbers_of(set, 4), std::nullopt) << set;
}

TEST(GreatestOf, IsThatOfTheSet) {
  EXPECT_EQ(greatest_of("3,9:7,4"), 9U);
  EXPECT_EQ(greatest_of("1:4294967295"), 4294967295U);
  for (const char* set : {"", "*", "1:*", "0", "1,", "$"}) EXPECT_EQ(greatest_of(set), 0U) << set;
}

TEST(UpTo, MeansTheSameButForWhatComesLater) {
  EXPECT_EQ(up_to("1:*", 7), "1:7");
  EXPECT_EQ(up_to("*:1", 7), "1:7");
  EXPECT_EQ(up_to("*", 7), "7");
  EXPECT_EQ(up_to("*:*", 7), "7");
  EXPECT_EQ(up_to("9:*", 7), "7") << "the last one is in it";
  EXPECT_EQ(up_to("*:9", 7), "7");
  EXPECT_EQ(up_to("2,5:4294967295", 7), "2,5:7");
  EXPECT_EQ(up_to("9:5,8,3", 7), "5:7,3");
  EXPECT_EQ(up_to("3", 7), "3");
  for (const char* set : {"", "8", "8:9", "$", "1,", ",1", "1:", "x", "1:*x", "0"})
    EXPECT_EQ(up_to(set, 7), std::nullopt) << set;
}

}  // namespace
}  // namespace vanthu::imap
