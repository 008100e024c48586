// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "gateway/smtp/command.hpp"

namespace vanthu::smtp {

/// What EHLO lists behind XCLIENT.
inline constexpr std::string_view xclient_attributes = "NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT";

/// "ADDR=203.0.113.9 HELO=mail.example …": values in xtext; [UNAVAILABLE] and [TEMPUNAVAIL] give an empty value.
/// Addresses come out as text without "IPV6:", checked; a name, HELO and login have no octet that needs quoting.
/// @par Errors  bad_arguments
Result<Command> parse_xclient(std::string_view arguments);

}  // namespace vanthu::smtp
