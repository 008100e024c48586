// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/clock.hpp"

namespace vanthu::relay {

/// When to look at a destination again for which nothing is due now: one entry a destination. Pure; its owner guards
/// it.
class Alarms {
 public:
  /// @return whether it is the earliest of all now: whoever sleeps must get up sooner
  bool set(const std::string& key, Time at) {
    const auto [entry, fresh] = by_key_.try_emplace(key, at);
    if (!fresh) {
      if (entry->second <= at) return false;
      order_.erase({entry->second, key});
      entry->second = at;
    }
    order_.emplace(at, key);
    return order_.begin()->second == key;
  }

  std::optional<Time> earliest() const {
    if (order_.empty()) return std::nullopt;
    return order_.begin()->first;
  }

  /// Those that are due, taken out.
  std::vector<std::string> take(Time at) {
    std::vector<std::string> keys;
    while (!order_.empty() && order_.begin()->first <= at) {
      keys.push_back(order_.begin()->second);
      by_key_.erase(keys.back());
      order_.erase(order_.begin());
    }
    return keys;
  }

 private:
  std::map<std::string, Time> by_key_;
  std::set<std::pair<Time, std::string>> order_;
};

}  // namespace vanthu::relay
