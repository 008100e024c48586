// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

/// How a person answers a question of ours by mail: the words and the address. Pure.
namespace vanthu::intake {

/// What stands behind the '+' of the address that an answer goes to: "TOKEN", "TOKEN.yes" or "TOKEN.no".
struct Slip {
  std::string token;        ///< 32 hexadecimal digits, lower case: 128 random bits
  std::optional<bool> yes;  ///< what the address itself says; nothing: the letter says it
  friend bool operator==(const Slip&, const Slip&) = default;
};
/// Case does not matter: mail programs change it. Nothing: this is none.
std::optional<Slip> read_slip(std::string_view tag);

/// What a line says that begins with ĐỒNG Ý, GỬI, OK, YES, or with KHÔNG, HỦY, NO; marks and case do not matter.
/// Nothing: neither.
std::optional<bool> read_answer(std::string_view line);
/// A subject without what mail programs put before it ("Re:", "TL:").
std::string_view without_reply_mark(std::string_view subject);

/// A new token.
std::string new_token();
/// What is kept of it.
std::string digest_of(std::string_view token);

}  // namespace vanthu::intake
