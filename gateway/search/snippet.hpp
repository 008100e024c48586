// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/search/index.hpp"

namespace vanthu::search {

/// The stretch of a text that has the most of the words looked for, those marked; without any of them, its beginning.
/// @param lights  Plan::lights
/// @return limits::snippet_words words at most; what is left out at an end is "…"
std::vector<Piece> snippet_of(std::string_view text, const std::map<std::string, Plan::Light>& lights);

}  // namespace vanthu::search
