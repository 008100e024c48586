// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <functional>
#include <string>

#include "admin/command.hpp"
#include "admin/words.hpp"
#include "directory/directory.hpp"
#include "gateway/base/clock.hpp"

/// What every command on the directory begins with.
namespace vanthu::admin {

/// Its words by its row's grammar, the directory, the day.
struct Call {
  const Command* command;
  Words words;
  directory::Directory* directory;
  const Config* config;
  Date at;  ///< --at, or today
  const std::string& operand() const { return words.operands.front(); }
};

/// Calls `act` once everything is in place; answers what is missing otherwise.
/// @param least, most  operands
Answer with(const char* noun, const char* verb, Office& office, const Request& request, std::size_t least,
            std::size_t most, const std::function<Answer(const Call&)>& act);

/// Who asks, and what of the directory is theirs.
directory::Actor actor_of(const Request& request);

Answer not_imported();

/// An error of the directory as an answer: the words were right, the directory says no (65, not 64).
Answer refused_by_directory(const Error& error);

}  // namespace vanthu::admin
