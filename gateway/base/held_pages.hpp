// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>

namespace vanthu {

/// Octets of memory that this process holds; zeros where the system does not say.
struct HeldPages {
  std::size_t own = 0;     ///< heap and stacks
  std::size_t mapped = 0;  ///< of files
};

/// From proc(5), /proc/self/statm; some microseconds.
HeldPages held_pages() noexcept;

}  // namespace vanthu
