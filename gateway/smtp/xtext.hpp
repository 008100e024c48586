// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace vanthu::smtp {

/// xtext (RFC 3461 §4): printable ASCII without '+' and '=', or "+" and two upper-case hexadecimal digits. What comes
/// out is printable ASCII too: nothing that could start a line or a field of its own anywhere later.
/// @par Errors  bad_arguments
Result<std::string> decode_xtext(std::string_view text);

/// utf-8-addr-xtext and utf-8-addr-unitext (RFC 6533 §3): ASCII as in xtext, "\x{1EC7}", or UTF-8 as it stands. UTF-8
/// comes out, without controls.
/// @par Errors  bad_arguments
Result<std::string> decode_utf8_address(std::string_view text);

}  // namespace vanthu::smtp
