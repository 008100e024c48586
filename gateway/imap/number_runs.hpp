// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace vanthu::imap {

/// What is remembered of messages by their sequence numbers, neighbours of one mark together: of ten thousand that were
/// fetched in a row it is one run.
template <class Mark>
class NumberRuns {
 public:
  std::optional<Mark> at(std::uint32_t number) const {
    const auto run = of(number);
    return run == runs_.end() ? std::nullopt : std::optional(run->second.mark);
  }
  void set(std::uint32_t number, Mark mark) {
    if (const auto run = of(number); run != runs_.end()) {
      const auto [last, was] = run->second;
      if (was == mark) return;
      const std::uint32_t first = run->first;
      runs_.erase(run);
      if (first < number) runs_.emplace(first, Run{number - 1, was});
      if (number < last) runs_.emplace(number + 1, Run{last, was});
    }
    join(runs_.emplace(number, Run{number, mark}).first);
  }
  void erase(Mark mark) {
    std::erase_if(runs_, [&](const auto& run) { return run.second.mark == mark; });
  }
  /// The message is gone: those behind it have the number before theirs (RFC 9051 §7.5.1).
  void expunged(std::uint32_t number) {
    std::map<std::uint32_t, Run> moved;
    for (const auto& [first, run] : runs_) {
      const std::uint32_t from = first > number ? first - 1 : first, to = run.last >= number ? run.last - 1 : run.last;
      if (from > to) continue;
      auto before = moved.empty() ? moved.end() : std::prev(moved.end());
      if (before != moved.end() && before->second.last + 1 == from && before->second.mark == run.mark)
        before->second.last = to;
      else
        moved.emplace_hint(moved.end(), from, Run{to, run.mark});
    }
    runs_ = std::move(moved);
  }
  void clear() { runs_.clear(); }
  std::size_t size() const noexcept { return runs_.size(); }  ///< runs
  bool has(Mark mark) const {
    return std::any_of(runs_.begin(), runs_.end(), [&](const auto& run) { return run.second.mark == mark; });
  }
  /// The first of those so marked are marked otherwise.
  /// @param most  of them
  /// @return these, as a sequence-set; empty: there are none
  std::string change(Mark from, Mark to, std::uint32_t most) {
    std::string set;
    std::map<std::uint32_t, std::uint32_t> changed;
    for (const auto& [first, run] : runs_) {
      if (run.mark != from || most == 0) continue;
      const std::uint32_t last = std::min(run.last, first + (most - 1));
      changed.emplace(first, last);
      most -= last - first + 1;
    }
    for (const auto& [first, last] : changed) {
      set += (set.empty() ? "" : ",") + std::to_string(first) + (first == last ? "" : ':' + std::to_string(last));
      const Run whole = runs_.at(first);
      runs_.erase(first);
      if (last < whole.last) runs_.emplace(last + 1, Run{whole.last, whole.mark});
      join(runs_.emplace(first, Run{last, to}).first);
    }
    return set;
  }

 private:
  struct Run {
    std::uint32_t last;
    Mark mark;
  };
  using Runs = std::map<std::uint32_t, Run>;

  typename Runs::const_iterator of(std::uint32_t number) const {
    auto run = runs_.upper_bound(number);
    if (run == runs_.begin() || std::prev(run)->second.last < number) return runs_.end();
    return std::prev(run);
  }
  /// With its neighbours, where they are marked alike.
  void join(typename Runs::iterator run) {
    if (const auto next = std::next(run);
        next != runs_.end() && run->second.last + 1 == next->first && next->second.mark == run->second.mark) {
      run->second.last = next->second.last;
      runs_.erase(next);
    }
    if (run == runs_.begin()) return;
    const auto before = std::prev(run);
    if (before->second.last + 1 != run->first || before->second.mark != run->second.mark) return;
    before->second.last = run->second.last;
    runs_.erase(run);
  }
  Runs runs_;  // by the first number
};

}  // namespace vanthu::imap
