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
  mail::Envelope::Return ret = mail::Envelope::Return::unsaid;  ///< RFC 3461 §4.3
  std::string envid;                                            ///< RFC 3461 §4.4, xtext taken off
  bool require_tls = false;                                     ///< RFC 8689
  std::optional<int> priority;                                  ///< RFC 6710, as asked for
  bool per_recipient = false;                                   ///< draft-hall-prdr: a reply for each after the octets
};
struct Rcpt {
  mail::Mailbox forward_path;                  ///< domain empty: <Postmaster> (RFC 5321 §4.1.1.3)
  std::uint8_t notify = mail::Notify::unsaid;  ///< flags of mail::Notify (RFC 3461 §4.1)
  std::string orcpt;                           ///< "rfc822;a@b" (RFC 3461 §4.2), decoded; or empty
  bool utf8 = false;                           ///< the line holds octets beyond ASCII: needs SMTPUTF8
};
struct Bdat {
  std::uint64_t octets = 0;  ///< that follow the line, at most limits::chunk_octets
  bool last = false;
};
/// What a named host says of its client in our stead (Postfix's XCLIENT). Nothing: not said; empty: not known.
struct XClient {
  std::optional<std::string> name, address, port, protocol, helo, login, destination_address, destination_port;
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
using Command = std::variant<Ehlo, Mail, Rcpt, Auth, Data, Bdat, Rset, Noop, Quit, StartTls, Vrfy, Help, XClient>;

/// Where a verb is allowed: flags of one table row.
enum Allowed : std::uint8_t {
  before_greeting = 1,  ///< before EHLO
  in_transaction = 2,   ///< after MAIL, before any octets
  outside_transaction = 4,
  before_auth = 8,  ///< on a submission port, before AUTH has succeeded
  before_tls = 16,  ///< on a submission port, in clear
  in_chunks = 32,   ///< between the first BDAT and the last (RFC 3030 §2)
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
