// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "gateway/smtp/command.hpp"

/// What may follow the path in MAIL and RCPT (RFC 5321 §4.1.2 and the extensions), one row of a table each.
namespace vanthu::smtp {

/// Reads " KEY=value KEY …" into the command. A keyword given twice is an error: two readers could take different ones.
/// @par Errors  bad_arguments; 555 5.5.4 for a keyword that is in no row
Result<Done> read_parameters(std::string_view text, Mail& command);
Result<Done> read_parameters(std::string_view text, Rcpt& command);

}  // namespace vanthu::smtp
