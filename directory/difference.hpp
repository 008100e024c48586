// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::directory {

/// A field of a row that is not what it was.
struct FieldChange {
  std::string column, before, after;
};

/// What changed between two rows as the store holds them (empty: there was or is none); of a row that comes or goes
/// every field that holds something.
/// @param table  its name in the store, or its file's
std::vector<FieldChange> field_changes(std::string_view table, std::string_view before, std::string_view after);

}  // namespace vanthu::directory
