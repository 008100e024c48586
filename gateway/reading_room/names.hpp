// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

/// Folder names on the wire.
namespace vanthu::reading_room {

/// Modified UTF-7 (RFC 3501 §5.1.3), for clients that have not enabled UTF-8.
std::string to_mutf7(std::string_view utf8);
/// @return nothing: it is none
std::optional<std::string> from_mutf7(std::string_view name);

/// A string in quotes, or as a literal where quotes cannot hold it. Octets as they are but for NUL, which no string of
/// IMAP holds.
std::string string_of(std::string_view octets);
/// NIL for nothing.
std::string nstring(const std::optional<std::string>& text);

/// Whether a name fits a LIST pattern: * for anything, % for anything but '/'.
bool fits(std::string_view pattern, std::string_view name);

}  // namespace vanthu::reading_room
