// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "admin/commands.hpp"
#include "admin/keeping_call.hpp"
#include "admin/table.hpp"

/// retention: explain, due, table, adopt: how long, and why this date.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using keeping::Fate;
using keeping::FileTerm;
using keeping::Look;

json::object term_json(const FileTerm& term) {
  json::array reasons;
  for (const keeping::TermReason& reason : term.reasons)
    reasons.push_back({{"term", keeping::to_text(reason.term)}, {"why", reason.words}});
  json::object o{{"file", term.file.id()},
                 {"state", keeping::name_of(term.file.state)},
                 {"term", keeping::to_text(term.term)},
                 {"reasons", std::move(reasons)}};
  if (term.file.ended) o["ended"] = iso(*term.file.ended);
  if (term.kept_until) o["kept_until"] = iso(*term.kept_until);
  return o;
}

std::string term_text(const FileTerm& term) {
  std::string text = "  Hồ sơ " + printable(term.file.id()) + " (" + printable(term.file.title) + "): ";
  if (!term.file.ended)
    text += "chưa kết thúc, thời hạn chưa bắt đầu tính";
  else
    text += "công việc kết thúc " + iso(*term.file.ended) + ", " + keeping::in_words(term.term) +
            (term.kept_until ? ", tính từ hết năm " + std::to_string(static_cast<int>(term.file.ended->year())) +
                                   ", giữ đến hết " + iso(*term.kept_until)
                             : std::string());
  text += '\n';
  for (const keeping::TermReason& reason : term.reasons)
    text += std::string(reason.term == term.term ? "   » " : "     ") + printable(reason.words) + '\n';
  return text;
}

Answer explain_term(Office& office, const Request& request) {
  return KeepingCall::run("retention", "explain", office, request, [](KeepingCall& call) -> Answer {
    if (call.words().operands.size() != 1)
      return call.wrong("cần một số bản ghi hoặc một hồ sơ (wants one record number or file)");
    const std::string& what = call.words().operands[0];
    std::string text;
    json::object answer;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      std::vector<FileTerm> terms;
      if (what.find('/') != std::string::npos) {
        const auto file = look.ledger.file(look.books, what);
        if (!file || !call.their_file(what))
          return fail(status::not_found, "không có hồ sơ " + what + " (no such file)");
        terms.push_back(keeping::term_of(look, *file));
        text = "Thời hạn của hồ sơ " + printable(what) + ":\n";
      } else {
        const auto number = read_number(what);
        if (!number) return number.error();
        if (auto theirs = call.must_be_theirs(look, {*number}); !theirs) return theirs;
        keeping::Terms known;
        Fate fate = keeping::fate_told(look, *number, known, call.sight());
        if (fate.kind == Fate::Kind::unknown_record)
          return fail(status::not_found, "không có bản ghi " + what + " (no such record)");
        text = "Bản ghi " + what + ": " + printable(fate.why) + ".\n";
        answer["record"] = *number;
        answer["fate"] = keeping::name_of(fate.kind);
        answer["why"] = fate.why;
        if (fate.kept_until) answer["kept_until"] = iso(*fate.kept_until);
        if (const auto kept = look.ledger.record(look.books, *number)) {
          text += "  Nhận ngày " + kept->day + " (ngày ghi trong thư không được tính)\n";
          answer["received"] = kept->day;
        }
        terms = std::move(fate.files);
      }
      json::array files;
      for (const FileTerm& term : terms) {
        text += term_text(term);
        files.push_back(term_json(term));
      }
      text += "  Theo bảng thời hạn " + look.schedule.version() + " (vanthu retention table)\n";
      answer["files"] = std::move(files);
      answer["schedule"] = look.schedule.version();
      return done;
    });
    if (!looked) return failed(looked.error());
    return call.said(text, answer);
  });
}

const char* fate_word(Fate::Kind kind) {
  switch (kind) {
    case Fate::Kind::held:
      return "đang giữ, hoặc chờ sau khi bỏ lệnh giữ";
    case Fate::Kind::claimed:
      return "đã có trong một đề nghị hủy";
    case Fate::Kind::permanent:
      return "bảo quản vĩnh viễn";
    case Fate::Kind::open_file:
      return "hồ sơ chưa kết thúc";
    case Fate::Kind::handed_over:
      return "đã nộp lưu";
    case Fate::Kind::undetermined:
      return "thời hạn chưa xác định";
    case Fate::Kind::not_yet:
      return "còn thời hạn";
    case Fate::Kind::purging:
      return "chờ xác nhận xoá khẩn cấp";
    case Fate::Kind::unfiled:
      return "chưa lập hồ sơ, không có thời hạn";
    case Fate::Kind::elsewhere:
      return "điều ngoài phạm vi của đơn vị còn giữ lại";
    default:
      return "đã hủy";
  }
}

Answer list_due_files(Office& office, const Request& request) {
  return KeepingCall::run("retention", "due", office, request, [](KeepingCall& call) -> Answer {
    if (call.words().operands.size() > 1)
      return call.wrong("nhiều nhất một đơn vị, đơn vị/năm hoặc hồ sơ (wants one unit, unit/year or file at most)");
    const std::string under = call.words().operands.empty() ? "" : call.words().operands[0];
    if (under.empty() ? !call.request().everywhere : !call.their_file(under))
      return failed(fail(status::refused, "hãy nêu đơn vị của mình (name a unit of yours)"));
    Table table({"Hồ sơ", "Tiêu đề", "Năm", "Kết thúc", "Hết hạn từ", "Bản ghi"});
    json::array files;
    json::object left;
    std::string text;
    std::uint64_t records = 0;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      keeping::Draft draft = keeping::draft_disposal(look, under, call.sight());
      for (const keeping::Listed& one : draft.files) {
        table.add({one.file, shortened(printable(one.title), 50), one.term, one.ended, one.due,
                   shortened(keeping::to_ranges(one.records), 40)});
        files.push_back({{"file", one.file},
                         {"title", one.title},
                         {"term", one.term},
                         {"ended", one.ended},
                         {"due", one.due},
                         {"records", keeping::to_ranges(one.records)}});
      }
      records = draft.records;
      look.ledger.each_record(look.books, 1, [&](std::uint64_t record, const keeping::Kept& kept) {
        const std::string unit = under.substr(0, under.find('/'));
        const bool ours = unit.empty() || std::find(kept.units.begin(), kept.units.end(), unit) != kept.units.end();
        const auto filed = look.ledger.files_of(look.books, record);
        if (ours && std::none_of(filed.begin(), filed.end(), [&](const auto& file) { return call.their_file(file); }))
          ++draft.left_out[Fate::Kind::unfiled];
        return true;
      });
      for (const auto& [kind, count] : draft.left_out) {
        left[keeping::name_of(kind)] = count;
        text += "  " + std::to_string(count) + ": " + fate_word(kind) + '\n';
      }
      return done;
    });
    if (!looked) return failed(looked.error());
    return call.said((records == 0 ? std::string("Không có tài liệu nào hết thời hạn (nothing is due).\n")
                                   : table.text() + std::to_string(records) + " bản ghi hết thời hạn.\n") +
                         (text.empty() ? std::string() : "Không tính:\n" + text),
                     json::object{{"files", files}, {"records", records}, {"left_out", left}});
  });
}

Answer show_terms(Office& office, const Request& request) {
  return KeepingCall::run("retention", "table", office, request, [](KeepingCall& call) -> Answer {
    if (call.words().operands.size() > 1) return call.wrong("nhiều nhất một phiên bản (wants one version at most)");
    std::string text, version;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      version = call.words().operands.empty() ? look.schedule.version() : call.words().operands[0];
      text = look.schedule.text();
      if (version == look.schedule.version()) return done;
      const auto old = look.ledger.schedule(look.books, version);
      if (!old || version.find(' ') != std::string::npos)
        return fail(status::not_found, "không có bảng thời hạn " + version + " (no such version)");
      text = *old;
      return done;
    });
    if (!looked) return failed(looked.error());
    return call.said(text, json::object{{"version", version}, {"text", text}});
  });
}

Answer adopt_terms(Office& office, const Request& request) {
  return KeepingCall::run("retention", "adopt", office, request, [](KeepingCall& call) -> Answer {
    if (!call.request().everywhere)
      return failed(fail(status::refused, "bảng thời hạn là của toàn kho (the table is the whole archive's)"));
    if (call.request().files.size() != 1) return call.wrong("cần đúng một tệp (wants one file)");
    const std::string& tsv = call.request().files.begin()->second;
    const auto events = call.keeper().act(
        [&](const Look& look) { return keeping::adopt_schedule(look, call.who(), tsv, call.reason()); });
    if (!events) return failed(events.error());
    const std::string version = keeping::text_in(events->front().details, "version");
    return call.said("Bảng thời hạn " + version + " có hiệu lực.\n", json::object{{"version", version}});
  });
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto retention_rows = std::to_array<Command>({
    {"retention", "explain", "N|FILE [--json]",
     "giữ đến bao giờ và vì sao (how long a record or a file is kept, and why)", Where::office, Takes::nothing,
     explain_term},
    {"retention", "due", "[UNIT|UNIT/YEAR|FILE] [--json]",
     "tài liệu hết thời hạn; không tự hủy, chỉ để đề nghị (what is due: nothing goes by itself)", Where::office,
     Takes::nothing, list_due_files},
    {"retention", "table", "[VERSION] [--json]",
     "bảng thời hạn đang hoặc đã có hiệu lực (the table in force, or an old one)", Where::office, Takes::nothing,
     show_terms},
    {"retention", "adopt", "--reason TEXT [--json] FILE",
     "đưa bảng thời hạn khác vào hiệu lực (puts another table in force)", Where::office, Takes::files, adopt_terms},
});
}  // namespace

std::span<const Command> retention_commands() { return retention_rows; }

}  // namespace vanthu::admin
