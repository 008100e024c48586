// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/difference.hpp"

#include "directory/tables.hpp"

namespace vanthu::directory {

std::vector<FieldChange> field_changes(std::string_view name, std::string_view before, std::string_view after) {
  std::vector<FieldChange> changes;
  for (const TableSpec& table : tables()) {
    if (name != table.name && name != table.file) continue;
    const Row old(before);
    const Row now(after);
    for (std::size_t c = 0; c < table.columns.size(); ++c)
      if (old[c] != now[c]) changes.push_back({table.columns[c].name, old.str(c), now.str(c)});
  }
  return changes;
}

}  // namespace vanthu::directory
