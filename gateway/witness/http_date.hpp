// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>

#include "gateway/base/clock.hpp"

namespace vanthu::witness {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7, the preferred form alone).
std::optional<Time> parse_http_date(const std::string& text);

}  // namespace vanthu::witness
