// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <set>

#include "gateway/keeping/acts.hpp"
#include "gateway/keeping/limits.hpp"

/// Files (hồ sơ): opened, filled, closed, handed over.
namespace vanthu::keeping {
namespace {

Error no_file(const std::string& id) {
  return fail(status::not_found, "không có hồ sơ " + id + " (no such file; write UNIT/YEAR/CODE)");
}
Error not_open(const File& file) {
  return fail(status::refused, "hồ sơ " + file.id() + " đã kết thúc; mở lại trước: vanthu file reopen (the file is " +
                                   std::string(name_of(file.state)) + ")");
}

/// The fonds that a new file goes into: the one that is named, or the unit's that is open; empty: nobody has opened one
/// for the unit, so the file is in the one that bears the unit's id.
Result<std::string> fonds_for(const Look& look, const File& file) {
  if (!file.fonds.empty()) {
    const auto named = look.ledger.fonds(look.books, file.fonds);
    if (!named || !named->described)
      return fail(status::not_found, "không có phông " + file.fonds + " (no such fonds: vanthu fonds list)");
    if (named->state == Fonds::State::closed)
      return fail(status::refused, "phông " + file.fonds + " đã đóng ngày " + iso(*named->closed) +
                                       ", không nhận hồ sơ mới (the fonds is closed and takes no new file)");
    return file.fonds;
  }
  std::string open, closed;
  look.ledger.each_fonds(look.books, [&](const Fonds& one) {
    if (one.described && one.unit == file.unit) (one.state == Fonds::State::open ? open : closed) = one.code;
    return open.empty();
  });
  if (open.empty() && !closed.empty())
    return fail(status::refused, "phông " + closed + " của " + file.unit +
                                     " đã đóng; ghi hồ sơ vào phông khác: --fonds (the unit's fonds is closed: name "
                                     "another one)");
  return open;
}
}  // namespace

Result<Events> plan_files(const Look& look, const Who& who, const FilePlan& plan, const std::string& reason) {
  const Date today = day_of(look.now);
  if (auto checked = check_word("unit", plan.unit, limits::unit_octets); !checked) return checked.error();
  if (plan.year < 1930 || plan.year > static_cast<unsigned>(static_cast<int>(today.year()) + 1))
    return fail(status::bad_arguments, "năm của danh mục (year): " + std::to_string(plan.year));
  if (!plan.decision.empty())
    if (auto checked = check_text("số quyết định (--decision)", plan.decision, limits::text_octets); !checked)
      return checked.error();
  if (plan.rows.empty() || plan.rows.size() > limits::planned_files)
    return fail(status::bad_arguments,
                "danh mục có từ 1 đến " + std::to_string(limits::planned_files) + " hồ sơ (so many files in a list)");
  std::set<std::string> codes;
  for (const FilePlan::Row& row : plan.rows) {
    const std::string at = "dòng " + std::to_string(codes.size() + 1) + " (row): ";
    const auto wrong = [&](const Error& error) { return fail(status::bad_arguments, at + error.detail); };
    if (auto checked = check_word("mã hồ sơ (code)", row.code, limits::code_octets); !checked)
      return wrong(checked.error());
    if (auto checked = check_text("tiêu đề hồ sơ (title)", row.title, limits::text_octets); !checked)
      return wrong(checked.error());
    if (!row.who.empty())
      if (auto checked = check_text("người lập (who)", row.who, limits::text_octets); !checked)
        return wrong(checked.error());
    if (look.schedule.file_class(row.file_class, today) == nullptr)
      return fail(status::bad_arguments, at + "bảng thời hạn " + look.schedule.version() + " không có nhóm '" +
                                             row.file_class + "' (no such class: vanthu retention table)");
    if (!codes.insert(row.code).second)
      return fail(status::bad_arguments, at + "mã " + row.code + " có hai lần (the code stands there twice)");
  }
  archive::Event event = event_of("files.planned", who, 0, reason);
  for (auto& [name, value] : to_json(plan)) event.details[name] = value;
  return Events{std::move(event)};
}

Result<Events> open_file(const Look& look, const Who& who, File file, const std::string& reason) {
  if (auto checked = check_word("unit", file.unit, limits::unit_octets); !checked) return checked.error();
  if (file.unit.find('/') != std::string::npos)
    return fail(status::bad_arguments, "đơn vị " + file.unit + ": không có dấu gạch chéo (unit: no slash)");
  if (auto checked = check_word("mã hồ sơ (code)", file.code, limits::code_octets); !checked) return checked.error();
  if (file.title.empty() || file.file_class.empty())
    if (const auto plan = look.ledger.file_plan(look.books, file.unit, file.year))
      for (const FilePlan::Row& row : plan->rows) {
        if (row.code != file.code) continue;
        if (file.title.empty()) file.title = row.title;
        if (file.file_class.empty()) file.file_class = row.file_class;
      }
  if (auto checked = check_text("tiêu đề hồ sơ (title)", file.title, limits::text_octets); !checked)
    return checked.error();
  if (file.title.find('\n') != std::string::npos)
    return fail(status::bad_arguments, "tiêu đề chỉ một dòng (title: one line)");
  const Date today = day_of(look.now);
  if (file.year < 1930 || file.year > static_cast<unsigned>(static_cast<int>(today.year()) + 1))
    return fail(status::bad_arguments, "năm của danh mục (year): " + std::to_string(file.year));
  if (file.file_class.empty())
    return fail(status::bad_arguments, "thiếu nhóm thời hạn (--class is wanted: vanthu retention table)");
  if (look.schedule.file_class(file.file_class, today) == nullptr)
    return fail(status::bad_arguments, "bảng thời hạn " + look.schedule.version() + " không có nhóm '" +
                                           file.file_class + "' (no such class: vanthu retention table)");
  if (look.ledger.file(look.books, file.id()))
    return fail(status::refused, "đã có hồ sơ " + file.id() + " (there is such a file)");
  auto fonds = fonds_for(look, file);
  if (!fonds) return fonds.error();
  file.fonds = *std::move(fonds);
  file.opened = iso(today);
  file.state = File::State::open;
  file.ended.reset();
  archive::Event event = event_of("file.opened", who, 0, reason);
  for (auto& [name, value] : to_json(file)) event.details[name] = value;
  return Events{std::move(event)};
}

Result<Events> add_to_file(const Look& look, const Who& who, const std::string& id, const Numbers& records,
                           const std::string& reason) {
  const auto file = look.ledger.file(look.books, id);
  if (!file) return no_file(id);
  if (file->state != File::State::open) return not_open(*file);
  if (records.empty() || records.size() > limits::records_at_once)
    return fail(status::bad_arguments,
                "một lần từ 1 đến " + std::to_string(limits::records_at_once) + " bản ghi (so many records at once)");
  Events events;
  for (const std::uint64_t record : records) {
    if (look.ledger.gone(look.books, record))
      return fail(status::refused, "bản ghi " + std::to_string(record) + " đã hủy (is disposed of)");
    if (!look.ledger.record(look.books, record))
      return fail(status::not_found, "không có bản ghi " + std::to_string(record) + " (no such record)");
    if (look.ledger.is_in(look.books, id, record)) continue;
    events.push_back(event_of("file.added", who, record, reason));
    events.back().details["file"] = id;
  }
  return events;
}

Result<Events> remove_from_file(const Look& look, const Who& who, const std::string& id, const Numbers& records,
                                const std::string& reason) {
  const auto file = look.ledger.file(look.books, id);
  if (!file) return no_file(id);
  if (file->state != File::State::open) return not_open(*file);
  if (auto checked = check_text("lý do (--reason)", reason, limits::text_octets); !checked) return checked.error();
  if (records.empty() || records.size() > limits::records_at_once)
    return fail(status::bad_arguments,
                "một lần từ 1 đến " + std::to_string(limits::records_at_once) + " bản ghi (so many records at once)");
  Events events;
  for (const std::uint64_t record : records) {
    if (!look.ledger.is_in(look.books, id, record))
      return fail(status::not_found, "bản ghi " + std::to_string(record) + " không ở trong hồ sơ " + id +
                                         " (the record is not in the file)");
    if (look.ledger.gone(look.books, record))
      return fail(status::refused, "bản ghi " + std::to_string(record) +
                                       " đã hủy, mục lục hồ sơ giữ nguyên (is disposed "
                                       "of: the file's list keeps it)");
    events.push_back(event_of("file.removed", who, record, reason));
    events.back().details["file"] = id;
  }
  return events;
}

Result<Events> close_file(const Look& look, const Who& who, const std::string& id, Date ended,
                          const std::string& file_class, const std::string& reason) {
  const auto file = look.ledger.file(look.books, id);
  if (!file) return no_file(id);
  if (file->state != File::State::open) return not_open(*file);
  const Date today = day_of(look.now);
  if (ended > today)
    return fail(status::bad_arguments, "ngày kết thúc " + iso(ended) + " chưa tới (the work cannot have ended yet)");
  // A file cannot have ended before its papers came: no date that anybody writes makes a term run out earlier.
  for (const std::uint64_t record : look.ledger.records_in(look.books, id))
    if (const auto kept = look.ledger.record(look.books, record); kept && kept->day > iso(ended))
      return fail(status::refused, "bản ghi " + std::to_string(record) + " nhận ngày " + kept->day +
                                       ", công việc không thể kết thúc ngày " + iso(ended) +
                                       " (a record of the file was received later than that day)");
  if (!file_class.empty() && look.schedule.file_class(file_class, ended) == nullptr)
    return fail(status::bad_arguments, "bảng thời hạn không có nhóm '" + file_class + "' (no such class)");
  archive::Event event = event_of("file.closed", who, 0, reason);
  event.details["file"] = id;
  event.details["ended"] = iso(ended);
  if (!file_class.empty()) event.details["class"] = file_class;
  return Events{std::move(event)};
}

Result<Events> reopen_file(const Look& look, const Who& who, const std::string& id, const std::string& reason) {
  const auto file = look.ledger.file(look.books, id);
  if (!file) return no_file(id);
  if (file->state == File::State::handed_over)
    return fail(status::refused, "hồ sơ " + id + " đã nộp lưu theo biên bản " + file->receipt + " (was handed over)");
  if (file->state != File::State::closed) return fail(status::refused, "hồ sơ " + id + " đang mở (is open)");
  const auto fonds = look.ledger.fonds(look.books, look.ledger.fonds_of(look.books, *file));
  if (fonds && fonds->state == Fonds::State::closed)
    return fail(status::refused, "phông " + fonds->code +
                                     " đã đóng, hồ sơ của phông không mở lại được (its fonds is "
                                     "closed: vanthu fonds reopen)");
  if (auto checked = check_text("lý do (--reason)", reason, limits::text_octets); !checked) return checked.error();
  archive::Event event = event_of("file.reopened", who, 0, reason);
  event.details["file"] = id;
  return Events{std::move(event)};
}

Result<Events> hand_over_file(const Look& look, const Who& who, const std::string& id, const std::string& receipt,
                              const std::string& to) {
  const auto file = look.ledger.file(look.books, id);
  if (!file) return no_file(id);
  if (file->state != File::State::closed)
    return fail(status::refused, "chỉ nộp lưu hồ sơ đã kết thúc; " + id + ": " + std::string(name_of(file->state)) +
                                     " (only a closed file is handed over)");
  if (auto checked = check_text("số biên bản giao nhận (--receipt)", receipt, limits::code_octets); !checked)
    return checked.error();
  if (auto checked = check_text("nơi nhận (--to)", to, limits::text_octets); !checked) return checked.error();
  archive::Event event = event_of("file.handed-over", who);
  event.details["file"] = id;
  event.details["receipt"] = receipt;
  event.details["to"] = to;
  return Events{std::move(event)};
}

}  // namespace vanthu::keeping
