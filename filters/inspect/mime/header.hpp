// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/notes.hpp"

namespace vanthu::inspect {

struct Field {
  std::string name;    ///< lower case
  std::string value;   ///< unfolded (RFC 5322 §2.2.3), outer white space removed; octets as they came
  std::size_t at = 0;  ///< where it begins in the octets that were read
};

struct Header {
  std::vector<Field> fields;  ///< in order
  std::size_t body = 0;       ///< where the body begins in the octets that were read

  /// The first field of that (lower case) name; null when there is none.
  const Field* first(std::string_view name) const;
  std::size_t count(std::string_view name) const;
};

/// Reads the header block of a message or body part: fields up to the first empty line (RFC 5322 §2.2), or up to the
/// end. Whatever is no field is noted and passed over, so a reader more patient than we sees no field that we miss.
/// @param octets  lines end in CRLF
/// @par Notes  mime.bad-header, mime.header-too-big, header.not-utf8
Header read_header(std::string_view octets, Notes& notes);

/// Notes fields that may stand only once (RFC 5322 §3.6, RFC 2045 §3) and stand twice.
/// @param message  whether this is a message's header (author fields count) or a body part's
void note_repetitions(const Header& header, bool message, Notes& notes);

}  // namespace vanthu::inspect
