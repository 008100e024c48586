// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>

#include "admin/command.hpp"

namespace vanthu::admin {

/// Who a request is from when it brings a login: the password is checked against the directory, and the person's roles
/// of today say what they may do. An administrator may do everything; a unit administrator may look at and change what
/// belongs to the subtrees of their units, and nothing else. Fills in actor, everywhere and units.
/// @return why it is refused; nothing: go on
std::optional<Answer> identify(const Office& office, const Command& command, Request& request);

}  // namespace vanthu::admin
