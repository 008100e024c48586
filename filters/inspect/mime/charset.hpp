// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/notes.hpp"

namespace vanthu::inspect {

/// Octets of a named character set as NFC UTF-8; what cannot be read becomes U+FFFD. Empty: nobody knows the name.
std::optional<std::string> to_utf8(std::string_view octets, std::string_view charset);

/// The ways in which a mail program could read a text, the likeliest first, all NFC UTF-8: by a byte order mark, by
/// the label, as UTF-8, as windows-1258. More than one only when the octets leave room for it.
/// @param charset  label, lower case, may be empty
/// @par Notes  mime.unknown-charset, mime.charset-mismatch
std::vector<std::string> text_readings(std::string_view octets, std::string_view charset, Notes& notes);

/// A header text for people: encoded words (RFC 2047) decoded also where they split a character, raw octets read as
/// UTF-8 or else windows-1258; NFC.
std::string header_text(std::string_view value);

/// A parameter's or encoded word's octets for people.
std::string display_text(std::string_view octets, std::string_view charset);

}  // namespace vanthu::inspect
