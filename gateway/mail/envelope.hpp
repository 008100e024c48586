// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/mail/mailbox.hpp"

namespace vanthu::mail {

/// When the sender wants to hear of a recipient (RFC 3461 §4.1): flags, or `unsaid`, which means failure and delay.
enum Notify : std::uint8_t { unsaid = 0, never = 1, on_success = 2, on_failure = 4, on_delay = 8 };

struct Envelope {
  std::optional<Mailbox> reverse_path;  ///< empty: the null reverse-path of a DSN (RFC 5321 §4.5.5)
  std::vector<Mailbox> forward_paths;   ///< in the order of RCPT, as the client named them, no duplicates
  enum class Body : std::uint8_t { seven_bit, eight_bit, binary } body = Body::seven_bit;  ///< RFC 6152 §2, RFC 3030 §3
  bool utf8 = false;                                                                       ///< SMTPUTF8 (RFC 6531)
  std::string envid;  ///< RFC 3461 §4.4, xtext taken off; empty: none
  enum class Return : std::uint8_t { unsaid, full, headers } ret = Return::unsaid;  ///< RFC 3461 §4.3
  bool require_tls = false;   ///< REQUIRETLS (RFC 8689): only over verified TLS to hops that promise the same
  bool tls_optional = false;  ///< "TLS-Required: No" in the header and no REQUIRETLS: tls_required.hpp
  int priority = 0;           ///< MT-PRIORITY (RFC 6710), -9 to 9, what is in force after ceilings and urgency
};

enum class Direction : std::uint8_t {
  in,     ///< from outside, not authenticated
  out,    ///< from one of our users
  append  ///< filed into a mailbox of ours by a mail program (IMAP APPEND): nobody sent it by that
};

}  // namespace vanthu::mail
