// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

namespace vanthu::text {

/// `text` without those of `blanks` that stand at its ends.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = " \t\r\n") {
  const std::size_t first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace vanthu::text
