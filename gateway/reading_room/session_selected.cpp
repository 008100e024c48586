// SPDX-License-Identifier: GPL-3.0-or-later
// The selected folder: SELECT, CLOSE, its news; which messages a sequence set means.
#include <algorithm>

#include "gateway/reading_room/job.hpp"
#include "gateway/reading_room/select_request.hpp"
#include "gateway/reading_room/session.hpp"

namespace vanthu::reading_room {
namespace {
using imap::Command;

constexpr std::string_view flag_list = R"((\Answered \Flagged \Deleted \Seen \Draft))";
}  // namespace

Result<Session::Selected> Session::open(const Node& node) {
  Selected opened;
  opened.node = node;
  if (node.kind == Node::Kind::inbox) {
    opened.messages.push_back({1, 0});
    opened.validity = notice_validity_;
    opened.next = 2;
    return opened;
  }
  std::optional<SavedSearch> search;
  if (node.kind == Node::Kind::saved)
    for (SavedSearch& one : library_.store.saved(guest_.login))
      if (one.name == node.saved) search = std::move(one);
  opened.rights = rights_;
  library_.shelves.look([&](const shelves::Model& model) {
    if (model.making() != making_) return;  // the folder's id means another one: the next command ends the session
    opened.version = model.version();
    if (search) {
      for (std::size_t i = 0; i < search->records.size(); ++i)
        if (visible(model, search->records[i]))
          opened.messages.push_back({static_cast<std::uint32_t>(i + 1), search->records[i]});
      opened.validity = search->validity;
      opened.next = static_cast<std::uint32_t>(search->records.size() + 1);
      opened.modseq = opened.next;
      return;
    }
    const shelves::Folder* folder = model.folder(node.shelf);
    if (folder == nullptr) return;
    opened.messages.reserve(folder->placements.size());
    // Numbers are those of what is theirs here: any other would tell which letter has come to this unit besides, or
    // has gone. They never fall, so what waits for a purge counts, and what is gone; of what went before we were
    // started nobody knows whose it was: then they begin above all that was there, for every reader alike.
    std::uint32_t last = std::max(folder->dropped, model.floor()), change = 0;
    const auto is_theirs = [&](std::uint32_t record, const shelves::Gone* gone) {
      return covered(model, *folder, gone != nullptr ? gone->audience : model.card(record).audience);
    };
    for (const shelves::Placement& one : folder->placements) {
      if (visible(model, *folder, one.record)) opened.messages.push_back(one);
      const shelves::Gone* gone = model.card(one.record).audience == 0 ? model.gone(one.record) : nullptr;
      if (!is_theirs(one.record, gone)) continue;
      last = std::max(last, one.uid);
      if (gone != nullptr) change = std::max(change, gone->number);
    }
    for (const shelves::Placement& one : folder->removals)
      if (is_theirs(one.record, model.gone(one.record))) last = std::max(last, one.uid);
    opened.validity = validity_;
    opened.next = last + 1;
    opened.modseq = std::max({last, change, 1U});
  });
  if (opened.validity == 0 && made_anew()) return fail(status::store_failed, "the folders were made anew");
  if (opened.validity == 0) return fail(status::not_found, "no such folder");
  return opened;
}

void Session::tell_selected(const Selected& opened) {
  say("* FLAGS " + std::string(flag_list));
  say("* OK [PERMANENTFLAGS ()] " + both("nothing can be set", "Không đặt được cờ nào"));
  say("* " + std::to_string(opened.messages.size()) + " EXISTS");
  if (!rev2_) say("* 0 RECENT");
  say("* OK [UIDVALIDITY " + std::to_string(opened.validity) + "] UIDs are valid");
  say("* OK [UIDNEXT " + std::to_string(opened.next) + "] the next UID, or greater");
  say("* OK [HIGHESTMODSEQ " + std::to_string(opened.modseq) + "] highest");
  say("* OK [MAILBOXID (" + mailbox_id(opened.node) + ")] its id");
  if (rev2_) tell_node("LIST", opened.node, {}, true, false);
}

void Session::select(const Command& command) {
  const auto request = parse_select(command.arguments);
  if (!request || (request->qresync && !qresync_)) return bad(tag_, command.verb + " wants a folder");
  if (selected_ && (rev2_ || qresync_)) say("* OK [CLOSED] the folder before is closed");
  selected_.reset();
  saved_uids_.clear();
  const Node* node = find(request->folder);
  if (node == nullptr || node->kind == Node::Kind::none) return no_such_folder();
  auto opened = open(*node);
  if (!opened && opened.error().reply.transient()) return not_ready();
  if (!opened) return no_such_folder();
  if (request->condstore || request->qresync) condstore_ = true;
  tell_selected(*opened);
  selected_ = *std::move(opened);
  const std::string words = "OK [READ-ONLY] " + both("open", "Đã mở, chỉ đọc");
  if (!request->qresync || request->validity != selected_->validity) return answer(words);
  const std::uint32_t last = selected_->next - 1;
  NumberSet all;
  all.ranges.push_back({1, last});
  Gone gone(request->known.value_or(all).resolved(last), last);
  std::vector<std::uint32_t> changed;
  for (std::uint32_t i = 0; i < selected_->messages.size(); ++i)
    if (selected_->messages[i].uid > request->modseq) changed.push_back(i);
  job_ = std::make_unique<FlagsJob>(std::move(changed), true, std::move(gone), words);
}

/// What has come and gone in the selected folder since the client was told last.
void Session::news() {
  if (!selected_ || selected_->node.kind != Node::Kind::shelf) return;
  const auto version = library_.shelves.look([](const shelves::Model& model) { return model.version(); });
  if (selected_->version == version && selected_->rights == rights_) return;
  auto now_there = open(selected_->node);
  if (!now_there) return;
  const auto& before = selected_->messages;
  const auto& after = now_there->messages;
  std::vector<std::uint32_t> gone;  // uids
  std::size_t number = 1;
  std::size_t at = 0;
  for (const shelves::Placement& one : before) {
    while (at < after.size() && after[at].uid < one.uid) ++at;
    const bool there = at < after.size() && after[at].uid == one.uid;
    if (there) {
      ++number;
      continue;
    }
    gone.push_back(one.uid);
    if (!qresync_) say("* " + std::to_string(number) + " EXPUNGE");
  }
  if (qresync_ && !gone.empty()) say("* VANISHED " + set_text(gone));
  if (after.size() != before.size() - gone.size()) say("* " + std::to_string(after.size()) + " EXISTS");
  std::erase_if(saved_uids_, [&](std::uint32_t uid) { return std::binary_search(gone.begin(), gone.end(), uid); });
  *selected_ = *std::move(now_there);
}

void Session::close(const Command&) {
  selected_.reset();
  saved_uids_.clear();
  answer("OK closed, nothing is expunged");
}
void Session::unselect(const Command& command) { close(command); }

std::uint32_t Session::largest(bool uid) const {
  const auto& messages = selected_->messages;
  if (messages.empty()) return 0;
  return uid ? messages.back().uid : static_cast<std::uint32_t>(messages.size());
}

std::vector<std::uint32_t> Session::indices(const NumberSet& set, bool uid) const {
  const auto& messages = selected_->messages;
  std::vector<std::uint32_t> wanted;
  const auto at_uid = [&](std::uint32_t number) {
    return std::lower_bound(messages.begin(), messages.end(), number,
                            [](const shelves::Placement& one, std::uint32_t u) { return one.uid < u; });
  };
  if (set.saved) {
    for (const std::uint32_t number : saved_uids_)
      if (const auto at = at_uid(number); at != messages.end() && at->uid == number)
        wanted.push_back(static_cast<std::uint32_t>(at - messages.begin()));
    return wanted;
  }
  for (const NumberSet::Range& range : set.resolved(largest(uid))) {
    std::size_t first = range.first;
    std::size_t last = std::min<std::size_t>(range.last, messages.size());
    if (uid) {
      first = static_cast<std::size_t>(at_uid(range.first) - messages.begin()) + 1;
      auto end = std::upper_bound(messages.begin(), messages.end(), range.last,
                                  [](std::uint32_t u, const shelves::Placement& one) { return u < one.uid; });
      last = static_cast<std::size_t>(end - messages.begin());
    }
    for (std::size_t i = std::max<std::size_t>(first, 1); i <= last; ++i)
      wanted.push_back(static_cast<std::uint32_t>(i - 1));
  }
  return wanted;
}

std::string Session::flags_text(std::size_t index, bool uid) const {
  const std::uint32_t number = selected_->messages[index].uid;
  std::string text = uid ? "UID " + std::to_string(number) + " FLAGS (\\Seen)" : "FLAGS (\\Seen)";
  if (condstore_) text += " MODSEQ (" + std::to_string(number) + ')';
  return text;
}

}  // namespace vanthu::reading_room
