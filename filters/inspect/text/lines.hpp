// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::inspect {

enum class Zone : std::uint8_t { body, cell, box, page_header, page_footer };

/// A line of a document as the eye takes it: what stands alone on a row, in a table cell, a text box, a page header.
struct Line {
  std::string text;  ///< NFC UTF-8, white space squeezed, never empty
  Zone zone = Zone::body;
  std::uint32_t row = 0;       ///< lines of one row stand side by side; rows grow down the document
  float begin = 0, end = 0;    ///< where it stands on its row: in characters or points, comparable within a document
  std::uint32_t page = 0;      ///< from 0
  float top = 0, bottom = 0;   ///< points from the page's upper edge; both 0 where the format has no places
  float size = 0;              ///< of the letters, points; 0: not known
  std::string font = {};       ///< its name; empty: not known
  std::string by_font = {};    ///< the text as fonts of old encodings draw it (legacy_font.hpp); empty: there are none
  std::uint8_t certainty = 0;  ///< percent, as OCR tells; 0: not by OCR
  friend bool operator==(const Line&, const Line&) = default;
};
using Lines = std::vector<Line>;

/// Whether begin and end of a line are points on its page, not characters.
inline bool placed(const Line& line) { return line.bottom > line.top; }

/// Cuts one row of text at tabs and wide gaps (three blanks or more) and adds its pieces as lines. Letter-spaced words
/// ("M Ậ T") stay whole. Adds nothing for a row without letters.
void add_row(Lines& lines, std::string_view utf8, Zone zone, std::uint32_t row);

/// Plain text as lines, in reading order.
Lines lines_of(std::string_view utf8);

/// Puts lines that stand side by side in reading order: first all of the left column, then all of the right one.
void unweave(Lines& lines);

/// White space squeezed to single blanks, none outside; U+00A0, tabs, zero-width characters count as such or vanish.
std::string squeezed(std::string_view utf8);

}  // namespace vanthu::inspect
