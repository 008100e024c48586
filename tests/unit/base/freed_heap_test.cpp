// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/freed_heap.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "gateway/base/held_pages.hpp"

namespace vanthu {
namespace {

constexpr std::size_t piece = 64U << 10, pieces = 1600,
                      all = piece * pieces;  // below malloc's limit for pages of one's own

using Pieces = std::vector<std::unique_ptr<char[]>>;

/// As a thread that makes a view does: one small piece behind many that are freed holds all of them.
void take_and_free(std::unique_ptr<char[]>& last) {
  Pieces taken(pieces);
  for (auto& one : taken) {
    one = std::make_unique<char[]>(piece);
    std::memset(one.get(), 1, piece);
  }
  last = std::move(taken.back());
}

TEST(FreedHeapTest, WhatAThreadFreedGoesBackOnceTheHeapHasGrown) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the heap is the sanitizer's";
#endif
  FreedHeap heap(all / 4);
  heap.give_back();  // what other tests left
  EXPECT_FALSE(heap.give_back()) << "it has not grown";
  const std::size_t before = held_pages().own;
  std::unique_ptr<char[]> last;
  std::thread(take_and_free, std::ref(last)).join();
  ASSERT_GT(held_pages().own, before + all * 9 / 10) << "malloc keeps what was freed: else this test is about nothing";
  EXPECT_TRUE(heap.give_back());
  EXPECT_LT(held_pages().own, before + all / 10);
  EXPECT_FALSE(heap.give_back());
  EXPECT_EQ(last[piece - 1], 1);
}

TEST(FreedHeapTest, WhatIsUsedIsNoReasonToLookAgainAndAgain) {
  FreedHeap heap(all / 4);
  heap.give_back();
  Pieces used(pieces);
  for (auto& one : used) {
    one = std::make_unique<char[]>(piece);
    std::memset(one.get(), 1, piece);
  }
  EXPECT_TRUE(heap.give_back());
  EXPECT_FALSE(heap.give_back());
  for (const auto& one : used) EXPECT_EQ(one[piece - 1], 1);
}

}  // namespace
}  // namespace vanthu
