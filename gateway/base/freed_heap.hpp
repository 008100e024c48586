// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>

namespace vanthu {

/// What was freed and stays in this process's heap: after great work the arena of every thread that took part in it
/// keeps what it once took, some hundred MiB that nobody uses. One thread at a time.
class FreedHeap {
 public:
  /// @param step  octets by which the heap may grow between two times that it is gone through
  explicit FreedHeap(std::size_t step) : step_(step) {}

  /// To be called now and then: once the heap has grown by a step, whole pages of it that are free go back to the
  /// system.
  /// @return whether it had grown
  bool give_back();

 private:
  const std::size_t step_;
  std::size_t left_ = 0;
};

}  // namespace vanthu
