// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace vanthu::mail {

/// SASL PLAIN (RFC 4616): authzid NUL authcid NUL password.
struct Plain {
  std::string authorization;  ///< authzid: whom to act for, or empty
  std::string login;          ///< authcid
  std::string password;
};

/// From the base64 text of the wire. Nothing where base64, the number of NULs, a control character in a name, or a
/// length (255 octets each, RFC 4616 §2) does not fit.
std::optional<Plain> decode_plain(std::string_view base64);
std::string encode_plain(const Plain& plain);

}  // namespace vanthu::mail
