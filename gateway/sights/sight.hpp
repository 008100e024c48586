// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

namespace vanthu::sights {

/// A part of the archive.
struct Sight {
  std::string unit{};                  ///< sent or received by its subtree and what became part of that; empty: all
  std::vector<std::string> classes{};  ///< record classes; empty: all
};

}  // namespace vanthu::sights
