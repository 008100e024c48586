// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/mail/mailbox.hpp"

namespace vanthu::mail {

struct Envelope {
  std::optional<Mailbox> reverse_path;  ///< empty: the null reverse-path of a DSN (RFC 5321 §4.5.5)
  std::vector<Mailbox> forward_paths;   ///< in the order of RCPT, as the client named them, no duplicates
  enum class Body : std::uint8_t { seven_bit, eight_bit } body = Body::seven_bit;  ///< RFC 6152 §2
  bool utf8 = false;                                                               ///< SMTPUTF8 (RFC 6531)
};

enum class Direction : std::uint8_t { in, out };  ///< in: from outside, not authenticated; out: from one of our users

}  // namespace vanthu::mail
