// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How a person answers a question of ours by mail: the words and the address. Pure.
namespace vanthu::intake {

/// What stands behind the '+' of the address that an answer goes to: "TOKEN", "TOKEN.yes" or "TOKEN.no"; of a slip for
/// a receiving mailroom "vaoso.12.UNIT", or without the unit where the address would be too long.
struct Slip {
  std::string token;         ///< 32 hexadecimal digits, lower case: 128 random bits
  std::optional<bool> yes;   ///< what the address itself says; nothing: the letter says it
  std::uint64_t record = 0;  ///< of a slip for a mailroom; 0: it answers a question, by its token
  std::string unit{};        ///< of such a slip; empty: the one whose mailroom the sender serves
  friend bool operator==(const Slip&, const Slip&) = default;
};
/// Case does not matter: mail programs change it. Nothing: this is none.
std::optional<Slip> read_slip(std::string_view tag);

/// What a line says that begins with ĐỒNG Ý, GỬI, OK, YES, or with KHÔNG, HỦY, NO; marks and case do not matter.
/// Nothing: neither.
std::optional<bool> read_answer(std::string_view line);
/// The tag of a slip; it names nothing that has to be kept secret: who may answer is asked of the directory.
std::string registration_tag(std::uint64_t record, const std::string& unit, std::size_t most);

/// What a receiving mailroom answers in the first line of its letter.
struct Registration {
  enum class Act : std::uint8_t { enter, refuse } act = Act::enter;
  std::uint32_t number = 0;  ///< of enter: that the register is said to come to; 0: whatever comes next
  std::string cause{};       ///< of refuse, as registers::causes
  std::string reason{};      ///< of refuse, in its own words
  friend bool operator==(const Registration&, const Registration&) = default;
};
/// "VÀO SỔ", "TIẾP NHẬN", "REGISTER"; "SỐ ĐẾN 15", "NUMBER 15"; "TỪ CHỐI: nhầm nơi nhận", "REFUSE: …"; marks and case
/// do not matter. Nothing: none of them.
std::optional<Registration> read_registration(std::string_view line);
/// A subject without what mail programs put before it ("Re:", "TL:").
std::string_view without_reply_mark(std::string_view subject);

/// A new token.
std::string new_token();
/// What is kept of it.
std::string digest_of(std::string_view token);

}  // namespace vanthu::intake
