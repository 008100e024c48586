// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/base/route.hpp"
#include "gateway/mail/carriage.hpp"
#include "gateway/relay/capabilities.hpp"
#include "gateway/spool/queue.hpp"

namespace vanthu::relay {

/// How a connection is protected.
struct Security {
  bool tls = false;
  bool verified = false;  ///< the hop is who we think it is: CA and name, a pinned key, DANE, or MTA-STS
  bool same_machine = false;
};

/// One SMTP transaction as a hop with these capabilities can be told it. Pure.
struct Transaction {
  std::string commands;                   ///< MAIL and each RCPT, CRLF behind each
  std::vector<std::uint32_t> recipients;  ///< in the order of the RCPTs; empty: nothing is to be sent
  bool bdat = false;                      ///< CHUNKING instead of DATA
  /// Header lines before the octets: the trace, and before it the record's number where all of it goes to mailboxes of
  /// ours, to whom alone it means something.
  std::string before;
};

/// What this hop cannot carry is refused by rule, before anything is sent: 5.3.4 bigger than it takes (RFC 1870 §6.1),
/// 5.7.30 REQUIRETLS without a verified hop that promises it (RFC 8689 §4.2.1), 5.6.7 UTF-8 in an address and 5.6.9
/// UTF-8 in the header without SMTPUTF8 (RFC 6531 §3.7.1), 5.6.3 8-bit or binary octets without 8BITMIME or
/// BINARYMIME: a body is never converted.
/// @param recipients  indices into deliveries
/// @param refused     gets an outcome for each recipient that is not in the transaction
Transaction plan(const spool::Payload& payload, const std::vector<std::uint32_t>& recipients,
                 const Capabilities& capabilities, const Route& route, const Security& security,
                 std::vector<spool::Outcome>& refused);

/// The same rules, for an edge that asks before there is a message.
mail::Carriage carriage(const Capabilities& capabilities, const Route& route, const Security& security);

/// RFC 3461 §4: printable ASCII less "+" and "=", the rest as "+" and two hexadecimal digits.
std::string xtext(std::string_view text);

/// The value of ORCPT for "rfc822;a@b" or "utf-8;…" (RFC 3461 §4.2, RFC 6533 §3); empty for what has no type.
std::string orcpt(std::string_view original);

/// Octets as DATA wants them: a dot at the start of a line is doubled (RFC 5321 §4.5.2). Gives views into the octets
/// one after the other; each doubled dot begins a piece and the dot put before it is a piece of its own. Looks at each
/// octet once.
class DotStuffed {
 public:
  explicit DotStuffed(std::string_view octets) : rest_(octets) {}
  /// Empty: that was all.
  std::string_view next();

 private:
  std::string_view rest_;
  bool line_start_ = true;
  bool doubled_ = false;  // the dot at the front of rest_ was given its companion
};

}  // namespace vanthu::relay
