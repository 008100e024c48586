// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "gateway/keeping/acts.hpp"
#include "gateway/keeping/limits.hpp"

/// The emergency purge of a secret that should never have been stored: the one lawful way around terms and files.
namespace vanthu::keeping {
namespace {

std::string named_purge(std::uint64_t number) { return "xoá khẩn cấp số " + std::to_string(number); }

Result<Purge> waiting(const Look& look, std::uint64_t number) {
  auto purge = look.ledger.purge(look.books, number);
  if (!purge) return fail(status::not_found, "không có " + named_purge(number) + " (no such purge)");
  if (!purge->end.empty() || purge->confirmed)
    return fail(status::refused, named_purge(number) + " đã " + (purge->end == "withdrawn" ? "rút" : "xác nhận") +
                                     " (is not waiting any more)");
  return *std::move(purge);
}
}  // namespace

Result<Events> ask_purge(const Look& look, const Who& who, const Numbers& records, const std::string& note_sha256,
                         const std::string& note_place, const std::string& reason) {
  if (auto person = wants_person(who, "xoá khẩn cấp"); !person) return person.error();
  if (auto checked = check_text("lý do (--reason)", reason, limits::text_octets); !checked) return checked.error();
  if (auto checked = check_text("số của biên bản niêm phong (--sealed)", note_place, limits::code_octets); !checked)
    return checked.error();
  if (note_sha256.size() != 64) return fail(status::bad_arguments, "thiếu biên bản niêm phong (the sealed note)");
  if (records.empty() || records.size() > limits::purge_records)
    return fail(status::bad_arguments,
                "một lần từ 1 đến " + std::to_string(limits::purge_records) + " bản ghi (so many records at once)");
  for (const std::uint64_t record : records) {
    const std::string name = "bản ghi " + std::to_string(record);
    const auto gone = look.ledger.gone(look.books, record);
    if (gone && gone->basis == "purge") return fail(status::refused, name + " đã xoá khẩn cấp (was purged already)");
    // By a decision its octets went; what registers keep of it longer did not.
    if (!gone && !look.ledger.record(look.books, record))
      return fail(status::not_found, "không có " + name + " (no such record)");
    if (const std::uint64_t other = look.ledger.purging(look.books, record); other != 0)
      return fail(status::refused, name + " đang chờ " + named_purge(other) + " (waits for a purge already)");
  }
  archive::Event event = event_of("purge.asked", who, 0, reason);
  event.details["number"] = look.ledger.last_purge(look.books) + 1;
  event.details["records"] = to_ranges(records);
  event.details["note_sha256"] = note_sha256;
  event.details["note_place"] = note_place;
  return Events{std::move(event)};
}

Result<Events> confirm_purge(const Look& look, const Who& who, std::uint64_t number, bool despite_hold) {
  if (auto person = wants_person(who, named_purge(number)); !person) return person.error();
  const auto purge = waiting(look, number);
  if (!purge) return purge.error();
  if (purge->asked.person == who.person)
    return fail(status::refused, named_purge(number) + ": người thứ hai phải là người khác (" + purge->asked.actor +
                                     " has asked for it; another person must confirm)");
  const auto records = parse_ranges(purge->records, limits::purge_records);
  if (!records) return fail(status::corrupt, named_purge(number) + ": its records cannot be read");
  Events events{event_of("purge.confirmed", who)};
  events.back().details["purge"] = number;
  for (const std::uint64_t record : *records) {
    const auto gone = look.ledger.gone(look.books, record);
    if (gone && gone->basis == "purge") continue;
    const auto holds = look.ledger.holds_on(look.books, record, look.now);
    const bool held = std::any_of(holds.begin(), holds.end(), [](const Hold& hold) { return !hold.released; });
    if (held && !despite_hold)
      return fail(status::refused, "bản ghi " + std::to_string(record) + " đang bị giữ bởi lệnh giữ số " +
                                       std::to_string(holds.front().number) +
                                       "; nếu đã niêm phong bản sao: --despite-hold (a hold is on it)");
    events.push_back(event_of("record.disposed", who, record));
    events.back().details["basis"] = "purge";
    events.back().details["number"] = number;
    if (!gone) continue;
    events.back().details["decision"] = gone->decision;
    events.back().details["decision_date"] = gone->decision_date;
  }
  return events;
}

Result<Events> withdraw_purge(const Look& look, const Who& who, std::uint64_t number, const std::string& reason) {
  if (auto person = wants_person(who, named_purge(number)); !person) return person.error();
  const auto purge = waiting(look, number);
  if (!purge) return purge.error();
  if (auto checked = check_text("lý do (--reason)", reason, limits::text_octets); !checked) return checked.error();
  archive::Event event = event_of("purge.withdrawn", who, 0, reason);
  event.details["purge"] = number;
  return Events{std::move(event)};
}

Result<Events> finish_purge(const Look& look, const Who& who, std::uint64_t number) {
  const auto purge = look.ledger.purge(look.books, number);
  if (!purge || !purge->confirmed || !purge->end.empty())
    return fail(status::refused, named_purge(number) + ": nothing to finish");
  const auto records = parse_ranges(purge->records, limits::purge_records);
  if (!records) return fail(status::corrupt, named_purge(number) + ": its records cannot be read");
  for (const std::uint64_t record : *records)
    if (const auto gone = look.ledger.gone(look.books, record); !gone || !gone->destroyed)
      return fail(status::refused, named_purge(number) + ": chưa xoá xong (records are left)");
  archive::Event event = event_of("purge.done", who);
  event.details["purge"] = number;
  return Events{std::move(event)};
}

}  // namespace vanthu::keeping
