// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <span>
#include <string_view>

namespace vanthu {

/// How many letters must be put in, taken out or changed to make one of the other (Levenshtein).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known word that is nearest to a wrong one. `known` is not empty.
std::string_view nearest(std::span<const std::string_view> known, std::string_view wrong);

}  // namespace vanthu
