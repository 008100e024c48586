// SPDX-License-Identifier: GPL-3.0-or-later
#include <boost/json.hpp>

#include "gateway/keeping/acts.hpp"
#include "gateway/keeping/limits.hpp"

/// Fonds (phông): opened for a unit, described anew, closed, opened again.
namespace vanthu::keeping {
namespace {
constexpr std::size_t files_named = 5;  // of those that keep a fonds from being closed

/// The fonds, where somebody has opened it.
Result<Fonds> opened_one(const Look& look, const std::string& code) {
  auto fonds = look.ledger.fonds(look.books, code);
  if (!fonds) return fail(status::not_found, "không có phông " + code + " (no such fonds: vanthu fonds list)");
  if (!fonds->described)
    return fail(status::refused, "phông " + code +
                                     " của đơn vị chưa được lập; lập trước: vanthu fonds open (nobody "
                                     "has opened the unit's fonds yet)");
  return *std::move(fonds);
}

/// Code of the fonds of a unit that is open; empty: none is.
std::string open_one_of(const Look& look, const std::string& unit) {
  std::string code;
  look.ledger.each_fonds(look.books, [&](const Fonds& one) {
    if (one.described && one.unit == unit && one.state == Fonds::State::open) code = one.code;
    return code.empty();
  });
  return code;
}
Error has_open_one(const std::string& unit, const std::string& code) {
  return fail(status::refused, "đơn vị " + unit + " đang có phông " + code +
                                   "; đóng phông ấy trước (the unit has a fonds that is open: close it first)");
}

/// What is said of a fonds in words. The history of a unit may be long.
Result<Done> check_words(const Fonds& fonds) {
  if (auto checked = check_text("tên phông (--name)", fonds.name, limits::text_octets); !checked) return checked;
  if (fonds.name.find('\n') != std::string::npos)
    return fail(status::bad_arguments, "tên phông chỉ một dòng (--name: one line)");
  if (auto checked = check_word("ngôn ngữ (--language)", fonds.language, limits::language_octets); !checked)
    return checked;
  const struct {
    const char* what;
    const std::string& text;
    std::size_t most;
  } texts[] = {{"lịch sử đơn vị hình thành phông (--history)", fonds.history, limits::explanation_octets},
               {"phương án phân loại (--plan)", fonds.plan, limits::explanation_octets},
               {"chế độ sao lưu (--backup)", fonds.backup, limits::text_octets},
               {"ghi chú (--note)", fonds.note, limits::text_octets}};
  for (const auto& one : texts)
    if (!one.text.empty())
      if (auto checked = check_text(one.what, one.text, one.most); !checked) return checked;
  return done;
}
}  // namespace

Result<Events> open_fonds(const Look& look, const Who& who, Fonds fonds, const std::string& reason) {
  if (auto checked = check_word("unit", fonds.unit, limits::unit_octets); !checked) return checked.error();
  if (auto checked = check_word("mã phông (code)", fonds.code, limits::code_octets); !checked) return checked.error();
  if (fonds.code.find('/') != std::string::npos)
    return fail(status::bad_arguments, "mã phông (code): no slash in " + fonds.code);
  if (fonds.language.empty()) fonds.language = "vi";
  if (auto checked = check_words(fonds); !checked) return checked.error();
  if (const auto known = look.ledger.fonds(look.books, fonds.code)) {
    if (known->described) return fail(status::refused, "đã có phông " + fonds.code + " (there is such a fonds)");
    if (known->unit != fonds.unit)
      return fail(status::refused, "mã " + fonds.code + " là mã của đơn vị khác (the code is the id of another unit)");
  }
  if (const std::string other = open_one_of(look, fonds.unit); !other.empty()) return has_open_one(fonds.unit, other);
  fonds.opened = iso(day_of(look.now));
  fonds.state = Fonds::State::open;
  fonds.closed.reset();
  fonds.why.clear();
  fonds.described = true;
  archive::Event event = event_of("fonds.opened", who, 0, reason);
  for (auto& [name, value] : to_json(fonds)) event.details[name] = value;
  return Events{std::move(event)};
}

Result<Events> change_fonds(const Look& look, const Who& who, const std::string& code,
                            const boost::json::object& changes, const std::string& reason) {
  const auto fonds = opened_one(look, code);
  if (!fonds) return fonds.error();
  const boost::json::object before = to_json(*fonds);
  boost::json::object after = before;
  archive::Event event = event_of("fonds.changed", who, 0, reason);
  bool any = false;
  for (const char* member : changeable_of_fonds) {
    if (!changes.contains(member)) continue;
    const std::string text = text_in(changes, member);
    if (text == text_in(before, member)) continue;
    after[member] = text;
    event.details[member] = text;
    any = true;
  }
  if (auto checked = check_words(to_fonds(after)); !checked) return checked.error();
  if (!any) return Events{};
  event.details["fonds"] = code;
  return Events{std::move(event)};
}

Result<Events> close_fonds(const Look& look, const Who& who, const std::string& code, Date closed,
                           const std::string& reason) {
  const auto fonds = opened_one(look, code);
  if (!fonds) return fonds.error();
  if (fonds->state == Fonds::State::closed)
    return fail(status::refused, "phông " + code + " đã đóng ngày " + iso(*fonds->closed) + " (is closed already)");
  if (auto checked = check_text("lý do (--reason)", reason, limits::text_octets); !checked) return checked.error();
  if (closed > day_of(look.now))
    return fail(status::bad_arguments, "ngày đóng phông " + iso(closed) + " chưa tới (that day is still to come)");
  std::string open;
  std::size_t count = 0;
  look.ledger.each_file_of_fonds(look.books, code, [&](std::string_view id) {
    const auto file = look.ledger.file(look.books, id);
    if (file && file->state == File::State::open && ++count <= files_named)
      open += (open.empty() ? "" : ", ") + file->id();
    return true;
  });
  if (count != 0)
    return fail(status::refused, "phông " + code + " còn " + std::to_string(count) + " hồ sơ đang mở: " + open +
                                     (count > files_named ? ", …" : "") +
                                     "; kết thúc hồ sơ trước: vanthu file close (files of it are open: close them "
                                     "first)");
  archive::Event event = event_of("fonds.closed", who, 0, reason);
  event.details["fonds"] = code;
  event.details["closed"] = iso(closed);
  return Events{std::move(event)};
}

Result<Events> reopen_fonds(const Look& look, const Who& who, const std::string& code, const std::string& reason) {
  const auto fonds = opened_one(look, code);
  if (!fonds) return fonds.error();
  if (fonds->state == Fonds::State::open) return fail(status::refused, "phông " + code + " đang mở (is open)");
  if (auto checked = check_text("lý do (--reason)", reason, limits::text_octets); !checked) return checked.error();
  if (const std::string other = open_one_of(look, fonds->unit); !other.empty()) return has_open_one(fonds->unit, other);
  archive::Event event = event_of("fonds.reopened", who, 0, reason);
  event.details["fonds"] = code;
  return Events{std::move(event)};
}

}  // namespace vanthu::keeping
