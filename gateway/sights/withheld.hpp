// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <vector>

#include "gateway/base/result.hpp"

namespace vanthu::keeping {
class Keeper;
}

namespace vanthu::sights {

/// What waits for the second word of a purge is shown to nobody, by no way. Its lines in registers stay, without words
/// (registers::withhold).
/// @param keeper  null: nothing is kept, so nothing waits
/// @par Errors  refused; those of Archive::read(): then nobody knows what waits, and nothing is to be shown
Result<Done> may_be_shown(keeping::Keeper* keeper, std::uint64_t record);
/// All that waits so, rising: for answers of many records.
/// @par Errors  those of Archive::read()
Result<std::vector<std::uint64_t>> withheld(keeping::Keeper* keeper);
/// How many purges were taken back: so often records came to be seen again that were seen by nobody for a time.
/// @par Errors  those of Archive::read()
Result<std::uint64_t> purges_withdrawn(keeping::Keeper* keeper);

}  // namespace vanthu::sights
