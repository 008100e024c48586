// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/mailbox_rules.hpp"

#include <algorithm>

#include "gateway/base/text.hpp"

namespace vanthu::imap {
namespace {
using filters::MailboxRule;
using Kind = FolderAct::Kind;
using Mode = MailboxRule::Mode;

/// SEARCH key for a command's messages.
std::string key_of(const std::string& messages, bool uid) { return (uid ? "UID " : "") + messages; }
}  // namespace

const MailboxRule* MailboxBook::named(std::string_view name) const {
  if (name.empty()) return nullptr;
  const std::string use = folders_.use_of(name), by_name = folders_.name_use_of(name);
  const auto rule = std::find_if(rules_.begin(), rules_.end(), [&](const MailboxRule* one) {
    return filters::is_folder(one->folder, one->special_use, name, use) ||
           (one->mode != Mode::free && filters::is_folder(one->folder, one->special_use, name, by_name));
  });
  return rule == rules_.end() ? nullptr : *rule;
}

Mode MailboxBook::mode(std::string_view wire) const {
  const MailboxRule* rule = of(wire);
  return rule == nullptr ? Mode::free : rule->mode;
}

MailboxRuling rule_on(const FolderAct& act, std::string_view selected, const MailboxBook& book, bool unselects) {
  const MailboxRule* here = book.of(selected);
  const MailboxRule* there = act.folder.empty() ? nullptr : book.of(act.folder);
  const Mode mode = here == nullptr ? Mode::free : here->mode;
  const Mode target = there == nullptr ? Mode::free : there->mode;
  MailboxRuling ruling;
  ruling.text = act.text;
  const auto refused_by = [&](const MailboxRule* rule, std::string records = {}) {
    ruling.refuses = rule;
    if (!rule->official) return;
    ruling.unless_records = std::move(records);
    ruling.by_number = !act.messages.empty() && !act.uid;
  };
  switch (act.kind) {
    case Kind::select:  // the store itself then keeps the folder as it is, \Seen among it
      if (target == Mode::read_only) ruling.text = "EXAMINE" + act.text.substr(6);
      break;
    case Kind::examine:
    case Kind::unselect:
      break;
    case Kind::create:
      for (const std::string& name :
           book.folders().to(book.folders().name_of(act.folder))) {  // those above come with it
        const MailboxRule* rule = book.folders().find(name) == nullptr ? book.named(name) : nullptr;
        if (rule != nullptr && rule->mode == Mode::read_only) refused_by(rule);
      }
      break;
    case Kind::close:
      if (mode == Mode::free) break;
      if (unselects && !here->official)
        ruling.text = "UNSELECT";
      else
        refused_by(here, "DELETED");
      break;
    case Kind::expunge:
      if (mode != Mode::free) refused_by(here, act.uid ? "DELETED UID " + act.messages : "DELETED");
      break;
    case Kind::store:
      if (mode == Mode::read_only || (mode == Mode::organise && act.deletes))
        refused_by(here, key_of(act.messages, act.uid));
      break;
    case Kind::copy:
      if (target == Mode::read_only) refused_by(there);
      break;
    case Kind::move:
      if (target == Mode::read_only)
        refused_by(there);
      else if (mode == Mode::read_only ||
               (mode == Mode::organise && target == Mode::free))  // there it could be destroyed
        refused_by(here, key_of(act.messages, act.uid));
      break;
    case Kind::remove:
      if (target != Mode::free) refused_by(there);
      break;
    case Kind::rename: {
      const std::vector<std::string> all = book.folders().from(book.folders().name_of(act.folder));
      const std::string new_name = book.folders().name_of(act.new_name);
      for (const std::string& folder : all) {  // those below go with it
        const MailboxRule* before = book.named(folder);
        const MailboxRule* after = book.named(new_name + folder.substr(all.front().size()));
        if (before != nullptr && before->mode != Mode::free) {
          refused_by(before);
          // The same rule holds for what comes into it while it is looked at, so nothing can be lost by another name.
          ruling.unless_empty =
              before->mode == Mode::organise && after == before && all.size() == 1 && all.front() != "INBOX";
        } else if (after != nullptr && after->mode == Mode::read_only)
          refused_by(after);
        if (ruling.refuses != nullptr) break;
      }
      break;
    }
  }
  return ruling;
}

const MailboxRule* rule_on_append(std::string_view folder, const MailboxBook& book) {
  const MailboxRule* rule = book.of(folder);
  return rule != nullptr && rule->mode == Mode::read_only ? rule : nullptr;
}

MailboxRuling rule_on_replace(std::string_view selected, std::string_view messages, bool uid, const MailboxBook& book) {
  MailboxRuling ruling;
  const MailboxRule* here = book.of(selected);
  if (here == nullptr || here->mode == Mode::free) return ruling;
  ruling.refuses = here;
  if (here->official) ruling.unless_records = key_of(std::string(messages), uid);
  ruling.by_number = !uid;
  return ruling;
}

std::string shown_words(std::string_view words, bool utf8) { return utf8 ? std::string(words) : text::to_ascii(words); }

std::string refusal(const MailboxRule& rule, bool utf8) {
  const bool own = !rule.text_vi.empty();
  const std::string vi = own                            ? rule.text_vi
                         : rule.mode == Mode::read_only ? "thư mục này chỉ để đọc"
                                                        : "thư công vụ trong thư mục này không được xoá";
  const std::string en = own                            ? rule.text_en
                         : rule.mode == Mode::read_only ? "this folder is for reading only"
                                                        : "official mail in this folder is not removed";
  return "NO [NOPERM] " + shown_words(vi + " / " + en + " [" + rule.id + "]", utf8);
}

}  // namespace vanthu::imap
