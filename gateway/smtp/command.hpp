// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/base/result.hpp"
#include "gateway/mail/envelope.hpp"

/// SMTP commands: octets in, a value out. No socket, no clock, no state.
namespace vanthu::smtp {

struct Ehlo {
  std::string name;  ///< domain or address literal
  bool extended = true;
};
struct Mail {
  std::optional<mail::Mailbox> reverse_path;
  std::optional<std::uint64_t> size;  ///< RFC 1870
  mail::Envelope::Body body = mail::Envelope::Body::seven_bit;
  bool utf8 = false;
};
struct Rcpt {
  mail::Mailbox forward_path;  ///< domain empty: <Postmaster> (RFC 5321 §4.1.1.3)
};
struct Auth {
  std::string mechanism;               ///< upper case
  std::optional<std::string> initial;  ///< base64; "=" on the wire gives ""
};
struct Data {};
struct Rset {};
struct Noop {};
struct Quit {};
struct StartTls {};
struct Vrfy {};
struct Help {};
using Command = std::variant<Ehlo, Mail, Rcpt, Auth, Data, Rset, Noop, Quit, StartTls, Vrfy, Help>;

/// Where a verb is allowed: flags of one table row.
enum Allowed : std::uint8_t {
  before_greeting = 1,  ///< before EHLO
  in_transaction = 2,   ///< after MAIL
  outside_transaction = 4,
  before_auth = 8,  ///< on a submission port, before AUTH has succeeded
  before_tls = 16,  ///< on a submission port, in clear
};

struct Verb {
  std::string_view name;
  Result<Command> (*parse)(std::string_view arguments);
  std::uint8_t allowed;
};
std::span<const Verb> verbs();
/// The row of a verb, any case; null: not known.
const Verb* find_verb(std::string_view name);

struct Line {
  const Verb* verb = nullptr;
  Command command;
};
/// One line without its CRLF.
/// @par Errors  unknown_command, not_implemented, bad_arguments (the verb is right, what follows is not), bad_mailbox
Result<Line> parse_line(std::string_view line);

/// A name that a client gives in EHLO: domain (underscores tolerated) or address literal, at most 255 octets.
bool is_helo_name(std::string_view name);

}  // namespace vanthu::smtp
