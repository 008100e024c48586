// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "filters/inspect/text/legacy_font.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// From that character on, counted in units of UTF-16, a text is printed in that font. Runs come in their order.
struct FontRun {
  std::size_t at = 0;
  Font font;
};

/// Adds a text that binary formats keep apart from the runs of its fonts. A line end (CR, LF, VT) begins a new row;
/// `row` is the last one afterwards.
void add_styled(Lines& lines, std::string_view utf8, const Font& font, const std::vector<FontRun>& runs, Zone zone,
                std::uint32_t& row);

}  // namespace vanthu::inspect
