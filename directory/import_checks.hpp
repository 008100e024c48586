// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <vector>

#include "directory/import_sheet.hpp"
#include "directory/snapshot.hpp"

namespace vanthu::directory {

/// All tables as they would be after the import.
struct Draft {
  std::array<Sheet, table_count> sheets;  ///< by TableId; rows that are kept from before have line 0
  std::vector<Mailbox> by_hand;           ///< mailboxes added here that stay
  std::set<std::string, std::less<>> unit_kinds;
  Sheet& sheet(TableId id) { return sheets.at(static_cast<std::size_t>(id)); }
  const Sheet& sheet(TableId id) const { return sheets.at(static_cast<std::size_t>(id)); }
};

/// What holds between rows and between files: keys, versions, references, circles, owners, and what is lawful but odd.
/// @param before  what is stored now: an address keeps its owner
void check_draft(const Draft& draft, const Snapshot& before, Date today, Findings& findings);

}  // namespace vanthu::directory
