// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <vector>

namespace vanthu::spool {

inline constexpr std::uint32_t none = UINT32_MAX;  ///< no slot, no name

/// Items in numbered slots, in pages: a slot's item never moves, growth copies nothing, and a page whose items are all
/// gone is given back. Low slots are filled first, so that a queue that shrinks empties its high pages.
template <class T>
class Slab {
 public:
  static constexpr std::uint32_t page_items = 1024;

  /// @return the slot of a new T{}
  std::uint32_t insert() {
    if (room_.empty()) {
      room_.insert(static_cast<std::uint32_t>(pages_.size()));
      pages_.emplace_back();
    }
    const std::uint32_t number = *room_.begin();
    auto& page = pages_[number];
    if (!page) page = std::make_unique<Page>();
    std::uint32_t word = 0;
    while (page->used[word] == ~std::uint64_t{0}) ++word;
    const auto bit = static_cast<std::uint32_t>(std::countr_one(page->used[word]));
    page->used[word] |= std::uint64_t{1} << bit;
    if (++page->count == page_items) room_.erase(number);
    ++size_;
    return number * page_items + word * 64 + bit;
  }
  void erase(std::uint32_t slot) {
    const std::uint32_t number = slot / page_items;
    auto& page = pages_[number];
    page->items[slot % page_items] = T{};
    page->used[slot % page_items / 64] &= ~(std::uint64_t{1} << (slot % 64));
    room_.insert(number);
    if (--page->count == 0 && number != 0) page.reset();  // the first stays: a short queue comes and goes in it
    --size_;
  }
  T& operator[](std::uint32_t slot) { return pages_[slot / page_items]->items[slot % page_items]; }
  const T& operator[](std::uint32_t slot) const { return pages_[slot / page_items]->items[slot % page_items]; }
  /// Null when the slot is empty.
  const T* find(std::uint32_t slot) const { return const_cast<Slab*>(this)->find(slot); }
  T* find(std::uint32_t slot) {
    const std::uint32_t number = slot / page_items;
    if (number >= pages_.size() || !pages_[number]) return nullptr;
    Page& page = *pages_[number];
    if ((page.used[slot % page_items / 64] >> (slot % 64) & 1U) == 0) return nullptr;
    return &page.items[slot % page_items];
  }
  std::size_t size() const { return size_; }
  std::size_t pages() const { return pages_.size(); }
  /// Calls visit(slot, item) for the items of one page; the visit may erase.
  template <class Visit>
  void visit(std::size_t number, Visit&& visit_item) {
    for (std::uint32_t i = 0; i < page_items; ++i) {
      const std::uint32_t slot = static_cast<std::uint32_t>(number) * page_items + i;
      if (T* item = find(slot)) visit_item(slot, *item);
    }
  }
  template <class Visit>
  void visit(Visit&& visit_item) {
    for (std::size_t number = 0; number < pages_.size(); ++number) visit(number, visit_item);
  }

 private:
  struct Page {
    std::array<std::uint64_t, page_items / 64> used{};
    std::uint32_t count = 0;
    std::array<T, page_items> items{};
  };
  std::vector<std::unique_ptr<Page>> pages_;
  std::set<std::uint32_t> room_;  // pages that are not full
  std::size_t size_ = 0;
};

}  // namespace vanthu::spool
