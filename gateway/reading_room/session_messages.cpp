// SPDX-License-Identifier: GPL-3.0-or-later
// Commands on the messages of the selected folder: FETCH, STORE, SEARCH, SORT begin here.
#include <algorithm>

#include "gateway/reading_room/job.hpp"
#include "gateway/reading_room/limits.hpp"
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
  Gone gone;
  if (request->vanished) gone = Gone(request->set.resolved(largest(true)), selected_->next - 1);
  if (request->changed_since)
    std::erase_if(wanted, [&](std::uint32_t i) { return selected_->messages[i].uid <= *request->changed_since; });
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
  job_ = std::make_unique<FetchJob>(*std::move(request), std::move(wanted), uid, std::move(gone));
}

/// The true flags, and then no: a client that believed its own act sees that nothing came of it.
void Session::store(const Command& command) {
  const bool uid = command.verb == "UID STORE";
  std::string_view rest = command.arguments;
  const auto set = take_set(rest);
  if (!set || !take_space(rest) || rest.empty()) return bad(tag_, command.verb + " wants messages and flags");
  job_ = std::make_unique<FlagsJob>(indices(*set, uid), uid, Gone(), read_only());
}

bool Session::FlagsJob::step(Session& session) {
  if (!session.tell_gone(vanished_)) return true;
  while (at_ < wanted_.size()) {
    if (session.output_.waiting() >= limits::piece_octets) return true;
    const std::uint32_t index = wanted_[at_++];
    session.say("* " + std::to_string(index + 1) + " FETCH (" + session.flags_text(index, uid_) + ')');
  }
  session.answer(words_);
  return false;
}

bool Session::tell_gone(Gone& gone) {
  for (;;) {
    if (output_.waiting() >= limits::piece_octets) return false;
    const auto ranges = gone.next(selected_->messages, limits::gone_ranges);
    if (ranges.empty()) return true;
    say("* VANISHED (EARLIER) " + set_text(ranges));
  }
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
