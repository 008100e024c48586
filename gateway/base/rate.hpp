// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

namespace vanthu {

/// So many things in so long a time; as many at once as in the whole time.
struct Rate {
  std::uint64_t count = 0;
  std::chrono::seconds per{1};
  friend bool operator==(const Rate&, const Rate&) = default;
};
/// "600/minute 6000/hour": one or more of COUNT/second, /minute, /hour, /day, each COUNT from 1 and with k, M or G
/// behind it for 2^10, 2^20, 2^30. "none" gives none.
/// @par Errors  bad_arguments
Result<std::vector<Rate>> parse_rates(std::string_view text);

}  // namespace vanthu
