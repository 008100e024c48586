// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>

#include "keys.hpp"

namespace verify {

/// Every file of a bag, every record's proof, and the manifest's own; under the keys that were given, not those in the
/// bag. Prints what was seen; throws Stop where something was wrong.
int check_exported(const std::filesystem::path& folder, const Keys& keys);

}  // namespace verify
