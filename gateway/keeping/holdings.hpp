// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/keeping/numbers.hpp"
#include "gateway/keeping/retention.hpp"

namespace vanthu::keeping {

/// What a fonds holds, counted now.
struct Holdings {
  std::uint64_t files = 0, open = 0, handed_over = 0;  ///< handed_over: of `files`
  Numbers records;                                     ///< of its files, rising, each once
  std::uint64_t gone = 0;                              ///< of those, disposed of
  std::string from, to;  ///< ISO days of receipt of the first and the last that is still there; empty: none is
};
/// Looks at every record of the fonds: some microseconds each.
Holdings holdings_of(const Look& look, std::string_view fonds);

}  // namespace vanthu::keeping
