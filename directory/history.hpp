// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <span>
#include <string>

#include "directory/edit.hpp"
#include "directory/store.hpp"
#include "directory/view.hpp"

namespace vanthu::directory {

/// Remembers of each row that it was changed here, and what the import had said of it.
Result<Done> mark_by_hand(const Store& store, lmdb::Transaction& transaction, std::span<const Edit> edits);

/// Adds a change to the history: one header, then each row, as long as there are no more than limits::history_rows (a
/// first import is its own record). Of the generation that the transaction holds.
Result<Done> note_change(const Store& store, lmdb::Transaction& transaction, const std::string& act,
                         const std::string& actor, std::span<const Edit> edits);

/// The changes of rows whose keys begin so, newest first, until `visit` returns false.
void changes_of(const View& view, TableId table, std::string_view begin,
                const std::function<bool(const HistoryEntry&)>& visit);
/// All changes, newest first, without their rows.
void all_changes(const View& view, const std::function<bool(const HistoryEntry&)>& visit);

}  // namespace vanthu::directory
