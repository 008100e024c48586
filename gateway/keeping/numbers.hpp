// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

/// Record numbers as events, lists and people write them: "1-5,8,10-12".
namespace vanthu::keeping {

using Numbers = std::vector<std::uint64_t>;  ///< rising, each once

/// Sorts, and leaves each in once.
Numbers sorted(Numbers numbers);
std::string to_ranges(const Numbers& numbers);
/// @param most  more numbers than that are refused
/// @par Errors  bad_arguments: no list, a zero, a range that falls
Result<Numbers> parse_ranges(std::string_view text, std::size_t most);

}  // namespace vanthu::keeping
