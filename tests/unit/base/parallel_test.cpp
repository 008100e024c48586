// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace vanthu {
namespace {

TEST(InBackground, EachIndexOnce) {
  for (const std::size_t count : {0U, 1U, 2U, 1000U}) {
    std::vector<std::atomic<int>> calls(count);
    in_background(count, [&](std::size_t i) { ++calls.at(i); });
    for (const auto& one : calls) EXPECT_EQ(one, 1);
  }
}

TEST(InBackground, ThrowsWhatOneThrewAndBeginsNoMore) {
  std::atomic<int> calls = 0;
  const auto work = [&](std::size_t i) {
    ++calls;
    if (i == 3) throw std::runtime_error("three");
  };
  EXPECT_THROW(in_background(1U << 20, work), std::runtime_error);
  EXPECT_LT(calls, 1 << 20);
}

}  // namespace
}  // namespace vanthu
