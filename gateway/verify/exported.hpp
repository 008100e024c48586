// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "keys.hpp"

namespace verify {

/// Every file of a bag, every record's proof, and the manifest's own; under the keys that were given, not those in the
/// bag. Prints what was seen; throws Stop where something was wrong.
/// @param authorities  PEM that time stamps beside records are checked with; none: their tokens are not looked at,
/// which is said
int check_exported(const std::filesystem::path& folder, const Keys& keys,
                   const std::optional<std::string>& authorities);

}  // namespace verify
