// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What SEARCH and SORT read of a header's words: its date, and its subject without what replies put before it.
namespace vanthu::reading_room {

/// The day that a Date field names where it was written, ISO; nothing: it names none (RFC 5322 §3.3, with the obsolete
/// two-digit years).
std::optional<std::string> sent_day(std::string_view date);
/// The moment, seconds since 1970.
std::optional<std::int64_t> sent_seconds(std::string_view date);
/// RFC 5256 §2.1 as far as "Re:", "Fwd:" and "[…]" go.
/// @param reply  set where one of the former, or "(fwd)", was there
std::string base_subject(std::string_view subject, bool& reply);

}  // namespace vanthu::reading_room
