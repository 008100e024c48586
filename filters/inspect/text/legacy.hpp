// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/text/legacy_font.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// Text of old fonts, read as Latin-1, brought to Unicode by the tables of conf/tables (not by iconv, whose TCVN takes
/// Word's dashes for capitals). What is no letter of the encoding stays.
std::string from_legacy(std::string_view utf8, Legacy encoding);

/// What a font of an old encoding draws for a run of text.
std::string drawn_by(std::string_view utf8, const LegacyFont& font);

/// Whether a text holds letters that only Unicode has.
bool has_unicode_letters(std::string_view utf8);

struct LegacyText {
  Lines lines;
  std::string_view how;  ///< "tcvn3", "vni", "vps", "viscii" by statistics, "fonts" by the names of fonts
};

/// Text of old fonts: what the names of the fonts tell (Line::by_font), else recognized by its syllables: what becomes
/// Vietnamese under one decoder, and under no other, is it. Text that holds letters only Unicode has is never
/// converted: that would turn right words into other right words. TCVN3 keeps capitals in the font's name alone, which
/// is lost here: lines that are markings, titles or names of bodies when written in capitals are written so.
/// @return empty for all other text; else the likeliest reading first: fonts may be told wrongly, so what their names
///         give is followed by what the syllables of all lines give, where that is another one
std::vector<LegacyText> read_legacy(const Lines& lines);

}  // namespace vanthu::inspect
