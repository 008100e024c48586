// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <compare>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace vanthu::mail {

/// An address (RFC 5321 §2.3.11). `local_part` as given (NFC), `domain` in lower-case A-labels or an address literal.
struct Mailbox {
  std::string local_part;
  std::string domain;
  friend auto operator<=>(const Mailbox&, const Mailbox&) = default;
};

/// Reads local-part@domain: dot-string only, no quoted string, no source route, no '%', '!', '|', '/', no "=?" and no
/// controls; UTF-8 beyond ASCII only where `utf8` says so (RFC 6531), and then nothing that is invisible or that
/// normalizes to an ASCII sign. A domain is taken as U-labels or A-labels, in any case and normal form.
/// @par Errors  bad_mailbox
Result<Mailbox> parse_mailbox(std::string_view text, bool utf8);

/// local-part@domain
std::string format(const Mailbox& mailbox);

/// Lower case, for comparing and as a key: our local-parts know no case.
std::string key(const Mailbox& mailbox);
/// The same of an address as text; what is none is its own key.
std::string key(const std::string& address);

}  // namespace vanthu::mail
