// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/recent.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace vanthu {
namespace {

TEST(RecentTest, HasWhatWasPutUntilThereIsNoRoom) {
  Recent<int, std::string> recent(2);
  EXPECT_EQ(recent.find(1), nullptr);
  EXPECT_EQ(recent.put(1, "một"), "một");
  recent.put(2, "hai");
  ASSERT_NE(recent.find(1), nullptr);
  EXPECT_EQ(*recent.find(1), "một");
  recent.put(3, "ba");
  EXPECT_EQ(recent.find(2), nullptr) << "nobody asked for it longer";
  EXPECT_NE(recent.find(1), nullptr);
  EXPECT_NE(recent.find(3), nullptr);
}

TEST(RecentTest, TakesTheNewOneOfAKeyAndNothingElseGoes) {
  Recent<int, std::string> recent(2);
  recent.put(1, "một");
  recent.put(2, "hai");
  EXPECT_EQ(recent.put(1, "mốt"), "mốt");
  EXPECT_EQ(*recent.find(1), "mốt");
  EXPECT_NE(recent.find(2), nullptr);
  recent.erase(1);
  recent.erase(7);
  EXPECT_EQ(recent.find(1), nullptr);
  recent.clear();
  EXPECT_EQ(recent.find(2), nullptr);
}

/// Behind a walk to the end, two more that begin anew, one a little ahead of the other.
TEST(RecentTest, WhoeverWalksMakesEachThingOnce) {
  constexpr int most = 8, things = 100, pieces = 50;
  Recent<int, int> recent(most);
  int made = 0;
  const auto ask = [&](int thing) {
    if (recent.find(thing) != nullptr) return;
    ++made;
    recent.put(thing, thing);
  };
  for (int thing = 0; thing < things; ++thing) ask(thing);
  made = 0;
  for (int step = 0; step < things * pieces; ++step) {
    ask(step / pieces);
    ask(std::min((step + pieces / 2) / pieces, things - 1));
  }
  EXPECT_EQ(made, things);
}

}  // namespace
}  // namespace vanthu
