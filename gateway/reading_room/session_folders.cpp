// SPDX-License-Identifier: GPL-3.0-or-later
// What a session says of folders: their names, LIST, LSUB, STATUS; which records are seen in them.
#include <algorithm>

#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"
#include "gateway/reading_room/names.hpp"
#include "gateway/reading_room/session.hpp"
#include "gateway/shelves/book.hpp"

namespace vanthu::reading_room {
namespace {
using imap::Command;
using imap::take_astring;
using imap::take_space;
}  // namespace

std::string Session::utf8_name(std::string_view wire) const {
  std::string name(wire);
  if (!utf8_ && text::is_ascii(wire)) name = from_mutf7(wire).value_or(name);
  if (text::ascii_iequals(name, "INBOX")) return "INBOX";
  return text::nfc(name);
}

std::string Session::wire_name(std::string_view name) const {
  if (!utf8_) return string_of(to_mutf7(name));
  return imap::quoted_string(name).value_or("\"-\"");
}

bool Session::covered(const shelves::Model& model, std::uint32_t audience) {
  if (audience == 0 || model.making() != making_) return false;
  if (audience >= seen_.size()) seen_.resize(audience + 1, Seen::unasked);
  Seen& seen = seen_[audience];
  if (seen == Seen::unasked) {
    const shelves::Audience* who = model.audience(audience);
    if (who == nullptr || !sights_->cover(who->record_class, who->units))
      seen = Seen::no;
    else
      seen = untold(*who).empty() ? Seen::yes : Seen::not_in_all_folders;
  }
  return seen != Seen::no;
}

bool Session::visible(const shelves::Model& model, std::uint32_t record) {
  if (!covered(model, model.card(record).audience)) return false;
  const auto& hidden = sights_->withheld();
  return hidden.empty() || !std::binary_search(hidden.begin(), hidden.end(), std::uint64_t{record});
}

/// Units that have what is seen by blind copies of which the reader is not told.
std::vector<std::string> Session::untold(const shelves::Audience& who) const {
  return archive::untold(who.blind, [&](const std::string& unit) { return sights_->cover(who.record_class, {unit}); });
}

/// In the folder of a unit that the reader is not told to have it, it does not stand for them; and in which files a
/// unit keeps it, and what it holds, is that unit's own to know.
bool Session::covered(const shelves::Model& model, const shelves::Folder& folder, std::uint32_t audience) {
  const bool own = folder.key.starts_with(shelves::root::file) || folder.key.starts_with(shelves::root::hold);
  if (audience != 0 && !covered(model, audience)) return false;
  if (audience != 0 && !own && seen_[audience] == Seen::yes) return true;  // the rule: asked of each of a million
  const std::string unit(shelves::unit_of_folder(folder.key));
  // Of what went before we were started nobody knows the class: it is theirs who read all that the unit keeps.
  if (audience == 0) return own && sights_->cover("", {unit});
  const shelves::Audience& who = *model.audience(audience);
  if (own) return sights_->cover(who.record_class, {unit});
  const auto hidden = untold(who);
  return std::find(hidden.begin(), hidden.end(), unit) == hidden.end();
}

bool Session::visible(const shelves::Model& model, const shelves::Folder& folder, std::uint32_t record) {
  return visible(model, record) && covered(model, folder, model.card(record).audience);
}

bool Session::still_visible(std::uint32_t record) {
  return record == 0 || library_.shelves.look([&](const shelves::Model& model) { return visible(model, record); });
}

const std::vector<Node>& Session::tree() {
  const auto searches = library_.store.saved(guest_.login);
  std::string of = std::to_string(generation_);
  for (const SavedSearch& one : searches) of += '\n' + one.name;
  library_.shelves.look([&](const shelves::Model& model) {
    of += '\n' + std::to_string(model.version());
    if (of == tree_of_ || model.making() != making_) return;
    tree_ = folder_tree(model, library_.directory, searches, [&](const shelves::Folder& folder, std::uint32_t record) {
      return visible(model, folder, record);
    });
    tree_of_ = std::move(of);
  });
  return tree_;
}

const Node* Session::find(std::string_view wire) {
  const std::string name = utf8_name(wire);
  for (const Node& node : tree())
    if (node.name == name) return &node;
  return nullptr;
}

std::string Session::mailbox_id(const Node& node) const {
  if (node.kind == Node::Kind::shelf) return "S" + std::to_string(node.shelf);
  return node.kind == Node::Kind::inbox ? "I1" : "Q" + hex(sha256(node.saved)).substr(0, 24);
}

void Session::tell_node(std::string_view word, const Node& node, const ListRequest& request, bool match,
                        bool child_match) {
  std::string attributes;
  const auto add = [&](std::string_view one) { attributes += (attributes.empty() ? "" : " ") + std::string(one); };
  if (node.kind == Node::Kind::none) add("\\Noselect");
  add(node.children ? "\\HasChildren" : "\\HasNoChildren");
  if (node.special) add("\\Archive");
  if (request.return_subscribed || request.select_subscribed) add("\\Subscribed");
  std::string line = "* " + std::string(word) + " (" + attributes + ") \"/\" " + wire_name(node.name);
  if (child_match && !match) line += R"( ("CHILDINFO" ("SUBSCRIBED")))";
  say(line);
}

void Session::list(const Command& command) {
  const auto request = parse_list(command.arguments);
  if (!request) return wrong(request.error());
  if (!request->extended && request->patterns.front().empty()) {
    say(R"(* LIST (\Noselect) "/" "")");
    return answer("OK listed");
  }
  for (const Node& node : tree()) {
    const bool match = std::any_of(request->patterns.begin(), request->patterns.end(), [&](const std::string& pattern) {
      const std::string wanted = utf8_name(request->reference + pattern);
      return fits(wanted, node.name) || (node.name == "INBOX" && text::ascii_iequals(wanted, "inbox"));
    });
    if (!match || (request->select_special && !node.special)) continue;
    tell_node("LIST", node, *request, true, false);
    if (!request->status.empty() && node.kind != Node::Kind::none)
      if (const std::string line = status_line(node, request->status); !line.empty()) say(line);
  }
  answer("OK listed");
}

void Session::lsub(const Command& command) {
  const auto request = parse_list(command.arguments);
  if (!request || request->extended) return bad(tag_, "LSUB wants a reference and a pattern");
  const std::string wanted = utf8_name(request->reference + request->patterns.front());
  for (const Node& node : tree())
    if (fits(wanted, node.name)) tell_node("LSUB", node, {}, true, false);
  answer("OK listed");
}

std::string Session::status_line(const Node& node, const std::vector<std::string>& items) {
  const auto opened = open(node);
  if (!opened) return {};
  std::string list;
  for (const std::string& item : items) {
    std::string value;
    if (item == "MESSAGES") {
      value = std::to_string(opened->messages.size());
    } else if (item == "UIDNEXT") {
      value = std::to_string(opened->next);
    } else if (item == "UIDVALIDITY") {
      value = std::to_string(opened->validity);
    } else if (item == "UNSEEN" || item == "RECENT" || item == "DELETED" || item == "DELETED-STORAGE") {
      value = "0";
    } else if (item == "HIGHESTMODSEQ") {
      value = std::to_string(opened->modseq);
      condstore_ = true;
    } else if (item == "MAILBOXID") {
      value = '(' + mailbox_id(node) + ')';
    } else if (item == "SIZE") {
      std::uint64_t octets = 0;
      library_.shelves.look([&](const shelves::Model& model) {
        for (const shelves::Placement& one : opened->messages)
          octets += one.record == 0 ? notice_.size() : model.card(one.record).octets;
      });
      value = std::to_string(octets);
    } else {
      return {};
    }
    list += (list.empty() ? "" : " ") + item + ' ' + value;
  }
  return "* STATUS " + wire_name(node.name) + " (" + list + ')';
}

void Session::status(const Command& command) {
  std::string_view rest = command.arguments;
  const auto name = take_astring(rest);
  const auto items = name && take_space(rest) ? take_words(rest) : std::nullopt;
  if (!items || items->empty() || !rest.empty()) return bad(tag_, "STATUS wants a folder and a list of items");
  const Node* node = find(*name);
  if (node == nullptr || node->kind == Node::Kind::none) return no_such_folder();
  const std::string line = status_line(*node, *items);
  if (line.empty() && made_anew()) return not_ready();
  if (line.empty()) return bad(tag_, "STATUS of what?");
  say(line);
  answer("OK so it is");
}

/// Ids of folders and of who may see them mean others by now: the next command ends the session.
bool Session::made_anew() const {
  return library_.shelves.look([&](const shelves::Model& model) { return model.making() != making_; });
}

void Session::not_ready() {
  answer("NO [UNAVAILABLE] " + both("the archive's folders were made anew", "Các thư mục lưu trữ vừa được dựng lại"));
}

void Session::no_such_folder() { answer("NO [NONEXISTENT] " + both("no such folder", "Không có thư mục này")); }

}  // namespace vanthu::reading_room
