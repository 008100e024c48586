// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace vanthu {

/// RFC 4648 §4, padded, no line breaks.
std::string base64_encode(std::string_view octets);
/// Strict: alphabet, padding and length must be right, unused bits zero; "" gives "". Nothing for anything else.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace vanthu
