// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "gateway/base/clock.hpp"

namespace vanthu::spool {

/// Whose turn comes when. `stamp` is what the share bears as long as this turn counts: a turn that was overtaken stays
/// behind and is passed over.
struct Turn {
  Time at{};
  std::uint32_t share = 0;
  std::uint32_t stamp = 0;
};

/// Turns by time, equal ones in the order in which they came: a heap from which nothing is taken but its first, so that
/// 16 octets an entry are enough.
class Schedule {
 public:
  void push(const Turn& turn) {
    if (turns_.size() == turns_.capacity()) turns_.reserve(turns_.size() + turns_.size() / 8 + 16);
    turns_.push_back(turn);
    std::push_heap(turns_.begin(), turns_.end(), later);
  }
  /// The first turn that `counts`, or null.
  template <class Counts>
  const Turn* front(const Counts& counts) {
    while (!turns_.empty() && !counts(turns_.front())) pop();
    return turns_.empty() ? nullptr : &turns_.front();
  }
  void pop() {
    std::pop_heap(turns_.begin(), turns_.end(), later);
    turns_.pop_back();
    if (turns_.capacity() > 64 && turns_.size() < turns_.capacity() / 4) turns_.shrink_to_fit();
  }
  /// Lets go of turns that do not count, once they are most of it: at most `live` do.
  template <class Counts>
  void tidy(std::size_t live, const Counts& counts) {
    if (turns_.size() <= 2 * live + 64) return;
    std::erase_if(turns_, [&](const Turn& turn) { return !counts(turn); });
    turns_.shrink_to_fit();
    std::make_heap(turns_.begin(), turns_.end(), later);
  }

 private:
  static bool later(const Turn& a, const Turn& b) {
    return a.at != b.at ? a.at > b.at : static_cast<std::int32_t>(a.stamp - b.stamp) > 0;
  }
  std::vector<Turn> turns_;
};

}  // namespace vanthu::spool
