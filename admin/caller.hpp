// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "admin/command.hpp"
#include "gateway/base/config.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/result.hpp"

/// The CLI's side of a command: what is read with the caller's own rights, and where the command then runs.
namespace vanthu::admin {

/// Words, and what `takes` says of files and standard input. A folder's *.csv are named by their file names alone,
/// files as the caller named them; "-" is standard input.
/// @par Errors  not_found: a file or folder cannot be read; bad_arguments: none named, or more octets than
///              limits::control_request_octets
Result<Request> gather(const Command& command, std::vector<std::string> words);

/// Runs the row where it belongs: in this process (caller), in the gateway if one answers, else in this process on the
/// locked data folder.
/// @param patience  how long to wait for somebody who holds the folder and does not answer yet
Answer run(const Config& config, const Command& command, Request request,
           std::chrono::milliseconds patience = limits::office_wait);

/// The password of a login: from $VANTHU_PASSWORD, or asked for on the terminal, not echoed.
/// @par Errors  bad_arguments
Result<std::string> ask_password(const std::string& login);
/// The code of the second factor: from $VANTHU_CODE, or asked for on the terminal; empty where there is none.
std::string ask_code();

/// Started as root, become the account the gateway runs as, so that what we make in the data folder is the gateway's.
/// @par Errors  bad_configuration
Result<Done> become(const std::string& account);

}  // namespace vanthu::admin
