// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/edit.hpp"

namespace vanthu::directory {

std::string hand_key(TableId table, std::string_view key) {
  return std::string(1, static_cast<char>('A' + static_cast<int>(table))).append(key);
}

std::string encode(const HandMark& mark) { return std::string(mark.had ? "+" : "-").append(mark.base); }

HandMark hand_mark_from(std::string_view stored) {
  return {stored.starts_with('+'), stored.empty() ? std::string_view() : stored.substr(1)};
}

}  // namespace vanthu::directory
