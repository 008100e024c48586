// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/notes.hpp"

namespace vanthu::inspect {

/// A decoded body. When mail programs could disagree, `others` holds what the other ones would get.
struct Decoded {
  std::string octets;
  std::vector<std::string> others;
  /// Base64 with nothing but letters of the alphabet in CRLF lines, but for its last 64 octets.
  bool plain = false;
};

/// RFC 2045 §6.8, as programs do it: skip what is no letter of the alphabet and start anew after padding; or stop at
/// the padding (first choice where something else than base64 follows it, or an empty line); or take padding for one
/// more thing to skip.
/// @par Notes  mime.bad-base64 when the data is not what an encoder writes
Decoded decode_base64(std::string_view text, Notes& notes);

/// RFC 2045 §6.7. White space at the end of a line is transport padding. The others: soft line breaks taken away before
/// escapes are read, damaged escapes left out, blanks at line ends kept.
/// @param is_text  decides how much a loose escape weighs
/// @par Notes  mime.bad-quoted-printable or, for text, mime.loose-quoted-printable
Decoded decode_quoted_printable(std::string_view text, bool is_text, Notes& notes);

/// The Q encoding of an encoded word (RFC 2047 §4.2), underscores already replaced.
std::string decode_quoted_word(std::string_view text);

/// A file written into a text, as old programs did and new ones still show.
struct InlineFile {
  std::string name;
  std::string octets;
  std::string_view method;  ///< "uuencode", "base64", "yenc", "binhex"
};
/// Finds uuencode ("begin 644 name"), "begin-base64", "=ybegin" and BinHex in a text; at most limits::mime_parts.
/// BinHex is named, not decoded.
std::vector<InlineFile> inline_files(std::string_view text);

}  // namespace vanthu::inspect
