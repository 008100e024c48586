// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/group_posts.hpp"

#include <algorithm>

#include "filters/policy/parties.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::addressing {
namespace {
using filters::say;

/// Whether an address, an alias of it or a position's mailbox that the login holds is the sender's.
bool is_senders(const Grounds& grounds, const Way& way, const std::string& address) {
  if (address == way.login.address || (way.sender && address == way.sender->address)) return true;
  return grounds.directory.may_send_as(way.login, address, way.today).allowed;
}

bool holds_position(const Grounds& grounds, const Way& way, const std::string& title) {
  const std::string key = text::match_key(title);
  if (way.sender && way.sender->kind == directory::Mailbox::Kind::position &&
      text::match_key(way.sender->position) == key)
    return true;
  if (way.login.person.empty()) return false;
  const auto posts = grounds.directory.assignments(way.login.person);
  return std::any_of(posts.begin(), posts.end(), [&](const directory::Assignment& post) {
    return post.valid.covers(way.today) && text::match_key(post.position) == key;
  });
}

bool in_unit(const Grounds& grounds, const Way& way, const std::string& unit) {
  filters::Context context;
  context.directory = &grounds.directory;
  return (way.sender && filters::within(context, way.sender->unit, {unit})) ||
         filters::within(context, way.login.unit, {unit});
}
}  // namespace

std::vector<std::string> listed_words(const std::string& list) {
  std::vector<std::string> words;
  for (std::string_view rest = list; !rest.empty();) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    std::string_view word = rest.substr(0, end);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    if (!word.empty()) words.emplace_back(word);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return words;
}

PostRight may_post(const Grounds& grounds, const directory::Group& group, const Way& way) {
  const filters::Language language = grounds.book.language;
  const std::vector<std::string> moderators = listed_words(group.moderators);
  PostRight right;
  right.moderator = std::any_of(moderators.begin(), moderators.end(),
                                [&](const std::string& one) { return is_senders(grounds, way, one); });
  const std::vector<std::string> words = listed_words(group.may_post);
  right.allowed = words.empty();
  std::size_t named = 0;
  const auto name = [&](const std::string& who) {
    if (++named <= limits::named_successors) right.who += (right.who.empty() ? "" : ", ") + filters::shown(who);
  };
  for (const std::string& word : words) {
    if (word == "members") {
      const auto& members = way.resolution->targets;
      const bool member = std::any_of(members.begin(), members.end(), [&](const auto& target) {
        return target.mailbox.address == way.login.address ||
               (way.sender && target.mailbox.address == way.sender->address);
      });
      right.allowed = right.allowed || member;
      name(say(language, "thành viên của nhóm", "the group's members"));
    } else if (word == "moderators") {
      right.allowed = right.allowed || right.moderator;
      name(say(language, "người điều hành nhóm", "the group's moderators"));
    } else if (word.starts_with("unit:")) {
      const std::string id = word.substr(5);
      right.allowed = right.allowed || in_unit(grounds, way, id);
      const auto unit = grounds.directory.unit(id);
      name(unit ? unit->name : id);
    } else if (word.starts_with("position:")) {
      const std::string title = word.substr(9);
      right.allowed = right.allowed || holds_position(grounds, way, title);
      name(title);
    } else {
      right.allowed = right.allowed || is_senders(grounds, way, text::ascii_lower(word));
      name(word);
    }
  }
  if (named > limits::named_successors)
    right.who += say(language, " và ", " and ") + std::to_string(named - limits::named_successors) +
                 say(language, " nơi khác", " more");
  return right;
}

}  // namespace vanthu::addressing
