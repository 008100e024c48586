// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/full_mailboxes.hpp"

#include <gtest/gtest.h>

namespace vanthu::intake {
namespace {
using namespace std::chrono_literals;
const FullMailboxes::Clock::time_point begin{};

TEST(FullMailboxes, AreRememberedForTheirTimeAndForgottenWhenOneTakesALetter) {
  FullMailboxes full(60s, 10);
  full.note("a@x", begin);
  full.note("b@x", begin);
  EXPECT_TRUE(full.has("a@x", begin + 59s));
  EXPECT_FALSE(full.has("a@x", begin + 60s));
  EXPECT_FALSE(full.has("c@x", begin));
  full.forget("b@x");
  EXPECT_FALSE(full.has("b@x", begin));
  full.note("a@x", begin + 50s);
  EXPECT_TRUE(full.has("a@x", begin + 100s)) << "it was full again";
}

TEST(FullMailboxes, AreSoManyAndNotMore) {
  FullMailboxes full(60s, 3);
  for (const char* name : {"a", "b", "c"}) full.note(name, begin);
  EXPECT_TRUE(full.has("a", begin));
  full.note("d", begin);
  EXPECT_FALSE(full.has("a", begin)) << "the first one makes room";
  for (const char* name : {"b", "c", "d"}) EXPECT_TRUE(full.has(name, begin)) << name;
  for (int i = 0; i < 100; ++i) full.note("d", begin + std::chrono::milliseconds(i));
  EXPECT_TRUE(full.has("d", begin + 1s));
}

TEST(FullMailboxes, CanBeNone) {
  FullMailboxes full(0s, 3);
  full.note("a", begin);
  EXPECT_FALSE(full.has("a", begin));
}

}  // namespace
}  // namespace vanthu::intake
