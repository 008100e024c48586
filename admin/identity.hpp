// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>

#include "admin/command.hpp"

namespace vanthu::admin {

/// Who a request is from when it brings a login: the password is checked against the directory, and the person's roles
/// of today say what they may do. An administrator may do everything; a unit administrator may look at and change what
/// belongs to the subtrees of their units; an archivist reads the archive within their scope and, unless it is of some
/// classes only, keeps its files; an auditor looks at proofs and at the audit log. Nobody does anything else. Fills in
/// actor, everywhere, units, sights and mailrooms.
/// @return why it is refused; nothing: go on
std::optional<Answer> identify(const Office& office, const Command& command, Request& request);
/// Whether who asks for one thing, and is known, might ask for another one, too.
bool may_run(const Office& office, const Command& command, const Request& request);

}  // namespace vanthu::admin
