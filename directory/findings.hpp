// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::directory {

/// What is wrong and what is odd, up to the bounds limits::import_faults and limits::import_notes; the rest is counted.
class Findings {
 public:
  /// @param line  0: the whole file, or a row that was not read from a file
  void fault(std::string_view file, std::size_t line, const std::string& what);
  void note(std::string_view file, std::size_t line, const std::string& what);
  void add(const Findings& more);
  bool clean() const { return faults.empty(); }

  std::vector<std::string> faults;  ///< "file:line: what is wrong, what to do"
  std::vector<std::string> notes;
  std::size_t more_faults = 0, more_notes = 0;  ///< beyond the bounds
};

/// " (did you mean 'x'?)" for the nearest of some words, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace vanthu::directory
