// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/guard/rate_table.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace vanthu::guard {

RateTable::RateTable(Rate rate, std::size_t entries)
    : rate_(rate), sets_(std::bit_ceil(std::max<std::size_t>(entries, 2 * ways)) / ways) {}

Clock::duration RateTable::cost_of(std::uint64_t cost) const {
  const auto whole = std::chrono::duration_cast<Clock::duration>(rate_.per);
  const double share = static_cast<double>(cost) / static_cast<double>(rate_.count);
  // A debt of a hundred whole times is as good as any greater one, and stays far from the clock's end.
  return Clock::duration(std::llround(static_cast<double>(whole.count()) * std::min(share, 100.0)));
}

RateTable::Answer RateTable::judge(Clock::time_point empty, std::uint64_t cost, Clock::time_point now) const {
  if (empty <= now) return {};
  const auto over = empty + cost_of(cost) - now - rate_.per;
  if (over <= Clock::duration::zero()) return {};
  // What costs more than the whole rate waits until nothing is owed.
  const auto wait = std::chrono::ceil<std::chrono::seconds>(std::min<Clock::duration>(over, empty - now));
  return {false, std::max(wait, std::chrono::seconds(1))};
}

const RateTable::Entry* RateTable::find(std::uint64_t key) const {
  const Set& set = sets_[(key >> 32) & (sets_.size() - 1)];
  const auto at = std::find_if(set.entries.begin(), set.entries.end(), [&](const Entry& e) { return e.key == key; });
  return at != set.entries.end() ? &*at : nullptr;
}

RateTable::Entry& RateTable::entry(std::uint64_t key, Clock::time_point now) {
  Set& set = sets_[(key >> 32) & (sets_.size() - 1)];
  const auto at = std::find_if(set.entries.begin(), set.entries.end(), [&](const Entry& e) { return e.key == key; });
  if (at != set.entries.end()) return *at;
  const auto least = std::min_element(set.entries.begin(), set.entries.end(),
                                      [](const Entry& a, const Entry& b) { return a.empty < b.empty; });
  if (!judge(least->empty, 1, now).allowed) return set.rest;
  *least = {key, {}};
  return *least;
}

RateTable::Answer RateTable::take(std::uint64_t key, std::uint64_t cost, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  Entry& mine = entry(key, now);
  const Answer answer = judge(mine.empty, cost, now);
  if (answer.allowed) mine.empty = std::max(mine.empty, now) + cost_of(cost);
  return answer;
}

RateTable::Answer RateTable::look(std::uint64_t key, Clock::time_point now) const {
  const std::lock_guard lock(mutex_);
  const Entry* mine = find(key);
  return mine != nullptr ? judge(mine->empty, 1, now) : Answer{};
}

void RateTable::charge(std::uint64_t key, std::uint64_t cost, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  Entry& mine = entry(key, now);
  mine.empty = std::max(mine.empty, now) + cost_of(cost);
}

void RateTable::forget(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  if (const Entry* mine = find(key)) const_cast<Entry*>(mine)->empty = {};
}

}  // namespace vanthu::guard
