// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace vanthu {

/// What was asked for last, up to so many: for what costs a lot to make and is asked for again soon. When it is full,
/// what was not asked for the longest goes, whatever its key: of two who walk through the same, each at its place,
/// neither takes away what the other needs next. Making room looks at all of them. One thread at a time.
template <class Key, class Value>
class Recent {
 public:
  explicit Recent(std::size_t most) : most_(most) {}

  /// @return null: it is not there; else valid until something is put or erased
  const Value* find(const Key& key) {
    const auto known = kept_.find(key);
    if (known == kept_.end()) return nullptr;
    known->second.used = ++asked_;
    return &known->second.value;
  }
  /// In the place of what has that key.
  const Value& put(const Key& key, Value value) {
    if (kept_.size() >= most_ && !kept_.contains(key))
      kept_.erase(std::min_element(kept_.begin(), kept_.end(), [](const auto& one, const auto& other) {
        return one.second.used < other.second.used;
      }));
    return kept_.insert_or_assign(key, Kept{std::move(value), ++asked_}).first->second.value;
  }
  void erase(const Key& key) { kept_.erase(key); }
  void clear() { kept_.clear(); }

 private:
  struct Kept {
    Value value;
    std::uint64_t used;
  };
  const std::size_t most_;
  std::map<Key, Kept> kept_;
  std::uint64_t asked_ = 0;
};

}  // namespace vanthu
