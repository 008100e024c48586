// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>

#include "gateway/keeping/acts.hpp"
#include "gateway/keeping/limits.hpp"

/// Holds: set by one person, released by two.
namespace vanthu::keeping {

Result<Events> set_hold(const Look& look, const Who& who, const Hold& hold, const Numbers& frozen) {
  if (auto checked = check_text("chủ lệnh giữ (--owner)", hold.owner, limits::text_octets); !checked)
    return checked.error();
  if (auto checked = check_text("lý do (--reason)", hold.reason, limits::text_octets); !checked) return checked.error();
  const auto review = parse_date(hold.review);
  if (!review || *review <= day_of(look.now))
    return fail(status::bad_arguments, "ngày xem lại (--review) phải ở sau hôm nay (the review day must lie ahead)");
  if (!hold.file.empty() && !look.ledger.file(look.books, hold.file))
    return fail(status::not_found, "không có hồ sơ " + hold.file + " (no such file)");
  if (hold.future && hold.query.empty() && hold.file.empty())
    return fail(status::bad_arguments, "--future cần một câu tìm kiếm hoặc hồ sơ (wants a search or a file)");
  if (hold.future && hold.query.contains("search"))
    return fail(status::bad_arguments,
                "--search chỉ giữ những gì tìm thấy hôm nay; thư về sau: từ trong tiêu đề, --symbol, --unit hoặc hồ sơ "
                "(what is found in the full text is a list of today: for --future give words of subjects, --symbol, "
                "--unit or --file)");
  if (frozen.empty() && !hold.future)
    return fail(status::not_found, "không có bản ghi nào để giữ (nothing to hold, and nothing later either)");
  if (frozen.size() > limits::hold_records)
    return fail(status::bad_arguments, "một lệnh giữ nhiều nhất " + std::to_string(limits::hold_records) +
                                           " bản ghi (too many records in one hold)");
  for (const std::uint64_t record : frozen)
    if (!look.ledger.record(look.books, record) && !look.ledger.gone(look.books, record))
      return fail(status::not_found, "không có bản ghi " + std::to_string(record) + " (no such record)");
  Numbers whole;
  for (const std::uint64_t record : frozen)
    if (!look.ledger.gone(look.books, record)) whole.push_back(record);
  if (whole.empty() && !hold.future)
    return fail(status::refused, "các bản ghi này đã hủy, không giữ được nữa (they are all disposed of)");
  archive::Event event = event_of("hold.set", who, 0, hold.reason);
  event.details["number"] = look.ledger.last_hold(look.books) + 1;
  event.details["owner"] = hold.owner;
  event.details["review"] = hold.review;
  event.details["future"] = hold.future;
  event.details["frozen"] = to_ranges(whole);
  if (!hold.unit.empty()) event.details["unit"] = hold.unit;
  if (!hold.file.empty()) event.details["file"] = hold.file;
  if (!hold.query.empty()) event.details["query"] = hold.query;
  return Events{std::move(event)};
}

Result<Events> release_hold(const Look& look, const Who& who, std::uint64_t number, const std::string& reason) {
  const auto hold = look.ledger.hold(look.books, number);
  const std::string name = "lệnh giữ số " + std::to_string(number);
  if (!hold) return fail(status::not_found, "không có " + name + " (no such hold)");
  if (hold->released) return fail(status::refused, name + " đã bỏ (is released already)");
  if (auto person = wants_person(who, name); !person) return person.error();
  if (auto checked = check_text("lý do (--reason)", reason, limits::text_octets); !checked) return checked.error();
  if (!hold->asked) {
    archive::Event event = event_of("hold.release-asked", who, 0, reason);
    event.details["hold"] = number;
    return Events{std::move(event)};
  }
  if (hold->asked->person == who.person)
    return fail(status::refused, name + ": người thứ hai phải là người khác (" + hold->asked->actor +
                                     " has asked already; another person must say so too)");
  archive::Event event = event_of("hold.released", who, 0, reason);
  event.details["hold"] = number;
  event.details["free"] = (look.now + look.schedule.cooling(day_of(look.now))).time_since_epoch().count();
  return Events{std::move(event)};
}

Events keep_holds(const Look& look, const Who& who, const Numbers& records) {
  std::map<std::uint64_t, Numbers> held;
  for (const std::uint64_t record : records)
    for (const std::uint64_t hold : look.ledger.came_under(look.books, record)) held[hold].push_back(record);
  Events events;
  for (auto& [hold, those] : held) {
    events.push_back(event_of("hold.kept", who));
    events.back().details["hold"] = hold;
    events.back().details["records"] = to_ranges(sorted(std::move(those)));
  }
  return events;
}

}  // namespace vanthu::keeping
