// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "admin/command.hpp"

/// The whole table: what the CLI understands, its help, and what the control socket dispatches on.
namespace vanthu::admin {

const std::vector<Command>& all_commands();

/// Null when there is no such row.
const Command* find_command(std::string_view noun, std::string_view verb);

/// The row that the words begin with ("archive search …", "who …"), and how many words name it.
struct Named {
  const Command* command = nullptr;  ///< null: none
  std::size_t words = 0;
};
Named named_by(const std::vector<std::string>& words);

/// The row that people know: the one itself, or the one that asks for it in their stead.
const Command& known_as(const Command& command);

/// "archive search" for "archive serch": the row whose noun and verb are nearest.
std::string nearest_command(std::string_view words);

/// "archive search [--symbol S] …"
std::string usage_of(const Command& command);
/// All rows; of one noun; of one row.
std::string help();
std::string help_on(std::string_view noun);
std::string help_on(const Command& command);

}  // namespace vanthu::admin
