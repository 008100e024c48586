// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>

namespace vanthu::bench {

/// A message of about so many octets: a plain text in lines of 76 that no two programs find compressible or odd.
std::string text_letter(const std::string& from, const std::string& to, std::size_t octets);
/// The same with a short text and one attachment that fills it up, in base64: a picture by its first octets.
std::string picture_letter(const std::string& from, const std::string& to, std::size_t octets);
/// LF or CRLF to CRLF, dots stuffed (RFC 5321 §4.5.2), CRLF at the end.
std::string for_the_wire(const std::string& text);

}  // namespace vanthu::bench
