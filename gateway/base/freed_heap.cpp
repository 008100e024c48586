// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/freed_heap.hpp"

#include <malloc.h>

#include <algorithm>

#include "gateway/base/held_pages.hpp"

namespace vanthu {

bool FreedHeap::give_back() {
  const std::size_t now = held_pages().own;
  left_ = std::min(left_, now);
  if (now < left_ + step_) return false;
  ::malloc_trim(0);
  left_ = held_pages().own;
  return true;
}

}  // namespace vanthu
