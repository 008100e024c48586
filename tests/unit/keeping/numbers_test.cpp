// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/numbers.hpp"

#include <gtest/gtest.h>

#include <random>

#include "gateway/keeping/list.hpp"

namespace vanthu::keeping {
namespace {

TEST(RecordNumbers, AreWrittenAsRangesAndReadBack) {
  EXPECT_EQ(to_ranges({}), "");
  EXPECT_EQ(to_ranges({1, 2, 3, 8, 10, 11}), "1-3,8,10-11");
  EXPECT_EQ(*parse_ranges("8,1-3,2", 10), (Numbers{1, 2, 3, 8}));
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    Numbers numbers;
    for (std::uint64_t n = 1; n < 60; ++n)
      if (random() % 3 != 0) numbers.push_back(n);
    EXPECT_EQ(*parse_ranges(to_ranges(numbers), 100), numbers);
  }
  const std::uint64_t last = ~std::uint64_t{0};
  EXPECT_EQ(*parse_ranges(std::to_string(last), 5), (Numbers{last}));
}

TEST(RecordNumbers, RefuseWhatIsNoListAndWhatIsTooLong) {
  for (const char* text : {"", "0", "a", "1-", "-1", "3-1", "1,,2", "1 2", "1,", "99999999999999999999999"})
    EXPECT_FALSE(parse_ranges(text, 100)) << text;
  EXPECT_TRUE(parse_ranges("1-100", 100));
  EXPECT_FALSE(parse_ranges("1-101", 100));
  EXPECT_FALSE(parse_ranges("1-60,101-141", 100));
  EXPECT_FALSE(parse_ranges("1-18446744073709551615", 100));
}

TEST(DisposalList, IsTextThatIsReadBack) {
  const std::vector<Listed> files{{"vptu/2010/01", "Hội nghị", "10-nam", "10", "2010-05-01", "2021-01-01", {1, 2, 9}},
                                  {"vptu/2010/02", "Thư mời", "5-nam", "5", "2010-06-01", "2016-01-01", {4}}};
  const std::string text = list_text("vptu", "0123456789abcdef", files);
  EXPECT_EQ(text,
            "vanthu disposal list 1\nunit\tvptu\nschedule\t0123456789abcdef\n"
            "file\tvptu/2010/01\tHội nghị\t10-nam\t10\t2010-05-01\t2021-01-01\t1-2,9\n"
            "file\tvptu/2010/02\tThư mời\t5-nam\t5\t2010-06-01\t2016-01-01\t4\n");
  const auto read = parse_list(text);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[1].title, "Thư mời");
  EXPECT_EQ(*records_of_list(text), (Numbers{1, 2, 4, 9}));
  for (const std::string& wrong : {std::string(), std::string("x\n"), text.substr(0, text.size() - 1), text + "file\n"})
    EXPECT_FALSE(parse_list(wrong)) << wrong;
}

}  // namespace
}  // namespace vanthu::keeping
