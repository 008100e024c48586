// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/fetch_watch.hpp"

#include <utility>

#include "gateway/base/text.hpp"
#include "gateway/mail/record_field.hpp"

namespace vanthu::imap {
namespace {
constexpr std::uint32_t letters_a_question = 64;
}

void FetchWatch::see(const Token& token) {
  auto seen = reader_.take(token);
  if (!seen) return;
  switch (seen->kind) {
    case Seen::Kind::fetched:
      if (away_) return;
      return fetched(*std::move(seen));
    case Seen::Kind::expunged:
      return letters_.expunged(seen->sequence);
    case Seen::Kind::vanished:  // which sequence numbers these were nobody has told us
    case Seen::Kind::selected:
      return letters_.clear();
  }
}

void FetchWatch::fetched(Seen seen) {
  const auto state = letters_.at(seen.sequence);
  const bool waits = state && *state != State::known;
  if (state == State::known || (!seen.body && !waits)) return;
  if (seen.header == Seen::Header::present) found_.push_back(std::move(seen.field));
  const State now = seen.header == Seen::Header::unknown ? State::wanted : State::known;
  if (waits && now == State::wanted) return;  // it is asked for already
  if (!state && letters_.size() >= most_runs) letters_.erase(State::known);
  if (!state && letters_.size() >= most_runs) return;
  letters_.set(seen.sequence, now);
}

std::string FetchWatch::question() {
  const std::string set = letters_.change(State::wanted, State::asked, letters_a_question);
  return std::string(tag) + " FETCH " + set + " BODY.PEEK[HEADER.FIELDS (" + std::string(mail::RecordField::name) +
         ")]\r\n";
}

bool FetchWatch::is_answer(std::string_view items) {
  static const std::string item =
      text::ascii_lower("BODY[HEADER.FIELDS (" + std::string(mail::RecordField::name) + ")]");
  return text::ascii_lower(items).find(item) != std::string::npos;
}

void FetchWatch::answered() { letters_.erase(State::asked); }

}  // namespace vanthu::imap
