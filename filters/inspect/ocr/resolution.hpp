// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace vanthu::inspect {

inline constexpr double wanted_dpi = 200;   // what the reader of letters is best at
inline constexpr double most_dots = 5.0e6;  // of one sheet: a time for reading that we can afford

}  // namespace vanthu::inspect
