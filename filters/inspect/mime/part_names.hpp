// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "filters/inspect/mime/parameters.hpp"

namespace vanthu::inspect {

/// Adds a name once.
void add_name(std::vector<std::string>& names, std::string name);

/// What a mail program could call a part: Content-Disposition's filename first, then Content-Type's name. Some decode
/// RFC 2047 in parameters, which no standard allows.
std::vector<std::string> part_names(const Structured& disposition, const Structured& type);

}  // namespace vanthu::inspect
