// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "filters/inspect/examination.hpp"

namespace vanthu::inspect {

/// Looks at one object by all means: name, true type, what is inside of it at every depth, its text, the markings and
/// official papers in that text. Adds a Part and whatever is found. Never throws for bad content.
void examine(Examination& examination, const Object& object, std::string_view octets);

/// Looks at what no mail program shows of a multipart: text between the parts. Adds no Part.
void examine_margin(Examination& examination, std::string_view octets, std::string_view path);

}  // namespace vanthu::inspect
