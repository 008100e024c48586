// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "admin/people.hpp"
#include "gateway/base/text.hpp"

/// who: finds people and says what they may do.
namespace vanthu::admin {
namespace {
using directory::Directory;
using directory::Resolution;

/// By id, address, or name; a name without marks finds all that are spelt so with marks, part of a name the rest.
std::vector<directory::Person> find_people(const Directory& directory, const std::string& wanted, Date at) {
  if (const auto person = directory.person(wanted)) return {*person};
  if (wanted.find('@') != std::string::npos) {
    const Resolution found = directory.resolve(wanted, at);
    if (found.kind == Resolution::Kind::mailbox && !found.targets.empty() && !found.targets.front().holder.empty())
      if (const auto person = directory.person(found.targets.front().holder)) return {*person};
    const auto mailbox = directory.mailbox(wanted);
    const auto person = mailbox ? directory.person(mailbox->person) : std::nullopt;
    return person ? std::vector<directory::Person>{*person} : std::vector<directory::Person>{};
  }
  const std::string exact = text::match_key(wanted);
  const std::string bare = text::fold(wanted);
  std::vector<directory::Person> same;
  std::vector<directory::Person> alike;
  std::vector<directory::Person> part;
  for (const auto& person : directory.people()) {
    if (text::match_key(person.name) == exact)
      same.push_back(person);
    else if (const std::string folded = text::fold(person.name); folded == bare)
      alike.push_back(person);
    else if (!bare.empty() && (' ' + folded + ' ').find(' ' + bare + ' ') != std::string::npos)
      part.push_back(person);
  }
  return !same.empty() ? same : !alike.empty() ? alike : part;
}

Answer who(Office& office, const Request& request) {
  return with("who", "", office, request, 1, 20, [](const Call& call) -> Answer {
    if (call.directory->generation() == 0) return not_imported();
    std::string wanted;
    for (const std::string& one : call.words.operands) wanted += (wanted.empty() ? "" : " ") + one;
    return people_answer(call, find_people(*call.directory, wanted, call.at), wanted);
  });
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto who_rows = std::to_array<Command>({
    {"who", "", "PERSON [--at DATE] [--json]", "posts, mailboxes and rights of a person: id, name or address",
     Where::office, Takes::nothing, who},
});
}  // namespace

std::span<const Command> who_commands() { return who_rows; }

}  // namespace vanthu::admin
