// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/directory_call.hpp"

#include <sysexits.h>

#include "admin/commands.hpp"

namespace vanthu::admin {

Answer with(const char* noun, const char* verb, Office& office, const Request& request, std::size_t least,
            std::size_t most, const std::function<Answer(const Call&)>& act) {
  const Command& row = *find_command(noun, verb);
  auto words = read_words(row.arguments, request.words);
  if (!words) return wrong_usage(row, words.error().detail);
  if (words->operands.size() < least || words->operands.size() > most)
    return wrong_usage(row, words->operands.size() < least ? "a word is missing" : "too many words");
  Date at = day_of(now());
  if (const auto text = words->value("at")) {
    const auto date = read_date(*text);
    if (!date) return wrong_usage(row, date.error().detail);
    at = *date;
  }
  if (office.directory == nullptr || office.config == nullptr)
    return {EX_UNAVAILABLE, "", "the directory is not open; the reason stands above or in the gateway's log\n"};
  return act(Call{&row, *std::move(words), office.directory, office.config, at});
}

directory::Actor actor_of(const Request& request) { return {request.actor, request.everywhere, request.units}; }

Answer not_imported() {
  return {EX_UNAVAILABLE, "", "the directory is empty: import a folder first (vanthu directory import DIR)\n"};
}

Answer refused_by_directory(const Error& error) {
  Answer refused = failed(error);
  if (refused.exit == EX_USAGE) refused.exit = EX_DATAERR;
  return refused;
}

}  // namespace vanthu::admin
