// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/guard/rate_table.hpp"

#include <gtest/gtest.h>

#include "gateway/guard/keyed_hash.hpp"

namespace vanthu::guard {
namespace {
using namespace std::chrono_literals;
const Clock::time_point opening{1000h};

TEST(RateTable, AllowsTheWholeRateAtOnceAndThenOneAtATime) {
  RateTable table({60, 60s}, 64);
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(table.take(1, 1, opening).allowed) << i;
  const auto refused = table.take(1, 1, opening);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.wait, 1s);
  EXPECT_TRUE(table.take(1, 1, opening + 1s).allowed);
  EXPECT_FALSE(table.take(1, 1, opening + 1s).allowed);
  EXPECT_TRUE(table.take(2, 1, opening).allowed) << "another key has its own";
}

TEST(RateTable, CountsNothingForWhatItRefuses) {
  RateTable table({2, 60s}, 64);
  table.take(1, 2, opening);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(table.take(1, 1, opening + 29s).allowed);
  EXPECT_TRUE(table.take(1, 1, opening + 30s).allowed);
}

TEST(RateTable, LetsWhatCostsMoreThanTheRateThroughOnce) {
  RateTable table({100, 60s}, 64);
  EXPECT_TRUE(table.take(1, 250, opening).allowed);
  EXPECT_FALSE(table.take(1, 1, opening + 60s).allowed);
  EXPECT_FALSE(table.take(1, 250, opening + 149s).allowed);
  EXPECT_TRUE(table.take(1, 250, opening + 150s).allowed);
}

TEST(RateTable, FeelsAfterwardsWhatWasCharged) {
  RateTable table({100, 60s}, 64);
  EXPECT_TRUE(table.look(1, opening).allowed);
  table.charge(1, 160, opening);
  EXPECT_FALSE(table.look(1, opening + 30s).allowed);
  EXPECT_TRUE(table.look(1, opening + 37s).allowed);
  table.forget(1);
  EXPECT_TRUE(table.look(1, opening).allowed);
}

TEST(RateTable, KeepsWhoIsLimitedThroughAFloodOfNewKeys) {
  const KeyedHash hash(1, 2);
  RateTable table({3, 3600s}, 64);
  const std::uint64_t guilty = hash("guilty");
  while (table.take(guilty, 1, opening).allowed) {
  }
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t stranger = hash(std::to_string(i));
    table.take(stranger, 1, opening + 1s);
    table.take(stranger, 1, opening + 1s);
  }
  EXPECT_FALSE(table.take(guilty, 1, opening + 2s).allowed);
}

TEST(KeyedHash, GivesTheValuesOfThePaper) {
  // SipHash-2-4 of 00 01 … 0e under the key 00 01 … 0f (appendix A)
  std::string octets;
  for (char c = 0; c < 15; ++c) octets += c;
  EXPECT_EQ(KeyedHash(0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL)(octets), 0xa129ca6149be45e5ULL);
}

}  // namespace
}  // namespace vanthu::guard
