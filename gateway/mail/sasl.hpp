// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace vanthu::mail {

/// The PLAIN mechanism's message (RFC 4616 §2): [authzid] NUL authcid NUL password. Each part is UTF-8 of at most 255
/// octets without NUL, CR, LF; authcid and password are not empty.
struct Plain {
  std::string authorization;   ///< whose mailbox; empty: one's own
  std::string authentication;  ///< who logs in
  std::string password;
  friend bool operator==(const Plain&, const Plain&) = default;
};
/// What may stand in one of the three parts.
bool plain_text(std::string_view part);
/// @return the message in base64  @par Errors  bad_arguments; the detail never holds a value
Result<std::string> encode(const Plain& plain);
/// @param message  in base64  @par Errors  bad_arguments; the detail never holds a value
Result<Plain> decode_plain(std::string_view message);

}  // namespace vanthu::mail
