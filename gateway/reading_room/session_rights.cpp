// SPDX-License-Identifier: GPL-3.0-or-later
// Rights as mail programs know them (RFC 4314): one looks folders up and reads, and nobody changes that. Programs that
// ask (Thunderbird) say by it that nothing can be deleted, before somebody tries.
#include <algorithm>

#include "gateway/reading_room/names.hpp"
#include "gateway/reading_room/session.hpp"

namespace vanthu::reading_room {
namespace {
using imap::Command;
using imap::take_astring;
using imap::take_space;

std::string_view rights_in(const Node& node) { return node.kind == Node::Kind::none ? "l" : "lr"; }
}  // namespace

/// MYRIGHTS, GETACL and LISTRIGHTS; of others nothing is said.
void Session::rights(const Command& command) {
  std::string_view rest = command.arguments;
  const bool listed = command.verb == "LISTRIGHTS";
  const auto name = take_astring(rest);
  const auto who = name && listed && take_space(rest) ? take_astring(rest) : std::nullopt;
  if (!name || (listed && !who) || !rest.empty())
    return bad(tag_, command.verb + (listed ? " wants a folder and a name" : " wants a folder"));
  const Node* node = find(*name);
  if (node == nullptr) return answer("NO [NONEXISTENT] " + both("no such folder", "Không có thư mục này"));
  const std::string folder = wire_name(node->name), rights(rights_in(*node));
  if (command.verb == "MYRIGHTS") say("* MYRIGHTS " + folder + ' ' + rights);
  if (command.verb == "GETACL") say("* ACL " + folder + ' ' + string_of(guest_.login) + ' ' + rights);
  if (listed) say("* LISTRIGHTS " + folder + ' ' + string_of(*who) + ' ' + (*who == guest_.login ? rights : "\"\""));
  answer("OK " + both("the archive is read, not changed", "Kho lưu trữ chỉ để đọc"));
}

}  // namespace vanthu::reading_room
