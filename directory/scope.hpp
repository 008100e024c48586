// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <span>

#include "directory/edit.hpp"
#include "directory/findings.hpp"
#include "directory/view.hpp"

namespace vanthu::directory {

/// Whether a unit is one of the actor's or below one of them.
bool in_scope(const View& view, const Actor& actor, std::string_view unit, const Day& at);

/// Whether a mailbox is theirs to change and to give passwords: it is in the subtree, and of a person whose posts,
/// delegations and roles all lie there too.
bool may_change_mailbox(const View& view, const Actor& actor, const Row& mailbox, const Day& at);

/// Whether a row is theirs to see: it belongs to a unit of their subtree.
bool row_in_scope(const View& view, const Actor& actor, const Day& at, TableId table, const Row& row);

/// What a unit administrator may change: units below theirs, and what belongs to units of their subtree. Their own unit
/// itself, roles, unit kinds, recipient lines, terms and certificates stay with the administrators of the whole.
void check_scope(const View& before, const View& after, const Actor& actor, const Day& today,
                 std::span<const Edit> edits, Findings& findings);

}  // namespace vanthu::directory
