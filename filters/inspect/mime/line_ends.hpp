// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace vanthu::inspect {

/// Line ends of a message that is no longer, or not yet, in canonical form (RFC 5322 §2.3).
enum class LineEnds { crlf, lf, mixed };
LineEnds line_ends(std::string_view octets);

/// Every CR, LF and CRLF a CRLF.
std::string with_crlf(std::string_view octets);

}  // namespace vanthu::inspect
