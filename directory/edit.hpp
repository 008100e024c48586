// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "directory/tables.hpp"

namespace vanthu::directory {

/// One row that is added (nothing before), changed, or taken away (nothing after).
struct Edit {
  TableId table = TableId::units;
  bool had = false, has = false;        ///< whether there is a row before, after
  std::uint32_t line = 0;               ///< in the file it comes from; 0: from none
  std::string_view key, before, after;  ///< as the store holds them; whoever makes edits keeps the octets
};

/// The key of a row among those of all tables: by_hand and changes_by_row are kept under it.
std::string hand_key(TableId table, std::string_view key);

/// What the import had said of a row that was changed here.
struct HandMark {
  bool had = false;       ///< false: the import knew no such row
  std::string_view base;  ///< its row
};
std::string encode(const HandMark& mark);
HandMark hand_mark_from(std::string_view stored);

}  // namespace vanthu::directory
