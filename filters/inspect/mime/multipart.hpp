// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>
#include <vector>

#include "filters/inspect/notes.hpp"

namespace vanthu::inspect {

/// A multipart body in pieces; all point into the octets that were split.
struct Multipart {
  std::vector<std::string_view> parts;    ///< header and body of each
  std::vector<std::string_view> margins;  ///< what no mail program shows: preamble, epilogue, what stands between
};

/// 1 to 70 octets of RFC 2046 §5.1.1's bchars, no blank at the end.
bool valid_boundary(std::string_view boundary);

/// Splits a multipart body at the lines that are exactly its delimiters (RFC 2046 §5.1.1).
/// @param body  lines end in CRLF
/// @par Notes  mime.ambiguous-boundary for a line that only begins like a delimiter; mime.part-after-end;
/// mime.missing-terminator
Multipart split_multipart(std::string_view body, std::string_view boundary, Notes& notes);

}  // namespace vanthu::inspect
