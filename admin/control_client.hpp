// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>

#include "admin/command.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::admin {

/// Asks a running gateway to run a command and waits for its answer as long as it takes.
/// @par Errors  not_found: nobody listens there; refused: the socket may not be opened; bad_arguments: the request is
///              beyond the limits; store_failed: the gateway went away
Result<Answer> ask_gateway(const std::filesystem::path& socket, const Command& command, const Request& request);

}  // namespace vanthu::admin
