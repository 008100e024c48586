// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/text/legacy_font.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

struct Html {
  struct FontMark {
    std::size_t at = 0;  ///< octet of `text` from which on it is printed in that font
    Font font;
  };
  std::string text;   ///< UTF-8; a block element or table cell begins a new line
  std::string drawn;  ///< the same as fonts of old encodings draw it; empty: the page names none
  std::vector<FontMark> fonts;
};

/// The words of an HTML text, as a patient browser would show them: tags gone, entities decoded, styles and scripts
/// left out. Never fails; linear in the length.
Html read_html(std::string_view utf8);

/// Its lines, each with the font of its first letters and with what its fonts draw.
Lines lines_of(const Html& html);

/// A text with its entities decoded, tags and all else left alone.
std::string without_entities(std::string_view html);

}  // namespace vanthu::inspect
