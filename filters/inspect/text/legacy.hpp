// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

enum class Legacy : std::uint8_t { tcvn3, vni };

/// Text of old fonts, read as Latin-1, brought to Unicode by the tables of conf/tables (not by iconv, whose TCVN takes
/// Word's dashes for capitals). What is no letter of the encoding stays.
std::string from_legacy(std::string_view utf8, Legacy encoding);

struct LegacyText {
  Lines lines;
  Legacy encoding = Legacy::tcvn3;
};

/// Recognizes text of old fonts by its syllables: what becomes Vietnamese under one decoder, and under no other, is it.
/// Text that holds letters only Unicode has is never converted: that would turn right words into other right words.
/// TCVN3 keeps capitals in the font's name alone, which is lost here: lines that are markings, titles or names of
/// bodies when written in capitals are written so.
/// @return empty for all other text
std::optional<LegacyText> read_legacy(const Lines& lines);

}  // namespace vanthu::inspect
