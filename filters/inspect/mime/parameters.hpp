// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/notes.hpp"

namespace vanthu::inspect {

/// One parameter, its RFC 2231 pieces joined and percent-decoded.
struct Parameter {
  std::string name;     ///< lower case, without the * of RFC 2231
  std::string value;    ///< octets
  std::string charset;  ///< of the value as RFC 2231 gave it, lower case; empty for an ordinary parameter
  bool loose = false;   ///< had to be guessed: unquoted special characters, an unclosed quote, missing pieces
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// A structured MIME field: Content-Type, Content-Disposition, Content-Transfer-Encoding (RFC 2045 §5.1, RFC 2183).
struct Structured {
  std::string value;  ///< lower case, comments and white space removed: "text/plain", "attachment", "base64"
  std::vector<Parameter> parameters;
  bool loose = false;  ///< something stood there that the grammar does not allow

  const Parameter* first(std::string_view name) const;
  std::size_t count(std::string_view name) const;
};

/// Reads an unfolded field value. Never fails: what the grammar does not allow is read as a patient mail program would
/// and marked loose.
/// @par Notes  mime.duplicate-parameter, mime.bad-header (comments nested too deeply)
Structured read_structured(std::string_view value, Notes& notes);

}  // namespace vanthu::inspect
