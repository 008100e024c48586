// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <boost/json.hpp>
#include <functional>

#include "admin/commands.hpp"
#include "admin/export_record.hpp"
#include "admin/keeping_call.hpp"
#include "admin/table.hpp"
#include "directory/directory.hpp"
#include "gateway/keeping/holdings.hpp"

/// fonds: open, list, show, change, close, reopen: fonds (phông) of the units.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using keeping::Events;
using keeping::Fonds;
using keeping::Look;

constexpr std::size_t files_shown = 200;  // of one fonds; `file list` has all

Error no_fonds(const std::string& code) {
  return fail(status::not_found, "không có phông " + code + " (no such fonds: vanthu fonds list)");
}

const char* fonds_state(const Fonds& fonds) {
  if (!fonds.described) return "chưa lập";
  return fonds.state == Fonds::State::open ? "đang mở" : "đã đóng";
}

/// Its own name; of one that nobody has opened the unit's.
std::string fonds_name(const KeepingCall& call, const Fonds& fonds) {
  return fonds.name.empty() ? unit_names(call.office())(fonds.unit) : fonds.name;
}

/// Members that words describe it by.
json::object described_by(const KeepingCall& call) {
  json::object members;
  for (const char* member : keeping::changeable_of_fonds)
    if (const auto text = call.words().value(member)) members[member] = *text;
  return members;
}

json::object told(const KeepingCall& call, const Fonds& fonds, const keeping::Holdings& holdings) {
  json::object one = keeping::to_json(fonds);
  one["name"] = fonds_name(call, fonds);
  one["described"] = fonds.described;
  one["unit_name"] = unit_names(call.office())(fonds.unit);
  one["files"] = {{"all", holdings.files}, {"open", holdings.open}, {"handed_over", holdings.handed_over}};
  one["records"] = holdings.records.size();
  one["gone"] = holdings.gone;
  if (!holdings.from.empty()) one["from"] = holdings.from;
  if (!holdings.to.empty()) one["to"] = holdings.to;
  return one;
}

/// Does something to the fonds that the one operand names, and says what was written.
Answer change_one(KeepingCall& call, const std::string& done_words,
                  const std::function<Result<Events>(const Look&, const std::string& code)>& decide) {
  if (call.words().operands.size() != 1) return call.wrong("cần mã của đúng một phông (wants one fonds: its code)");
  const std::string& code = call.words().operands[0];
  const auto events = call.keeper().act([&](const Look& look) -> Result<Events> {
    const auto fonds = look.ledger.fonds(look.books, code);
    if (!fonds || !call.theirs(fonds->unit)) return no_fonds(code);
    return decide(look, code);
  });
  if (!events) return failed(events.error());
  return call.said("Phông " + printable(code) + ": " +
                       (events->empty() ? std::string("không có gì thay đổi (nothing changed)") : done_words) + ".\n",
                   json::object{{"fonds", code}, {"events", events->size()}});
}

Answer open_fonds(Office& office, const Request& request) {
  return KeepingCall::run("fonds", "open", office, request, [](KeepingCall& call) -> Answer {
    if (!call.words().operands.empty()) return call.wrong("chỉ nhận tuỳ chọn (takes options only)");
    Fonds fonds = keeping::to_fonds(described_by(call));
    fonds.unit = call.value("unit");
    fonds.code = call.value("code");
    if (fonds.unit.empty() || fonds.code.empty()) return call.wrong("cần --unit và --code (wants --unit and --code)");
    const directory::Directory* directory = call.office().directory;
    // A unit that is there no more has left papers: most fonds that are described late are of such.
    if (!call.theirs(fonds.unit) || (directory != nullptr && !directory->unit(fonds.unit)))
      return failed(fail(status::not_found, "không có đơn vị " + fonds.unit + " (no such unit)"));
    if (fonds.code != fonds.unit && directory != nullptr && directory->unit(fonds.code))
      return failed(
          fail(status::refused, "mã " + fonds.code + " là mã của đơn vị khác (the code is the id of another unit)"));
    fonds.name = fonds_name(call, fonds);
    const auto events = call.keeper().act(
        [&](const Look& look) { return keeping::open_fonds(look, call.who(), fonds, call.reason()); });
    if (!events) return failed(events.error());
    return call.said("Đã lập phông " + printable(fonds.code) + ": " + printable(fonds.name) + ".\n",
                     keeping::to_json(keeping::to_fonds(events->front().details)));
  });
}

Answer list_fonds(Office& office, const Request& request) {
  return KeepingCall::run("fonds", "list", office, request, [](KeepingCall& call) -> Answer {
    if (!call.words().operands.empty()) return call.wrong("chỉ nhận tuỳ chọn (takes options only)");
    const std::string unit = call.value("unit"), state = call.value("state");
    Table table({"Phông", "Tên", "Đơn vị", "Trạng thái", "Hồ sơ", "Bản ghi", "Từ ngày", "Đến ngày"});
    json::array all;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      look.ledger.each_fonds(look.books, [&](const Fonds& fonds) {
        if (!call.theirs(fonds.unit) || (!unit.empty() && fonds.unit != unit) ||
            (!state.empty() && keeping::name_of(fonds.state) != state))
          return true;
        const keeping::Holdings holdings = keeping::holdings_of(look, fonds.code);
        table.add({fonds.code, shortened(printable(fonds_name(call, fonds)), 50), fonds.unit, fonds_state(fonds),
                   std::to_string(holdings.files), std::to_string(holdings.records.size()), holdings.from,
                   holdings.to});
        all.push_back(told(call, fonds, holdings));
        return true;
      });
      return done;
    });
    if (!looked) return failed(looked.error());
    return call.said(all.empty() ? "Chưa có phông nào (no fonds).\n" : table.text(), json::object{{"fonds", all}});
  });
}

Answer show_fonds(Office& office, const Request& request) {
  return KeepingCall::run("fonds", "show", office, request, [](KeepingCall& call) -> Answer {
    if (call.words().operands.size() != 1) return call.wrong("cần mã của đúng một phông (wants one fonds: its code)");
    const std::string& code = call.words().operands[0];
    std::string text;
    json::object answer;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      const auto fonds = look.ledger.fonds(look.books, code);
      if (!fonds || !call.theirs(fonds->unit)) return no_fonds(code);
      const keeping::Holdings holdings = keeping::holdings_of(look, code);
      const auto line = [&](const char* label, const std::string& value) {
        if (!value.empty()) text += std::string("  ") + label + ": " + printable(value) + '\n';
      };
      text = "Phông " + printable(code) + ": " + printable(fonds_name(call, *fonds)) + '\n';
      line("Đơn vị hình thành phông", unit_names(call.office())(fonds->unit) + " (" + fonds->unit + ')');
      std::string state = fonds_state(*fonds);
      if (!fonds->described) state += " (nobody has opened it: vanthu fonds open)";
      if (!fonds->opened.empty()) state += ", lập ngày " + fonds->opened;
      if (fonds->closed) state += ", đóng ngày " + iso(*fonds->closed) + ": " + fonds->why;
      line("Trạng thái", state);
      line("Lịch sử đơn vị", fonds->history);
      line("Phương án phân loại", fonds->plan);
      line("Ngôn ngữ", fonds->language);
      line("Chế độ sao lưu", fonds->backup);
      line("Ghi chú", fonds->note);
      line("Thời gian tài liệu", holdings.from.empty() ? "" : holdings.from + " đến " + holdings.to);
      line("Hồ sơ", std::to_string(holdings.files) + " (đang mở " + std::to_string(holdings.open) + ", đã nộp lưu " +
                        std::to_string(holdings.handed_over) + ')');
      line("Bản ghi", std::to_string(holdings.records.size()) +
                          (holdings.gone == 0 ? "" : ", đã hủy " + std::to_string(holdings.gone)));
      answer = told(call, *fonds, holdings);
      json::array ids;
      look.ledger.each_file_of_fonds(look.books, code, [&](std::string_view id) {
        if (ids.size() < files_shown) text += "    " + printable(std::string(id)) + '\n';
        if (ids.size() == files_shown) text += "    …\n";
        ids.emplace_back(id);
        return ids.size() <= files_shown || call.json();
      });
      answer["file_ids"] = std::move(ids);
      return done;
    });
    if (!looked) return failed(looked.error());
    return call.said(text, answer);
  });
}

Answer change_fonds(Office& office, const Request& request) {
  return KeepingCall::run("fonds", "change", office, request, [](KeepingCall& call) -> Answer {
    const json::object changes = described_by(call);
    if (changes.empty())
      return call.wrong(
          "cần ít nhất một trong --name, --history, --plan, --language, --backup, --note (wants at least one of "
          "--name, --history, --plan, --language, --backup, --note)");
    return change_one(call, "đã ghi", [&](const Look& look, const std::string& code) {
      return keeping::change_fonds(look, call.who(), code, changes, call.reason());
    });
  });
}

Answer close_fonds(Office& office, const Request& request) {
  return KeepingCall::run("fonds", "close", office, request, [](KeepingCall& call) -> Answer {
    Date ended = day_of(now());
    if (const auto given = call.words().value("ended")) {
      const auto read = read_date(*given);
      if (!read) return call.wrong("--ended: " + read.error().detail);
      ended = *read;
    }
    return change_one(call, "đã đóng ngày " + iso(ended) + ", không nhận hồ sơ mới",
                      [&](const Look& look, const std::string& code) {
                        return keeping::close_fonds(look, call.who(), code, ended, call.reason());
                      });
  });
}

Answer reopen_fonds(Office& office, const Request& request) {
  return KeepingCall::run("fonds", "reopen", office, request, [](KeepingCall& call) -> Answer {
    return change_one(call, "đã mở lại", [&](const Look& look, const std::string& code) {
      return keeping::reopen_fonds(look, call.who(), code, call.reason());
    });
  });
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto fonds_rows = std::to_array<Command>({
    {"fonds", "open",
     "--unit UNIT --code CODE [--name TEXT] [--history TEXT] [--plan TEXT] [--language TAG] [--backup TEXT] [--note "
     "TEXT] [--reason TEXT] [--json]",
     "lập phông của một đơn vị: tên, lịch sử đơn vị, phương án phân loại, chế độ sao lưu (open a unit's fonds; of a "
     "unit that is there no more, too)",
     Where::office, Takes::nothing, open_fonds},
    {"fonds", "list", "[--unit UNIT] [--state STATE] [--json]",
     "các phông: open, closed; số hồ sơ, bản ghi, thời gian tài liệu (fonds, what they hold, from when to when)",
     Where::office, Takes::nothing, list_fonds},
    {"fonds", "show", "CODE [--json]", "mô tả và hồ sơ của một phông (a fonds, what is said of it, its files)",
     Where::office, Takes::nothing, show_fonds},
    {"fonds", "change",
     "[--name TEXT] [--history TEXT] [--plan TEXT] [--language TAG] [--backup TEXT] [--note TEXT] [--reason TEXT] "
     "[--json] CODE",
     "ghi lại mô tả phông; chữ trống là bỏ (describe it anew; an empty text takes away)", Where::office, Takes::nothing,
     change_fonds},
    {"fonds", "close", "--reason TEXT [--ended DATE] [--json] CODE",
     "đóng phông, ví dụ đơn vị đã giải thể: không nhận hồ sơ mới (close it, as of a unit that was abolished: it takes "
     "no new file)",
     Where::office, Takes::nothing, close_fonds},
    {"fonds", "reopen", "--reason TEXT [--json] CODE", "mở lại phông đã đóng (open it again)", Where::office,
     Takes::nothing, reopen_fonds},
});
}  // namespace

std::span<const Command> fonds_commands() { return fonds_rows; }

}  // namespace vanthu::admin
