// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/number_runs.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "gateway/imap/sequence_set.hpp"

namespace vanthu::imap {
namespace {

/// Against a number at a time.
TEST(NumberRuns, RememberWhatANumberAtATimeWould) {
  std::mt19937 random(4);
  NumberRuns<char> runs;
  std::map<std::uint32_t, char> plain;
  for (int step = 0; step < 30'000; ++step) {
    const auto number = static_cast<std::uint32_t>(1 + random() % 60);
    const char mark = "abc"[random() % 3];
    switch (random() % 12) {
      case 0: {
        runs.expunged(number);
        std::map<std::uint32_t, char> moved;
        for (const auto& [at, was] : plain)
          if (at != number) moved[at > number ? at - 1 : at] = was;
        plain = std::move(moved);
        break;
      }
      case 1:
        if (random() % 4 == 0) {
          runs.erase(mark);
          std::erase_if(plain, [&](const auto& one) { return one.second == mark; });
        }
        break;
      case 2: {
        const auto most = static_cast<std::uint32_t>(random() % 9);
        const std::string set = runs.change('a', 'b', most);
        std::vector<std::uint32_t> expected;
        for (auto& [at, was] : plain)
          if (was == 'a' && expected.size() < most) {
            expected.push_back(at);
            was = 'b';
          }
        ASSERT_EQ(set.empty(), expected.empty());
        if (!set.empty()) {
          ASSERT_EQ(numbers_of(set, 100), expected) << set;
        }
        break;
      }
      default:
        runs.set(number, mark);
        plain[number] = mark;
    }
    std::size_t expected_runs = 0;
    char before = 0;
    for (std::uint32_t at = 1; at <= 62; ++at) {
      const auto one = plain.find(at);
      ASSERT_EQ(runs.at(at), one == plain.end() ? std::nullopt : std::optional(one->second)) << step << ": " << at;
      const char here = one == plain.end() ? '\0' : one->second;
      if (here != 0 && here != before) ++expected_runs;
      before = here;
    }
    ASSERT_EQ(runs.size(), expected_runs) << step << ": neighbours marked alike are one run";
    for (const char one : {'a', 'b', 'c'})
      ASSERT_EQ(runs.has(one), std::any_of(plain.begin(), plain.end(), [&](const auto& x) { return x.second == one; }));
  }
}

}  // namespace
}  // namespace vanthu::imap
