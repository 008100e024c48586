// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>

#include "keys.hpp"

namespace verify {

/// The note that was signed when a volume of a register was closed (gateway/registers/FORMAT.md), and, where they are
/// shown, its lines. Prints what it says; throws Stop where something is wrong.
int check_volume(const std::string& note, const std::optional<std::string>& lines, const Keys& keys);

}  // namespace verify
