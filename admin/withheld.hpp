// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <vector>

#include "admin/command.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::admin {

/// What waits for the second word of a purge is shown to nobody, by no way.
/// @par Errors  refused
Result<Done> may_be_shown(const Office& office, std::uint64_t record);
/// All that waits so, rising: for answers of many records.
std::vector<std::uint64_t> withheld(const Office& office);

}  // namespace vanthu::admin
