// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"

namespace vanthu::limits {
inline constexpr std::size_t outline_octets = 4U << 20;    // of the answer; a message with more has none
inline constexpr std::size_t outline_fields = 10'000;      // of one header; what follows is in the octets alone
inline constexpr std::size_t outline_text_octets = 16384;  // kept of one field's text, for who searches
inline constexpr std::size_t outline_addresses = 20'000;   // of one message
inline constexpr std::size_t outline_parameters = 200;     // of one field
}  // namespace vanthu::limits

/// How a message is built, for who serves its pieces: where each piece lies in its octets, and what IMAP calls ENVELOPE
/// and BODYSTRUCTURE (RFC 9051 §7.5.2). Made by the sandboxed inspector; the reader of it cuts and parses nothing.
namespace vanthu::inspect {

/// As written, not decoded. A group begins with `mailbox` (its name) and no host, and ends with neither.
struct OutlineAddress {
  std::optional<std::string> name, route, mailbox, host;
  friend bool operator==(const OutlineAddress&, const OutlineAddress&) = default;
};

/// Unfolded, as written, not decoded.
struct OutlineEnvelope {
  std::optional<std::string> date, subject;
  std::vector<OutlineAddress> from, sender, reply_to, to, cc, bcc;  ///< sender and reply_to as written, maybe empty
  std::optional<std::string> in_reply_to, message_id;
  friend bool operator==(const OutlineEnvelope&, const OutlineEnvelope&) = default;
};

struct OutlineField {
  std::string name;                  ///< lower case
  std::uint64_t begin = 0, end = 0;  ///< with its line end; offsets in the message
  std::string text;                  ///< decoded, NFC
  friend bool operator==(const OutlineField&, const OutlineField&) = default;
};

using OutlineParameters = std::vector<std::pair<std::string, std::string>>;

struct OutlinePart {
  std::string type, subtype;  ///< as written; "text" and "plain" where nothing usable is
  OutlineParameters parameters;
  std::optional<std::string> id, description, encoding, md5, disposition, location;
  OutlineParameters disposition_parameters;
  std::vector<std::string> languages;
  std::uint64_t header = 0, body = 0, end = 0;  ///< offsets in the message: header..body..end
  std::uint64_t lines = 0;                      ///< of the body
  bool multipart = false;                       ///< `parts` are its parts, at least one
  std::optional<OutlineEnvelope> envelope;      ///< it is a message: `parts` has one, the message's own body
  std::vector<OutlineField> fields;             ///< of that message's header, without their texts
  std::vector<OutlinePart> parts;
  friend bool operator==(const OutlinePart&, const OutlinePart&) = default;
};

struct Outline {
  std::vector<OutlineField> fields;  ///< of the message's header
  OutlineEnvelope envelope;
  OutlinePart root;  ///< its header is the message's
  friend bool operator==(const Outline&, const Outline&) = default;
};

std::string to_answer(const Outline& outline);
/// @param octets  of the message: no piece lies beyond them
/// @par Errors  corrupt: not whole, or pieces that do not lie in one another
Result<Outline> parse_outline(std::string_view answer, std::uint64_t octets);

}  // namespace vanthu::inspect
