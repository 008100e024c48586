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
  explicit MappedPages(int descriptor);

  /// Somebody went to a row. Now and then: where the process holds more than limits::mapped_octets of all its files,
  /// this one's are given back. What points at them stays valid: they are mapped again when they are read.
  void used() const noexcept {
    if (used_.fetch_add(1, std::memory_order_relaxed) % looked_every == 0) bound();
  }

 private:
  static constexpr unsigned looked_every = 4096;
  void bound() const noexcept;
  void* begin_ = nullptr;
  std::size_t octets_ = 0;
  mutable std::atomic<unsigned> used_ = 1;
};

}  // namespace vanthu
