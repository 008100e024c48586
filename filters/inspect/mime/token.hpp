// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

namespace vanthu::inspect {

inline constexpr std::string_view tspecials = "()<>@,;:\\\"/[]?=";  // RFC 2045 §5.1

/// White space of a field's value, its folds among it.
constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// RFC 2045 §5.1, and 8-bit octets, which mail programs do send.
constexpr bool is_token(char c) {
  return static_cast<unsigned char>(c) > 0x20 && c != 0x7F && tspecials.find(c) == std::string_view::npos;
}

}  // namespace vanthu::inspect
