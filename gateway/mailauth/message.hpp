// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A message as DKIM sees it: header fields as they stand, and a body of octets. No MIME, nothing decoded.
namespace vanthu::mailauth {

struct Field {
  std::string_view raw;            ///< with its name, folded lines and the CRLF at its end
  std::string_view name;           ///< without the white space before the colon
  std::string_view value() const;  ///< after the colon, without the last CRLF
};

struct Message {
  std::vector<Field> fields;  ///< from the top
  std::string_view body;      ///< after the empty line; empty where there is none
};

/// Views into `octets`. Nothing for a header block that is no such thing (a line that is neither a field nor folded, no
/// CRLF) or beyond limits::header_block_octets and limits::header_fields.
std::optional<Message> split(std::string_view octets);

/// The domain of the one mailbox in the one From field (RFC 5322 §3.4), in lower-case A-labels. Nothing where there is
/// not exactly one of each, or where two readers could take it differently: whoever asks gets no domain then, never a
/// guess.
std::optional<std::string> author_domain(const std::vector<Field>& fields);

}  // namespace vanthu::mailauth
