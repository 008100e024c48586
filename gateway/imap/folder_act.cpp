// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/folder_act.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/imap/command.hpp"

namespace vanthu::imap {
namespace {
using Kind = FolderAct::Kind;

struct Row {
  std::string_view verb;
  Kind kind;
  bool uid = false;
};
constexpr auto rows = std::to_array<Row>({
    {"SELECT", Kind::select},
    {"EXAMINE", Kind::examine},
    {"CLOSE", Kind::close},
    {"UNSELECT", Kind::unselect},
    {"EXPUNGE", Kind::expunge},
    {"UID EXPUNGE", Kind::expunge, true},
    {"STORE", Kind::store},
    {"UID STORE", Kind::store, true},
    {"COPY", Kind::copy},
    {"UID COPY", Kind::copy, true},
    {"MOVE", Kind::move},
    {"UID MOVE", Kind::move, true},
    {"CREATE", Kind::create},
    {"DELETE", Kind::remove},
    {"RENAME", Kind::rename},
});

/// sequence-set of RFC 9051 §9, "$" (RFC 5182) among it
std::optional<std::string> take_set(std::string_view& rest) {
  std::size_t length = 0;
  while (length < rest.size() && std::string_view("0123456789*:,$").find(rest[length]) != std::string_view::npos)
    ++length;
  if (length == 0 || (length < rest.size() && rest[length] != ' ')) return std::nullopt;
  std::string set(rest.substr(0, length));
  rest.remove_prefix(length);
  return set;
}

std::optional<std::string> take_folder(std::string_view& rest) {
  auto folder = take_astring(rest);
  if (!folder || folder->empty() || folder->size() > limits::imap_folder_octets) return std::nullopt;
  return folder;
}

/// [(UNCHANGEDSINCE n) SP] [+-]FLAGS[.SILENT] SP flags
bool read_flags(std::string_view rest, FolderAct& act) {
  if (rest.starts_with('(')) {  // a modifier of RFC 4466 holds no parentheses of its own
    const std::size_t end = rest.find(')');
    if (end == std::string_view::npos) return false;
    rest.remove_prefix(end + 1);
    if (!take_space(rest)) return false;
  }
  const std::size_t space = rest.find(' ');
  if (space == std::string_view::npos) return false;
  std::string item = text::ascii_lower(rest.substr(0, space));
  const bool takes_away = item.starts_with('-');
  if (takes_away || item.starts_with('+')) item.erase(0, 1);
  if (item != "flags" && item != "flags.silent") return false;
  const std::string flags = text::ascii_lower(rest.substr(space + 1));
  if (flags.find_first_of("\"{") != std::string::npos) return false;
  for (std::size_t at = flags.find("\\deleted"); at != std::string::npos; at = flags.find("\\deleted", at + 1)) {
    const std::size_t end = at + 8;
    if (end == flags.size() || flags[end] == ' ' || flags[end] == ')') act.deletes = !takes_away;
  }
  return true;
}
}  // namespace

std::optional<std::string> without_literals(std::string_view arguments) {
  std::string text;
  while (!arguments.empty()) {
    if (arguments.front() == '"' || arguments.front() == '{') {
      const std::string_view before = arguments;
      const auto value = take_astring(arguments);
      if (!value) return std::nullopt;
      if (before.front() == '"') {
        text += before.substr(0, before.size() - arguments.size());
      } else {
        const auto quoted = quoted_string(*value);
        if (!quoted) return std::nullopt;
        text += *quoted;
      }
      continue;
    }
    if (arguments.front() == '\r' || arguments.front() == '\n') return std::nullopt;
    text += arguments.front();
    arguments.remove_prefix(1);
  }
  return text;
}

std::optional<FolderAct> parse_folder_act(std::string_view verb, std::string_view arguments) {
  const auto row = std::find_if(rows.begin(), rows.end(), [verb](const Row& one) { return one.verb == verb; });
  if (row == rows.end()) return std::nullopt;
  auto written = without_literals(arguments);
  if (!written) return std::nullopt;
  FolderAct act;
  act.kind = row->kind;
  act.uid = row->uid;
  act.text = std::string(verb) + (written->empty() ? "" : " ") + *written;
  std::string_view rest = *written;
  const auto take_messages = [&] {
    auto set = take_set(rest);
    if (!set) return false;
    act.messages = *std::move(set);
    return true;
  };
  const auto name = [&](std::string& into) {
    auto folder = take_folder(rest);
    if (!folder) return false;
    into = *std::move(folder);
    return true;
  };
  bool right = false;
  switch (act.kind) {
    case Kind::select:
    case Kind::examine:  // what may follow are parameters (CONDSTORE, QRESYNC)
      right = name(act.folder) && (rest.empty() || rest.starts_with(" ("));
      break;
    case Kind::close:
    case Kind::unselect:
      right = rest.empty();
      break;
    case Kind::expunge:
      right = act.uid ? take_messages() && rest.empty() : rest.empty();
      break;
    case Kind::store:
      right = take_messages() && take_space(rest) && read_flags(rest, act);
      break;
    case Kind::copy:
    case Kind::move:
      right = take_messages() && take_space(rest) && name(act.folder) && rest.empty();
      break;
    case Kind::create:  // no (USE (…)) of RFC 6154: nobody chooses which folder is for drafts and so is not archived
    case Kind::remove:
      right = name(act.folder) && rest.empty();
      break;
    case Kind::rename:
      right = name(act.folder) && take_space(rest) && name(act.new_name) && rest.empty();
      break;
  }
  if (!right) return std::nullopt;
  return act;
}

}  // namespace vanthu::imap
