// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/notes.hpp"

namespace vanthu::inspect {

/// The extension a desktop would act on: lower case, compatibility forms folded, invisible characters and trailing
/// dots and blanks removed; without the dot. Empty: none.
std::string extension_of(std::string_view name);

/// Whether a desktop runs a file of that extension.
bool executable_extension(std::string_view extension);

/// Notes what the names of one object are up to: directions, invisible signs, blanks that push something out of sight,
/// paths, devices, streams, double extensions, extensions in letters that only look right, two names of two types.
/// @par Notes  name.bidi-override, name.control, name.look-alike, name.double-extension, name.differs, name.too-long
void note_names(const std::vector<std::string>& names, Notes& notes);

/// Cuts UTF-8 at a character's border, at most `octets` long.
std::string cut(std::string_view utf8, std::size_t octets);

/// A name as it may stand in the facts: no control or direction characters, no path, at most file_name_octets.
std::string shown_name(std::string_view name);

}  // namespace vanthu::inspect
