// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <atomic>
#include <cstddef>

namespace vanthu {

/// The pages of a mapped file that this process holds. They are the page cache's and cost nobody anything, but they are
/// counted as the process's memory, and whoever goes through a file of some gigabytes would hold all of it.
class MappedPages {
 public:
  /// Of the file's first mapping. A file that is not mapped has no pages.
  /// @param most  octets that the process may hold of all its files before this one's go back; 0: they never do
  MappedPages(int descriptor, std::size_t most);

  /// Somebody went to a row. Now and then, where the process holds too much, the pages are given back. What points at
  /// them stays valid: they are mapped again when they are read.
  void used() const noexcept {
    if (most_ != 0 && used_.fetch_add(1, std::memory_order_relaxed) % looked_every == 0) bound();
  }

 private:
  static constexpr unsigned looked_every = 1024;  // a look costs as much as some hundred rows; each may bring 64 KiB
  void bound() const noexcept;
  const std::size_t most_;
  void* begin_ = nullptr;
  std::size_t octets_ = 0;
  mutable std::atomic<unsigned> used_ = 1;
};

}  // namespace vanthu
