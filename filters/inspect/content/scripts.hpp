// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

namespace vanthu::inspect {

/// Texts that a double click runs, installs or follows, by what they say, not by their names: scripts, settings, short
/// cuts, tables that start programs. UTF-16 with a mark in front too. Empty: none. Says no when in doubt, because
/// letters about scripts are letters.
std::string_view script_type(std::string_view octets);

/// Begins like HTML, for programs that look at nothing else.
bool begins_like_html(std::string_view octets);

/// The first place of a tag (it begins with '<') in text or anywhere in other octets, in small or capital letters;
/// npos.
std::size_t find_tag(std::string_view octets, std::string_view tag);

}  // namespace vanthu::inspect
