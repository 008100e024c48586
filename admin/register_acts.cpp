// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "admin/commands.hpp"
#include "admin/directory_text.hpp"
#include "admin/register_call.hpp"
#include "admin/register_text.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/proof/checkpoint.hpp"
#include "gateway/registers/acts.hpp"
#include "gateway/registers/closing.hpp"
#include "gateway/registers/limits.hpp"
#include "gateway/registers/sheet.hpp"
#include "gateway/registers/words.hpp"
#include "gateway/transparency/log_tree.hpp"

/// register: enter, refuse, allocate, cancel, correct, remark, close, configure: what a mailroom decides.
/// Whoever serves a unit's mailroom acts for it; administrators of units look at those of their units, administrators
/// of the whole do both.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using namespace register_call;

Answer enter(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("enter").arguments, request.words);
  if (!words) return wrong_usage(row("enter"), words.error().detail);
  return on_records(office, request, *words, row("enter"),
                    [&](const lmdb::Transaction& txn, const std::string& unit, const RecordRef& ref) {
                      return registers::enter(*office.registers, txn,
                                              {unit, ref.record, ref.paper, words->value("to").value_or(""),
                                               words->value("note").value_or(""), words->has("again")},
                                              acting(request, *words));
                    });
}

Answer refuse(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("refuse").arguments, request.words);
  if (!words) return wrong_usage(row("refuse"), words.error().detail);
  const auto cause = words->value("cause");
  if (!cause) return wrong_usage(row("refuse"), "thiếu --cause (why it is refused)");
  return on_records(office, request, *words, row("refuse"),
                    [&](const lmdb::Transaction& txn, const std::string& unit, const RecordRef& ref) {
                      return registers::refuse(*office.registers, txn, {unit, ref.record, ref.paper, *cause},
                                               acting(request, *words));
                    });
}

Answer track(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const Command& self = row("track");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  registers::Tracking what;
  for (const auto& [option, day] : {std::pair{"deadline", &what.deadline}, std::pair{"finished", &what.finished}})
    if (const auto text = words->value(option)) {
      if (*text == "none") {
        *day = "";
        continue;
      }
      const auto date = read_date(*text);
      if (!date) return wrong_usage(self, date.error().detail);
      *day = iso(*date);
    }
  what.instruction = words->value("instruction");
  what.answer = words->value("answer");
  return on_records(office, request, *words, self,
                    [&](const lmdb::Transaction& txn, const std::string& unit, const RecordRef& ref) {
                      registers::Tracking one = what;
                      one.unit = unit;
                      one.record = ref.record;
                      one.paper = ref.paper;
                      return registers::track(*office.registers, txn, one, acting(request, *words));
                    });
}

Answer allocate(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const Command& self = row("allocate");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (!words->operands.empty()) return wrong_usage(self, "takes options only");
  registers::Allocating what;
  const auto unit = unit_in(request, *words);
  if (!unit) return failed(unit.error());
  if (unit->empty()) return wrong_usage(self, "thiếu --unit (whose number?)");
  what.unit = *unit;
  const auto count = small_in(*words, "count");
  const auto number = small_in(*words, "number");
  for (const auto* one : {&count, &number})
    if (!*one) return wrong_usage(self, one->error().detail);
  what.count = words->has("count") ? *count : 1;
  what.number = *number;
  what.card.symbol = registers::kept(words->value("symbol").value_or(""));
  if (what.card.symbol.empty()) return wrong_usage(self, "thiếu --symbol (TB/TU)");
  what.card.form = what.card.symbol.find('/') == std::string::npos ? "state" : "party";
  if (const auto text = words->value("date")) {
    const auto date = read_date(*text);
    if (!date) return wrong_usage(self, date.error().detail);
    what.card.date = iso(*date);
  }
  for (const auto& [option, field] :
       {std::pair{"kind", &registers::Card::kind}, std::pair{"subject", &registers::Card::subject},
        std::pair{"signer", &registers::Card::signer}})
    what.card.*field = registers::kept(words->value(option).value_or(""));
  const auto events = office.archive->act([&](const lmdb::Transaction& txn) {
    return registers::allocate(*office.registers, txn, what, acting(request, *words));
  });
  if (!events) return failed(events.error());
  const json::object& details = events->front().details;
  const auto first = details.at("number").to_number<std::uint32_t>();
  const std::string id = registers::to_key(details.at("register")).id();
  json::array numbers;
  std::string text;
  for (std::uint32_t one = first; one < first + what.count; ++one) {
    numbers.push_back(one);
    registers::Card card = what.card;
    card.number = (one < 10 ? "0" : "") + std::to_string(one);
    text += (text.empty() ? "" : ", ") + registers::printed_symbol(card);
  }
  if (words->has("json")) return {0, line(json::object{{"register", id}, {"numbers", std::move(numbers)}}), ""};
  return {0, printable("Đã cấp số " + text + " (" + id + ")") + '\n', ""};
}

Answer cancel(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("cancel").arguments, request.words);
  if (!words) return wrong_usage(row("cancel"), words.error().detail);
  return on_register(office, request, *words, row("cancel"), true,
                     "đã huỷ số, dòng vẫn ở trong sổ (cancelled; the line stays)",
                     [&](const lmdb::Transaction& txn, const std::string& id, const registers::LineRef& ref) {
                       return registers::cancel(*office.registers, txn, id, ref, acting(request, *words));
                     });
}

Answer correct(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("correct").arguments, request.words);
  if (!words) return wrong_usage(row("correct"), words.error().detail);
  const auto field = words->value("field");
  const auto text = words->value("now");
  if (!field || !text) return wrong_usage(row("correct"), "wants --field and --now");
  std::string value = *text;
  if (*field == "date")
    if (const auto date = read_date(value)) value = iso(*date);
  return on_register(office, request, *words, row("correct"), true,
                     "đã sửa, chữ cũ gạch ngang còn đọc được (corrected; what stood there is struck through)",
                     [&](const lmdb::Transaction& txn, const std::string& id, const registers::LineRef& ref) {
                       return registers::correct(*office.registers, txn, id, ref, *field, value,
                                                 acting(request, *words));
                     });
}

Answer remark(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("remark").arguments, request.words);
  if (!words) return wrong_usage(row("remark"), words.error().detail);
  return on_register(office, request, *words, row("remark"), true, "đã ghi chú (noted)",
                     [&](const lmdb::Transaction& txn, const std::string& id, const registers::LineRef& ref) {
                       return registers::remark(*office.registers, txn, id, ref, words->value("text").value_or(""),
                                                acting(request, *words));
                     });
}

/// Counts the pages of what is about to be closed, and signs it with the log's key.
Result<Done> sign_volume(const Office& office, const lmdb::Transaction& txn, const std::string& id,
                         archive::Event& closed, Time at) {
  const auto book = office.registers->find(txn, id);
  if (!book || office.record_tree == nullptr) return fail(status::not_found, id + ": không ký được (cannot be signed)");
  // What only the gateway knows beside the prescribed columns is not printed, and takes no pages.
  const registers::Naming naming{names_in(office), [](const std::string&) { return std::string(); }, {}, day_of(at)};
  std::uint64_t pages = 0;
  if (const auto sheet = registers::sheet_of(*office.registers, txn, *book, book->open_volume(), naming))
    pages = registers::pages_of(*sheet);
  auto note = office.record_tree->sign(
      [&](const proof::Checkpoint& head) { return registers::closing_text(proof::to_text(head), closed, pages, at); });
  if (!note) return note.error();
  closed.details["pages"] = pages;
  closed.details["note"] = *std::move(note);
  return done;
}

Answer close(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("close").arguments, request.words);
  if (!words) return wrong_usage(row("close"), words.error().detail);
  return on_register(
      office, request, *words, row("close"), false,
      "đã khoá tập; dòng sau sang tập mới (the volume is closed; the next line opens the next one)",
      [&](const lmdb::Transaction& txn, const std::string& id, const registers::LineRef&) -> Result<registers::Events> {
        const registers::Acting who = acting(request, *words);
        auto events = registers::close(*office.registers, txn, id, who);
        if (!events) return events;
        if (auto bound = sign_volume(office, txn, id, events->front(), who.at); !bound) return bound.error();
        return events;
      });
}

Answer configure(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("configure").arguments, request.words);
  if (!words) return wrong_usage(row("configure"), words.error().detail);
  if (!request.everywhere)
    return failed(fail(status::refused,
                       "chỉ quản trị toàn hệ thống đặt quy tắc sổ (an administrator of the whole sets "
                       "the rules)"));
  if (words->operands.size() != 1 || request.files.size() != 1) return wrong_usage(row("configure"), "wants one file");
  const auto events = office.archive->act([&](const lmdb::Transaction&) {
    return registers::configure(request.files.begin()->second, acting(request, *words));
  });
  if (!events) return failed(fail(events.error().reply, words->operands[0] + ": " + events.error().detail));
  if (words->has("json")) return {0, line(json::object{{"configured", true}}), ""};
  return {0, "Đã đặt quy tắc sổ; có hiệu lực với thư nhận từ lúc này (in force for what is accepted from now on).\n",
          ""};
}

using Where = Command::Where;

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto rows = std::to_array<Command>({
    {"register", "enter", "[--unit UNIT] [--to TEXT] [--note TEXT] [--again] [--json] RECORD…",
     "vào sổ đến, lấy số đến tiếp theo (register what came: gives the next arrival number)", Where::office,
     Takes::nothing, enter},
    {"register", "refuse", "--cause CAUSE [--unit UNIT] [--why TEXT] [--json] RECORD…",
     "từ chối: wrong-recipient, missing-page, bad-signature, other (refuse what came; its sender sees why)",
     Where::office, Takes::nothing, refuse},
    {"register", "track",
     "[--unit UNIT] [--deadline DATE|none] [--instruction TEXT] [--finished DATE|none] [--answer SYMBOL] [--why TEXT] "
     "[--json] RECORD…",
     "theo dõi giải quyết văn bản đã vào sổ đến: hạn, ý kiến chỉ đạo, đã xong, văn bản trả lời (what becomes of it)",
     Where::office, Takes::nothing, track},
    {"register", "allocate",
     "--symbol SYMBOL [--unit UNIT] [--count N] [--number N] [--date DATE] [--kind TEXT] [--subject TEXT] [--signer "
     "TEXT] "
     "[--why TEXT] [--json]",
     "cấp số đi trước khi gửi (take outgoing numbers before their papers are sent)", Where::office, Takes::nothing,
     allocate},
    {"register", "cancel", "--why TEXT [--json] BOOK LINE", "huỷ số; dòng vẫn ở trong sổ (cancel a number; it stays)",
     Where::office, Takes::nothing, cancel},
    {"register", "correct", "--field FIELD --now TEXT --why TEXT [--json] BOOK LINE",
     "sửa bằng gạch ngang, chữ cũ còn đọc được (correct by striking through)", Where::office, Takes::nothing, correct},
    {"register", "remark", "--text TEXT [--json] BOOK LINE", "thêm ghi chú (add a remark)", Where::office,
     Takes::nothing, remark},
    {"register", "close", "[--why TEXT] [--json] BOOK",
     "khoá tập đang mở, về sau không sửa (close the open volume for good)", Where::office, Takes::nothing, close},
    {"register", "configure", "[--why TEXT] [--json] FILE", "đặt quy tắc ấy từ tệp TOML (set those rules)",
     Where::office, Takes::files, configure},
});
}  // namespace

std::span<const Command> register_acts() { return rows; }

}  // namespace vanthu::admin
