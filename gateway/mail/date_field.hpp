// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What a Date field says (RFC 5322 §3.3, with the obsolete two-digit years). Nothing: it names no day.
namespace vanthu::mail {

/// The day where it was written, ISO.
std::optional<std::string> sent_day(std::string_view date);
/// The moment, seconds since 1970.
std::optional<std::int64_t> sent_seconds(std::string_view date);

}  // namespace vanthu::mail
