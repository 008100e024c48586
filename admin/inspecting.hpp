// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <memory>
#include <string>

#include "filters/inspect/pool.hpp"
#include "gateway/base/config.hpp"

/// What the commands that look into messages by themselves share.
namespace vanthu::admin {

/// One inspector, the gateway's own program in its sandbox.
/// @par Errors  bad_configuration
Result<std::unique_ptr<inspect::Pool>> start_inspector(const Config& config);

/// What a mail program does before it sends a file: every line ends with CRLF. A file that has CRLF already is taken as
/// it is, with whatever is wrong in it.
/// @return whether anything was changed
bool to_crlf(std::string& message);

}  // namespace vanthu::admin
