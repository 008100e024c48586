// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

#include "admin/command.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::admin {

/// Asks a running gateway to run a command and waits for its answer as long as it takes.
/// @par Errors  not_found: nobody listens there; refused: the socket may not be opened; bad_arguments: the request is
///              beyond the limits; store_failed: the gateway went away
Result<Answer> ask_gateway(const std::filesystem::path& socket, const Command& command, const Request& request);

/// Octets for a row that takes them, read while they are sent: they are never in our memory as a whole.
struct Streamed {
  std::uint64_t octets = 0;
  /// Hands out exactly so many, in pieces, and ends with the first error that a piece gets.
  std::function<Result<Done>(const std::function<Result<Done>(std::string_view)>& piece)> read{};
};
/// @par Errors  as above; those of `read`: the gateway has got no whole message and has done nothing
Result<Answer> ask_gateway(const std::filesystem::path& socket, const Command& command, const Request& request,
                           const Streamed& streamed);

}  // namespace vanthu::admin
