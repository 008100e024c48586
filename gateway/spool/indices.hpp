// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <bit>
#include <cstdint>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace vanthu::spool {

/// A set of delivery indices in eight octets: up to 62 as bits, higher ones in a set on the heap beside them.
class Indices {
 public:
  Indices() = default;
  Indices(Indices&& other) noexcept : word_(std::exchange(other.word_, inline_mark)) {}
  Indices& operator=(Indices&& other) noexcept {
    if (this != &other) {
      if (!is_inline()) delete heap();
      word_ = std::exchange(other.word_, inline_mark);
    }
    return *this;
  }
  ~Indices() {
    if (!is_inline()) delete heap();
  }

  void insert(std::uint32_t index) {
    if (is_inline() && index < inline_indices) {
      word_ |= bit(index);
      return;
    }
    if (is_inline()) {
      auto all = std::make_unique<std::set<std::uint32_t>>();
      for (const std::uint32_t one : list()) all->insert(one);
      word_ = reinterpret_cast<std::uintptr_t>(all.release());
    }
    heap()->insert(index);
  }
  void erase(std::uint32_t index) {
    if (!is_inline())
      heap()->erase(index);
    else if (index < inline_indices)
      word_ &= ~bit(index);
  }
  bool contains(std::uint32_t index) const {
    if (!is_inline()) return heap()->contains(index);
    return index < inline_indices && (word_ & bit(index)) != 0;
  }
  bool empty() const { return is_inline() ? word_ == inline_mark : heap()->empty(); }
  std::size_t size() const { return is_inline() ? static_cast<std::size_t>(std::popcount(word_)) - 1 : heap()->size(); }
  /// Rising.
  std::vector<std::uint32_t> list() const {
    if (!is_inline()) return {heap()->begin(), heap()->end()};
    std::vector<std::uint32_t> all;
    all.reserve(size());
    for (std::uint64_t left = word_ >> 1; left != 0; left &= left - 1)
      all.push_back(static_cast<std::uint32_t>(std::countr_zero(left)));
    return all;
  }

 private:
  static constexpr std::uint64_t inline_mark = 1;  // no address of a set is odd
  static constexpr std::uint32_t inline_indices = 63;
  static std::uint64_t bit(std::uint32_t index) { return std::uint64_t{1} << (index + 1); }
  bool is_inline() const { return (word_ & inline_mark) != 0; }
  std::set<std::uint32_t>* heap() const {
    return reinterpret_cast<std::set<std::uint32_t>*>(static_cast<std::uintptr_t>(word_));
  }
  std::uint64_t word_ = inline_mark;
};

}  // namespace vanthu::spool
