// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "directory/acts.hpp"

namespace vanthu::directory {

/// Rows of a table as text.
struct RowList {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  bool more = false;  ///< beyond limits::listed_rows
};

/// @param key    rows whose keys begin so; none: all
/// @param at     only rows in force that day
/// @param actor  only what is theirs to see
/// @par Errors  bad_arguments: a word that no key can have
Result<RowList> rows_of(const Directory& directory, TableId table, const KeyWords& key, std::optional<Date> at,
                        const Actor& actor);

/// The changes of a subject, newest first, at most `most`: of a unit its versions, events, posts and mailboxes; of a
/// person their row, posts, roles; of an address its mailbox, alias, memberships and delegations; of a group its row
/// and members. No subject: whole changes.
std::vector<HistoryEntry> history_of(const Directory& directory, std::string_view noun, std::string_view subject,
                                     std::size_t most, const Actor& actor);

/// A whole table as a file of the import folder, RFC 4180, rows in the order of their keys.
/// @param file  "units.csv"
/// @par Errors  bad_arguments: no file of that name, naming those there are
Result<std::string> export_file(const Directory& directory, std::string_view file);

}  // namespace vanthu::directory
