// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

#include "gateway/base/rate.hpp"

namespace vanthu::guard {

using Clock = std::chrono::steady_clock;

/// One rate for very many keys, in memory of a fixed size. A key costs sixteen octets: the moment at which its bucket
/// would be empty again (the generic cell rate algorithm; ITU-T I.371 §6.2). Keys lie in sets of eight by a keyed hash.
///
/// When a set is full the key that owes least makes room; a key that is at its limit never does. So a flood of new keys
/// cannot wash away the memory of who is limited; at worst newcomers of that set share one bucket among them. Any
/// thread.
class RateTable {
 public:
  /// @param entries  rounded up to a power of two, from 16
  RateTable(Rate rate, std::size_t entries);

  struct Answer {
    bool allowed = true;
    std::chrono::seconds wait{0};  ///< of a refusal: until it would be allowed, rounded up
  };
  /// Counts `cost` when it is allowed. A cost above the whole rate is allowed to a key that owes nothing.
  Answer take(std::uint64_t key, std::uint64_t cost, Clock::time_point now);
  /// Whether one more would be allowed. Counts nothing.
  Answer look(std::uint64_t key, Clock::time_point now) const;
  /// Counts in any case: what is known only afterwards.
  void charge(std::uint64_t key, std::uint64_t cost, Clock::time_point now);
  void forget(std::uint64_t key);
  const Rate& rate() const { return rate_; }

 private:
  static constexpr std::size_t ways = 8;
  struct Entry {
    std::uint64_t key = 0;
    Clock::time_point empty{};  ///< the bucket is empty from then on
  };
  struct Set {
    std::array<Entry, ways> entries;
    Entry rest;  ///< shared by those who found no room
  };
  Clock::duration cost_of(std::uint64_t cost) const;
  Answer judge(Clock::time_point empty, std::uint64_t cost, Clock::time_point now) const;
  Entry& entry(std::uint64_t key, Clock::time_point now);
  const Entry* find(std::uint64_t key) const;

  Rate rate_;
  mutable std::mutex mutex_;
  std::vector<Set> sets_;
};

}  // namespace vanthu::guard
