// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/fetch_watch.hpp"

#include <utility>

#include "gateway/base/text.hpp"
#include "gateway/mail/record_field.hpp"

namespace vanthu::imap {
namespace {
constexpr std::size_t letters_a_question = 64;
}

void FetchWatch::see(const Token& token) {
  auto seen = reader_.take(token);
  if (!seen) return;
  switch (seen->kind) {
    case Seen::Kind::fetched:
      if (away_) return;
      return fetched(*std::move(seen));
    case Seen::Kind::expunged:
      return expunged(seen->sequence);
    case Seen::Kind::vanished:  // which sequence numbers these were nobody has told us
    case Seen::Kind::selected:
      return forget();
  }
}

void FetchWatch::fetched(Seen seen) {
  const auto letter = letters_.find(seen.sequence);
  const bool known = letter != letters_.end() && letter->second == State::known;
  const bool waits = letter != letters_.end() && !known;
  if (known || (!seen.body && !waits)) return;
  if (seen.header == Seen::Header::present) found_.push_back(std::move(seen.field));
  const State state = seen.header == Seen::Header::unknown ? State::wanted : State::known;
  if (waits && state == State::wanted) return;  // it is asked for already
  if (letter != letters_.end()) {
    if (letter->second == State::wanted) --wanted_;
    letter->second = state;
    return;
  }
  if (letters_.size() >= most_letters)
    std::erase_if(letters_, [](const auto& entry) { return entry.second == State::known; });
  if (letters_.size() >= most_letters) return;
  letters_.emplace(seen.sequence, state);
  if (state == State::wanted) ++wanted_;
}

void FetchWatch::expunged(std::uint32_t sequence) {
  std::map<std::uint32_t, State> moved;
  wanted_ = 0;
  for (const auto& [number, state] : letters_) {
    if (number == sequence) continue;
    moved.emplace_hint(moved.end(), number > sequence ? number - 1 : number, state);
    if (state == State::wanted) ++wanted_;
  }
  letters_ = std::move(moved);
}

void FetchWatch::forget() {
  letters_.clear();
  wanted_ = 0;
}

std::string FetchWatch::question() {
  std::string list;
  std::size_t count = 0;
  for (auto& [number, state] : letters_) {
    if (state != State::wanted) continue;
    list += (list.empty() ? "" : ",") + std::to_string(number);
    state = State::asked;
    --wanted_;
    if (++count == letters_a_question) break;
  }
  return std::string(tag) + " FETCH " + list + " BODY.PEEK[HEADER.FIELDS (" + std::string(mail::RecordField::name) +
         ")]\r\n";
}

bool FetchWatch::is_answer(std::string_view items) {
  static const std::string item =
      text::ascii_lower("BODY[HEADER.FIELDS (" + std::string(mail::RecordField::name) + ")]");
  return text::ascii_lower(items).find(item) != std::string::npos;
}

void FetchWatch::answered() {
  std::erase_if(letters_, [](const auto& entry) { return entry.second == State::asked; });
}

}  // namespace vanthu::imap
