// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <set>
#include <span>

#include "directory/edit.hpp"
#include "directory/import_sheet.hpp"
#include "directory/view.hpp"

namespace vanthu::directory {

/// The files of an import, by TableId.
using Sheets = std::array<Sheet, table_count>;

struct CheckGrounds {
  const View& before;    ///< without the edits
  const View& after;     ///< with them, not yet committed
  const Sheets* sheets;  ///< where the rows come from; null: from a command
  const std::set<std::string, std::less<>>& unit_kinds;
  Date today;
};

/// What holds between rows, for each row that was edited and for what leans on it: versions, references, circles,
/// owners; and what is lawful but odd.
void check_edits(const CheckGrounds& grounds, std::span<const Edit> edits, Findings& findings);

/// Whether two mailbox rows mean the same owner: the same person, or the same unit and position. An address never gets
/// another one: what was written to it would reach somebody it was not written to.
bool same_owner(const Row& a, const Row& b);

/// What a key means to a person: "vp, 2020-01-01".
std::string shown_key(std::string_view key);

}  // namespace vanthu::directory
