// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace vanthu::inspect {

/// Whether all letters are capitals, and there is at least one.
bool all_capitals(std::string_view utf8);

/// How many letters there are, and how many of them are capitals.
struct LetterCount {
  std::size_t letters = 0, capitals = 0;
};
LetterCount count_letters(std::string_view utf8);

/// A line for reading: look-alikes of Đ mapped to it, all dashes to '-', full-width and thin blanks squeezed.
std::string plain_line(std::string_view utf8);

/// Number of characters (code points).
std::size_t length(std::string_view utf8);

}  // namespace vanthu::inspect
