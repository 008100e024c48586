// SPDX-License-Identifier: GPL-3.0-or-later
// SORT and THREAD: what of each message that was found tells its place (RFC 5256).
#include <algorithm>

#include "gateway/base/text.hpp"
#include "gateway/mail/date_field.hpp"
#include "gateway/reading_room/base_subject.hpp"
#include "gateway/reading_room/job.hpp"
#include "gateway/reading_room/limits.hpp"

namespace vanthu::reading_room {
namespace {
using By = SortRequest::Criterion::By;

/// A header field's text, decoded; empty: there is none.
std::string_view field_of(const inspect::Outline& outline, std::string_view name) {
  const auto field = std::find_if(outline.fields.begin(), outline.fields.end(),
                                  [&](const inspect::OutlineField& one) { return one.name == name; });
  return field == outline.fields.end() ? std::string_view() : std::string_view(field->text);
}
}  // namespace

/// What stands in more messages than one looks at cannot be compared.
bool Session::SearchJob::too_many_to_arrange(Session& session) {
  const bool inside = threads_ || std::any_of(order_.begin(), order_.end(), [](const SortRequest::Criterion& one) {
                        return one.by != By::arrival && one.by != By::size;
                      });
  if (!inside || candidates_.size() <= limits::checked_records) return false;
  refused_ =
      "NO [LIMIT] " + session.both("too many messages to sort by what stands in them", "Quá nhiều văn bản để sắp xếp");
  return true;
}

void Session::SearchJob::arrange(Session& session, std::uint32_t index) {
  Candidate candidate;
  candidate.index = index;
  if (threads_)
    threaded_.push_back(threaded(session, candidate));
  else
    rows_.push_back(row(session, candidate));
}

Session::SearchJob::Row Session::SearchJob::row(Session& session, Candidate& candidate) {
  Row row;
  row.index = candidate.index;
  const shelves::Placement& one = session.selected_->messages[candidate.index];
  const auto card = session.library_.shelves.look([&](const shelves::Model& model) { return model.card(one.record); });
  const auto padded = [](std::uint64_t number) {
    std::string digits = std::to_string(number);
    return std::string(20 - digits.size(), '0') + digits;
  };
  const auto mailbox = [](const std::vector<inspect::OutlineAddress>& list) {
    return list.empty() ? std::string() : text::match_key(list.front().mailbox.value_or(""));
  };
  for (const SortRequest::Criterion& criterion : order_) {
    if (criterion.by == By::arrival || criterion.by == By::size) {
      row.keys.push_back(padded(criterion.by == By::size ? card.octets : card.seconds));
      continue;
    }
    const inspect::Outline* known = outline(session, candidate);
    if (known == nullptr) {
      row.keys.emplace_back();
    } else if (criterion.by == By::date) {
      const auto at = mail::sent_seconds(known->envelope.date.value_or(""));
      row.keys.push_back(padded(at && *at > 0 ? static_cast<std::uint64_t>(*at) : card.seconds));
    } else if (criterion.by == By::subject) {
      bool reply = false;
      row.keys.push_back(text::match_key(base_subject(field_of(*known, "subject"), reply)));
    } else {
      row.keys.push_back(mailbox(criterion.by == By::from ? known->envelope.from
                                 : criterion.by == By::to ? known->envelope.to
                                                          : known->envelope.cc));
    }
  }
  return row;
}

void Session::SearchJob::sort() {
  std::stable_sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) {
    for (std::size_t i = 0; i < order_.size(); ++i)
      if (a.keys[i] != b.keys[i]) return (a.keys[i] < b.keys[i]) != order_[i].reverse;
    return false;
  });
  for (std::size_t i = 0; i < rows_.size(); ++i) found_[i] = rows_[i].index;
}

Threaded Session::SearchJob::threaded(Session& session, Candidate& candidate) {
  Threaded one;
  one.number = candidate.index;
  const shelves::Placement& placed = session.selected_->messages[candidate.index];
  one.date = session.library_.shelves.look([&](const shelves::Model& model) {
    return placed.record == 0 ? std::int64_t{session.notice_validity_}
                              : std::int64_t{model.card(placed.record).seconds};
  });
  const inspect::Outline* known = outline(session, candidate);
  if (known == nullptr) return one;
  if (const auto sent = mail::sent_seconds(known->envelope.date.value_or(""))) one.date = *sent;
  const auto ids = message_ids(known->envelope.message_id.value_or(""));
  if (!ids.empty()) one.id = ids.front();
  one.references = message_ids(field_of(*known, "references"));
  if (one.references.empty()) {
    one.references = message_ids(known->envelope.in_reply_to.value_or(""));
    if (one.references.size() > 1) one.references.resize(1);
  }
  one.subject = text::match_key(base_subject(field_of(*known, "subject"), one.reply));
  return one;
}

}  // namespace vanthu::reading_room
