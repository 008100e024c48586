// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <vector>

#include "filters/inspect/ocr/engine.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// Words as lines: rows from top to bottom, cut where the gap is wide, columns in reading order.
/// @param points  of one dot
/// @param row  of the first line; then behind the last one
void add_rows(std::vector<OcrWord> words, double points, Zone zone, std::uint32_t page, Lines& lines,
              std::uint32_t& row);

}  // namespace vanthu::inspect
