// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/command.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"

/// A command's words taken apart. The row's `arguments` text is the grammar: "[--at DATE] [--json] ADDRESS" says that
/// --at takes a value and --json none, so the help cannot tell otherwise than the program does.
namespace vanthu::admin {

struct Words {
  std::map<std::string, std::vector<std::string>> options;  ///< "at" -> values; of a switch: one empty value
  std::vector<std::string> operands;

  bool has(const std::string& option) const { return options.contains(option); }
  /// The last value given.
  std::optional<std::string> value(const std::string& option) const {
    const auto found = options.find(option);
    return found == options.end() ? std::nullopt : std::optional(found->second.back());
  }
};

/// `--name value`, `--name=value`, `--switch`, operands in any order, `--` ends the options; `-` is an operand.
/// @par Errors  bad_arguments: an option that the grammar has not (naming those it has), a value missing or too much
Result<Words> read_words(std::string_view grammar, const std::vector<std::string>& words);

/// "2026-11-24" or as people write it, "24/11/2026".
/// @par Errors  bad_arguments
Result<Date> read_date(std::string_view text);

/// A number from 1, in decimal digits.
/// @par Errors  bad_arguments
Result<std::uint64_t> read_number(std::string_view text);

/// "90s", "20m", "4h", "2d".
/// @par Errors  bad_arguments
Result<std::chrono::seconds> read_span(std::string_view text);

/// An error as a command's answer: its words, and the sysexits code that fits its status.
Answer failed(const Error& error);
/// Why nothing can be said of records.
Answer archive_not_open();
/// Exit 64 with the usage of the command, or of the one that asked for it.
Answer wrong_usage(const Command& command, const std::string& why);

}  // namespace vanthu::admin
