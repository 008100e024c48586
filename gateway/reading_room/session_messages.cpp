// SPDX-License-Identifier: GPL-3.0-or-later
// Commands on the messages of the selected folder: FETCH, STORE, SEARCH, SORT begin here.
#include <algorithm>

#include "gateway/reading_room/job.hpp"
#include "gateway/reading_room/session.hpp"

namespace vanthu::reading_room {
namespace {
using imap::Command;
using imap::take_space;
}  // namespace

Result<Message> Session::notice() const {
  auto octets = Octets::of(notice_);
  if (!octets) return octets.error();
  return std::make_shared<const Octets>(*std::move(octets));
}

Result<Message> Session::message_of(std::uint32_t record) {
  if (record == 0) return notice();
  auto octets = library_.archive.octets(record);
  if (!octets) return octets.error();
  return std::make_shared<const Octets>(*std::move(octets));
}

Result<std::shared_ptr<const Outlines::Known>> Session::outline_of(std::uint32_t record, Message& message) {
  if (record == 0) {
    if (message && notice_outline_) return notice_outline_;
    auto octets = notice();
    if (!octets) return octets.error();
    message = *std::move(octets);
    if (!notice_outline_) {
      auto known = outlines_.make(message);
      if (!known) return known.error();
      notice_outline_ = *std::move(known);
    }
    return notice_outline_;
  }
  return outlines_.of(record, message);
}

void Session::fetch(const Command& command) {
  const bool uid = command.verb == "UID FETCH";
  auto request = parse_fetch(command.arguments, uid);
  if (!request) return wrong(request.error());
  if (request->vanished && !qresync_) return bad(tag_, "VANISHED wants QRESYNC");
  for (const FetchItem& item : request->items)
    if (item.what == FetchItem::What::modseq) condstore_ = true;
  if (!uid && !request->set.saved)
    for (const NumberSet::Range& range : request->set.resolved(largest(false)))
      if (range.last > selected_->messages.size() || range.first == 0)
        return bad(tag_, "there is no such message");  // RFC 9051 §9 seq-number
  auto wanted = indices(request->set, uid);
  if (request->changed_since) {
    if (request->vanished) {
      auto known = request->set.resolved(largest(true));
      for (NumberSet::Range& range : known) range.last = std::min(range.last, selected_->next - 1);
      std::erase_if(known, [](const NumberSet::Range& range) { return range.last < range.first; });
      const auto gone = gone_of(known, selected_->messages);
      if (!gone.empty()) say("* VANISHED (EARLIER) " + set_text(gone));
    }
    std::erase_if(wanted, [&](std::uint32_t i) { return selected_->messages[i].uid <= *request->changed_since; });
  }
  if (request->partial) {
    auto [first, last] = *request->partial;
    const auto many = static_cast<std::int64_t>(wanted.size());
    if (first < 0) {
      first = many + first + 1;
      last = many + last + 1;
    }
    if (first > last) std::swap(first, last);
    first = std::max<std::int64_t>(first, 1);
    last = std::min(last, many);
    std::vector<std::uint32_t> part;
    for (std::int64_t i = first; i <= last; ++i) part.push_back(wanted[static_cast<std::size_t>(i - 1)]);
    wanted = std::move(part);
  }
  job_ = std::make_unique<FetchJob>(*std::move(request), std::move(wanted), uid);
}

/// The true flags, and then no: a client that believed its own act sees that nothing came of it.
void Session::store(const Command& command) {
  const bool uid = command.verb == "UID STORE";
  std::string_view rest = command.arguments;
  const auto set = take_set(rest);
  if (!set || !take_space(rest) || rest.empty()) return bad(tag_, command.verb + " wants messages and flags");
  for (const std::uint32_t index : indices(*set, uid))
    say("* " + std::to_string(index + 1) + " FETCH (" + flags_text(index, uid) + ')');
  forbidden(command);
}

void Session::search(const Command& command) {
  auto request = parse_search(command.arguments);
  if (!request) return wrong(request.error());
  if (request->modseq) condstore_ = true;
  job_ = std::make_unique<SearchJob>(*std::move(request), std::vector<SortRequest::Criterion>(),
                                     command.verb == "UID SEARCH");
}

void Session::sort(const Command& command) {
  auto request = parse_sort(command.arguments);
  if (!request) return wrong(request.error());
  job_ =
      std::make_unique<SearchJob>(std::move(request->search), std::move(request->criteria), command.verb == "UID SORT");
}

void Session::thread(const Command& command) {
  auto request = parse_thread(command.arguments);
  if (!request) return wrong(request.error());
  job_ = std::make_unique<SearchJob>(*std::move(request), command.verb == "UID THREAD");
}

}  // namespace vanthu::reading_room
