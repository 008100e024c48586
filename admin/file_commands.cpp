// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>
#include <span>

#include "admin/certificate.hpp"
#include "admin/commands.hpp"
#include "admin/export_record.hpp"
#include "admin/keeping_call.hpp"
#include "admin/signed_receipt.hpp"
#include "admin/table.hpp"
#include "directory/csv.hpp"
#include "directory/directory.hpp"
#include "filters/facts.hpp"
#include "gateway/archive/terms.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"
#include "gateway/keeping/limits.hpp"
#include "gateway/keeping/receipt.hpp"
#include "gateway/mail/header.hpp"
#include "gateway/proof/note.hpp"

/// file: plan, open, list, show, add, remove, suggest, close, reopen, minutes, handover, receipt: files (hồ sơ) of the
/// units.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using keeping::Events;
using keeping::File;
using keeping::Look;

Error no_file(const std::string& id) {
  return fail(status::not_found, "không có hồ sơ " + id + " (no such file; write UNIT/YEAR/CODE)");
}

const char* file_state(File::State state) {
  return state == File::State::open ? "đang mở" : state == File::State::closed ? "đã kết thúc" : "đã nộp lưu";
}

/// Does something to the file that the first operand names, and says what was written.
Answer change_file(KeepingCall& call, const std::string& done_words,
                   const std::function<Result<Events>(const Look&, const std::string& file)>& decide) {
  if (call.words().operands.empty()) return call.wrong("cần một hồ sơ, UNIT/YEAR/CODE (wants a file: UNIT/YEAR/CODE)");
  const std::string& id = call.words().operands[0];
  const auto events = call.keeper().act([&](const Look& look) -> Result<Events> {
    if (!call.their_file(id)) return no_file(id);
    return decide(look, id);
  });
  if (!events) return failed(events.error());
  return call.said("Hồ sơ " + printable(id) + ": " +
                       (events->empty() ? std::string("không có gì thay đổi (nothing changed)") : done_words) + ".\n",
                   json::object{{"file", id}, {"events", events->size()}});
}

bool stands_below(const directory::Directory* directory, const std::string& unit, const std::string& above) {
  return unit == above || (directory != nullptr && directory->oversees({"", false, {above}}, unit, day_of(now())));
}

Answer open_file(Office& office, const Request& request) {
  return KeepingCall::run("file", "open", office, request, [](KeepingCall& call) -> Answer {
    File file;
    file.unit = call.value("unit");
    file.code = call.value("code");
    file.title = call.value("title");
    file.file_class = call.value("class");
    file.fonds = call.value("fonds");
    file.year = static_cast<unsigned>(static_cast<int>(day_of(now()).year()));
    if (const auto year = call.words().value("year")) {
      const auto number = read_number(*year);
      if (!number || *number > 9999) return call.wrong("--year: " + *year);
      file.year = static_cast<unsigned>(*number);
    }
    if (file.unit.empty() || file.code.empty())
      return call.wrong(
          "cần --unit và --code, thêm --title và --class nếu danh mục hồ sơ của đơn vị chưa có mã ấy (wants --unit and "
          "--code; --title and --class too, unless the unit's list has the code)");
    const directory::Directory* directory = call.office().directory;
    const bool today = directory == nullptr || directory->unit(file.unit, day_of(now()));
    const auto events = call.keeper().act([&](const Look& look) -> Result<Events> {
      // What a unit that is there no more has left is put in order within its fonds.
      const auto own = look.ledger.fonds(look.books, look.ledger.own_fonds(look.books, file.unit));
      if (!call.theirs(file.unit) || (!today && !(own && own->described)))
        return fail(status::not_found, "không có đơn vị " + file.unit + " hôm nay (no such unit today)");
      // Into the fonds of the unit itself, of one that it stands below, or of one that is theirs, too.
      if (!file.fonds.empty()) {
        const auto named = look.ledger.fonds(look.books, file.fonds);
        if (named && !call.theirs(named->unit) && !stands_below(directory, file.unit, named->unit))
          return fail(status::not_found, "không có phông " + file.fonds + " (no such fonds: vanthu fonds list)");
      }
      return keeping::open_file(look, call.who(), file, call.reason());
    });
    if (!events) return failed(events.error());
    file = keeping::to_file(events->front().details);
    return call.said("Đã mở hồ sơ " + printable(file.id()) + ".\n", keeping::to_json(file));
  });
}

/// A list as a spreadsheet saves it: code, title, class, who; a first row that begins with "code" or "mã" is a head.
Result<std::vector<keeping::FilePlan::Row>> read_rows(const std::string& octets) {
  std::vector<keeping::FilePlan::Row> rows;
  std::string wrong;
  const auto faults = directory::parse_csv(octets, [&](std::size_t line, std::span<const std::string_view> cells) {
    if (cells.empty() || (rows.empty() && (text::fold(cells[0]).starts_with("ma") || cells[0] == "code"))) return;
    if (cells.size() < 3 && wrong.empty())
      wrong = "dòng " + std::to_string(line) + ": cần mã,tiêu đề,nhóm[,người lập] (wants code,title,class[,who])";
    if (cells.size() < 3) return;
    rows.push_back({std::string(cells[0]), std::string(cells[1]), std::string(cells[2]),
                    cells.size() > 3 ? std::string(cells[3]) : std::string()});
  });
  if (!faults.empty()) wrong = "line " + std::to_string(faults[0].line) + ": " + faults[0].what;
  if (!wrong.empty()) return fail(status::bad_arguments, wrong);
  return rows;
}

Answer plan_files(Office& office, const Request& request) {
  return KeepingCall::run("file", "plan", office, request, [](KeepingCall& call) -> Answer {
    keeping::FilePlan plan;
    plan.unit = call.value("unit");
    plan.year = static_cast<unsigned>(static_cast<int>(day_of(now()).year()));
    if (const auto year = call.words().value("year")) {
      const auto number = read_number(*year);
      if (!number || *number > 9999) return call.wrong("--year: " + *year);
      plan.year = static_cast<unsigned>(*number);
    }
    if (plan.unit.empty()) return call.wrong("cần --unit (wants --unit)");
    if (!call.theirs(plan.unit))
      return failed(fail(status::not_found, "không có đơn vị " + plan.unit + " (no such unit)"));
    const auto& operands = call.words().operands;
    if (operands.size() > 1) return call.wrong("cần một danh mục hồ sơ, tệp CSV (wants one list, a CSV file)");
    if (!operands.empty()) {
      const auto file = call.request().files.find(operands[0]);
      if (file == call.request().files.end())
        return failed(fail(status::not_found, operands[0] + ": không đọc được (cannot be read)"));
      auto rows = read_rows(file->second);
      if (!rows) return failed(rows.error());
      plan.rows = *std::move(rows);
      plan.decision = call.value("decision");
      const auto events = call.keeper().act(
          [&](const Look& look) { return keeping::plan_files(look, call.who(), plan, call.reason()); });
      if (!events) return failed(events.error());
      return call.said(
          "Đã ban hành danh mục hồ sơ " + printable(plan.id()) + ", " + std::to_string(plan.rows.size()) + " hồ sơ.\n",
          keeping::to_json(plan));
    }
    Table table({"Mã", "Tiêu đề", "Nhóm", "Người lập", "Trạng thái", "Bản ghi"});
    json::object answer;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      const auto known = look.ledger.file_plan(look.books, plan.unit, plan.year);
      if (!known) return fail(status::not_found, plan.id() + ": chưa có danh mục hồ sơ (no list of files was set)");
      answer = keeping::to_json(*known);
      json::array rows;
      for (const keeping::FilePlan::Row& row : known->rows) {
        const auto file = look.ledger.file(look.books, known->id() + '/' + row.code);
        const std::uint64_t records = file ? look.ledger.count_in(look.books, file->id()) : 0;
        table.add({row.code, shortened(printable(row.title), 50), row.file_class, row.who,
                   file ? file_state(file->state) : "chưa mở", file ? std::to_string(records) : ""});
        rows.push_back({{"code", row.code},
                        {"title", row.title},
                        {"class", row.file_class},
                        {"who", row.who},
                        {"state", file ? keeping::name_of(file->state) : std::string_view("planned")},
                        {"records", records}});
      }
      answer["rows"] = std::move(rows);
      return done;
    });
    if (!looked) return failed(looked.error());
    return call.said(table.text(), answer);
  });
}

Answer list_files(Office& office, const Request& request) {
  return KeepingCall::run("file", "list", office, request, [](KeepingCall& call) -> Answer {
    if (!call.words().operands.empty()) return call.wrong("chỉ nhận tuỳ chọn (takes options only)");
    const std::string unit = call.value("unit"), year = call.value("year"), state = call.value("state");
    Table table({"Hồ sơ", "Tiêu đề", "Nhóm", "Trạng thái", "Kết thúc", "Bản ghi", "Giữ đến hết"});
    json::array all;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      look.ledger.each_file(look.books, unit.empty() || year.empty() ? unit : unit + '/' + year, [&](const File& file) {
        if (!call.theirs(file.unit) || (!year.empty() && std::to_string(file.year) != year) ||
            (!state.empty() && keeping::name_of(file.state) != state))
          return true;
        const keeping::FileTerm term = keeping::term_of(look, file);
        const std::uint64_t records = look.ledger.count_in(look.books, file.id());
        const std::string until = term.kept_until ? iso(*term.kept_until) : keeping::in_words(term.term);
        table.add({file.id(), shortened(printable(file.title), 50), file.file_class, file_state(file.state),
                   file.ended ? iso(*file.ended) : "", std::to_string(records), until});
        json::object one = keeping::to_json(file);
        one["fonds"] = look.ledger.fonds_of(look.books, file);
        one["records"] = records;
        one["term"] = keeping::to_text(term.term);
        if (term.kept_until) one["kept_until"] = iso(*term.kept_until);
        all.push_back(std::move(one));
        return true;
      });
      return done;
    });
    if (!looked) return failed(looked.error());
    return call.said(all.empty() ? "Chưa có hồ sơ nào (no files).\n" : table.text(), json::object{{"files", all}});
  });
}

Answer show_file(Office& office, const Request& request) {
  return KeepingCall::run("file", "show", office, request, [](KeepingCall& call) -> Answer {
    if (call.words().operands.size() != 1)
      return call.wrong("cần đúng một hồ sơ, UNIT/YEAR/CODE (wants one file: UNIT/YEAR/CODE)");
    const std::string& id = call.words().operands[0];
    std::string text;
    json::object answer;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      const auto file = look.ledger.file(look.books, id);
      if (!file || !call.their_file(id)) return no_file(id);
      const keeping::FileTerm term = keeping::term_of(look, *file);
      const keeping::Numbers records = look.ledger.records_in(look.books, id);
      text = "Hồ sơ " + printable(id) + ": " + printable(file->title) + '\n';
      text += std::string("  Trạng thái: ") + file_state(file->state) + ", mở ngày " + file->opened;
      if (file->ended) text += ", công việc kết thúc ngày " + iso(*file->ended);
      if (!file->receipt.empty()) text += ", nộp " + printable(file->to) + " theo biên bản " + printable(file->receipt);
      const std::string fonds = look.ledger.fonds_of(look.books, *file);
      text += "\n  Phông: " + printable(fonds);
      text += "\n  Thời hạn: " + keeping::in_words(term.term);
      if (term.kept_until) text += ", giữ đến hết " + iso(*term.kept_until);
      text += '\n';
      json::array reasons;
      for (const keeping::TermReason& reason : term.reasons) {
        text += "    " + printable(reason.words) + '\n';
        reasons.emplace_back(reason.words);
      }
      keeping::Numbers gone;
      for (const std::uint64_t record : records)
        if (look.ledger.gone(look.books, record)) gone.push_back(record);
      text += "  Bản ghi (" + std::to_string(records.size()) + "): " + keeping::to_ranges(records) + '\n';
      if (!gone.empty()) text += "  Đã hủy: " + keeping::to_ranges(gone) + '\n';
      answer = keeping::to_json(*file);
      answer["fonds"] = fonds;
      answer["term"] = keeping::to_text(term.term);
      if (term.kept_until) answer["kept_until"] = iso(*term.kept_until);
      answer["reasons"] = std::move(reasons);
      answer["records"] = json::value_from(records);
      answer["gone"] = json::value_from(gone);
      return done;
    });
    if (!looked) return failed(looked.error());
    return call.said(text, answer);
  });
}

Answer add_to_file(Office& office, const Request& request) {
  return KeepingCall::run("file", "add", office, request, [](KeepingCall& call) -> Answer {
    const auto numbers = call.numbers(1);
    if (!numbers) return call.wrong(numbers.error().detail);
    return change_file(call, "đã thêm bản ghi " + keeping::to_ranges(*numbers),
                       [&](const Look& look, const std::string& file) -> Result<Events> {
                         if (auto theirs = call.must_be_theirs(look, *numbers); !theirs) return theirs.error();
                         return keeping::add_to_file(look, call.who(), file, *numbers, call.reason());
                       });
  });
}

Answer remove_from_file(Office& office, const Request& request) {
  return KeepingCall::run("file", "remove", office, request, [](KeepingCall& call) -> Answer {
    const auto numbers = call.numbers(1);
    if (!numbers) return call.wrong(numbers.error().detail);
    return change_file(call, "đã đưa ra bản ghi " + keeping::to_ranges(*numbers),
                       [&](const Look& look, const std::string& file) {
                         return keeping::remove_from_file(look, call.who(), file, *numbers, call.reason());
                       });
  });
}

Answer close_file(Office& office, const Request& request) {
  return KeepingCall::run("file", "close", office, request, [](KeepingCall& call) -> Answer {
    const auto ended = read_date(call.value("ended"));
    if (!ended) return call.wrong("--ended: " + ended.error().detail);
    return change_file(call, "đã kết thúc, công việc xong ngày " + iso(*ended),
                       [&](const Look& look, const std::string& file) {
                         return keeping::close_file(look, call.who(), file, *ended, call.value("class"), call.reason());
                       });
  });
}

Answer reopen_file(Office& office, const Request& request) {
  return KeepingCall::run("file", "reopen", office, request, [](KeepingCall& call) -> Answer {
    return change_file(call, "đã mở lại", [&](const Look& look, const std::string& file) {
      return keeping::reopen_file(look, call.who(), file, call.reason());
    });
  });
}

Answer hand_over_file(Office& office, const Request& request) {
  return KeepingCall::run("file", "handover", office, request, [](KeepingCall& call) -> Answer {
    const std::vector<std::string>& given = call.words().operands;
    if (given.size() != 1 && given.size() != 4)
      return call.wrong(
          "cần một hồ sơ (UNIT/YEAR/CODE), một mình hoặc cùng bảng kê của gói, chữ ký và chứng thư gốc (wants a file, "
          "alone or with the bag's manifest, its signature, the authorities)");
    json::object details;
    std::string signer;
    if (given.size() == 4) {
      auto receipt = signed_receipt(call, given[0], std::span(given).subspan(1));
      if (!receipt) return failed(receipt.error());
      details = *std::move(receipt);
      signer = ", ký nhận bởi " + printable(keeping::text_in(details, "signer"));
    }
    return change_file(call, "đã nộp lưu theo biên bản " + printable(call.value("receipt")) + signer,
                       [&](const Look& look, const std::string& file) -> Result<Events> {
                         auto events =
                             keeping::hand_over_file(look, call.who(), file, call.value("receipt"), call.value("to"));
                         if (events)
                           for (const auto& member : details) events->front().details[member.key()] = member.value();
                         return events;
                       });
  });
}

/// The signature that stands behind a handing over: the books know its frame, the log has it.
Answer file_receipt(Office& office, const Request& request) {
  return KeepingCall::run("file", "receipt", office, request, [](KeepingCall& call) -> Answer {
    if (call.words().operands.size() != 1)
      return call.wrong("cần đúng một hồ sơ, UNIT/YEAR/CODE (wants one file: UNIT/YEAR/CODE)");
    const std::string& id = call.words().operands[0];
    if (!call.their_file(id)) return failed(no_file(id));
    if (call.office().record_log == nullptr) return {EX_UNAVAILABLE, "", "sổ lưu trữ chưa mở (the log is not open)\n"};
    std::uint64_t at = 0;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      at = look.ledger.handed_over_at(look.books, id);
      return done;
    });
    if (!looked) return failed(looked.error());
    json::object found;
    Result<Done> scanned = done;
    if (at != 0)
      scanned = call.office().record_log->scan(at, [&](const journal::Frame& frame) {
        if (frame.head.at.sequence != at) return false;
        if (const auto events = archive::parse_events(frame.meta))
          for (const archive::Event& event : *events)
            if (event.what == "file.handed-over" && keeping::text_in(event.details, "file") == id)
              found = event.details;
        return false;
      });
    if (!scanned) return failed(scanned.error());
    const auto octets = proof::from_base64(keeping::text_in(found, "signature"));
    if (found.empty() || !octets || octets->empty())
      return failed(
          fail(status::not_found, "hồ sơ " + id + " không có chữ ký của bên nhận (nobody has signed for it)"));
    if (call.json()) return {0, json::serialize(found) + '\n', ""};
    return {0, *octets, ""};
  });
}

/// Biên bản giao nhận of files that are closed, for both sides to sign.
Answer file_minutes(Office& office, const Request& request) {
  return KeepingCall::run("file", "minutes", office, request, [](KeepingCall& call) -> Answer {
    if (call.words().operands.empty() || call.value("to").empty())
      return call.wrong("cần --to và các hồ sơ, UNIT/YEAR/CODE (wants --to ARCHIVE and files: UNIT/YEAR/CODE)");
    keeping::HandoverMinutes minutes;
    minutes.to = call.value("to");
    std::string unit;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      for (const std::string& id : call.words().operands) {
        const auto file = look.ledger.file(look.books, id);
        if (!file || !call.their_file(id)) return no_file(id);
        if (file->state == File::State::open)
          return fail(status::refused,
                      "chỉ giao hồ sơ đã kết thúc; " + id + " đang mở (only closed files are handed over)");
        if (!unit.empty() && unit != file->unit)
          return fail(status::bad_arguments,
                      "hồ sơ của nhiều đơn vị: mỗi đơn vị một biên bản (one unit's files at a time)");
        unit = file->unit;
        const std::string code = look.ledger.fonds_of(look.books, *file);
        const auto fonds = look.ledger.fonds(look.books, code);
        const std::string named =
            code + ", " + (fonds && !fonds->name.empty() ? fonds->name : unit_names(call.office())(unit));
        if (std::find(minutes.fonds.begin(), minutes.fonds.end(), named) == minutes.fonds.end())
          minutes.fonds.push_back(named);
        minutes.files.push_back({id, file->title, keeping::in_words(keeping::term_of(look, *file).term), file->opened,
                                 file->ended ? iso(*file->ended) : std::string(),
                                 look.ledger.records_in(look.books, id).size()});
      }
      return done;
    });
    if (!looked) return failed(looked.error());
    minutes.head = letterhead_of(call.office(), unit);
    minutes.from = unit_names(call.office())(unit);
    auto anchor = anchor_of(call.office());
    if (!anchor) return failed(anchor.error());
    minutes.log = *std::move(anchor);
    auto pdf = keeping::to_pdf(minutes);
    if (!pdf) return failed(pdf.error());
    Answer answer{0, *std::move(pdf), ""};
    answer.audit = {{"files", minutes.files.size()}, {"sha256", hex(sha256(answer.out))}};
    return answer;
  });
}

// ---- suggesting

/// Message-IDs that a letter answers (RFC 5322 §3.6.4), the nearest last.
std::vector<std::string> answered_by(const std::string& octets) {
  std::vector<std::string> ids;
  mail::each_field(octets, [&](std::string_view name, std::string_view value) {
    if (!mail::is_field(name, "In-Reply-To") && !mail::is_field(name, "References")) return;
    for (std::size_t at = value.find('<'); at != std::string_view::npos && ids.size() < 100;
         at = value.find('<', at + 1)) {
      const std::size_t end = value.find('>', at);
      if (end == std::string_view::npos) return;
      ids.emplace_back(value.substr(at, end - at + 1));
    }
  });
  return ids;
}

/// Symbols of papers that a text names: "Trả lời Công văn số 15-CV/VPTU".
std::vector<std::string> symbols_in(const std::string& text) {
  std::vector<std::string> symbols;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" ,;:()\t\r\n", at), text.size());
    const std::string word = text.substr(at, end - at);
    if (archive::looks_like_symbol(word)) symbols.push_back(word);
    at = end + 1;
  }
  return symbols;
}

struct Suggestion {
  std::string file, title;
  std::uint64_t record = 0;  ///< that the letter belongs with
  std::string why;
};

Answer suggest_file(Office& office, const Request& request) {
  return KeepingCall::run("file", "suggest", office, request, [](KeepingCall& call) -> Answer {
    const auto number = call.number(0);
    if (!number || call.words().operands.size() != 1)
      return call.wrong("cần đúng một số bản ghi (wants one record number)");
    const archive::Archive& archive = *call.office().archive;
    const auto seen = call.keeper().look([&](const Look& look) { return call.must_be_theirs(look, {*number}); });
    if (!seen) return failed(seen.error());
    const auto record = archive.show(*number);
    if (!record) return failed(record.error());
    const auto octets = archive.get(*number);
    if (!octets) return failed(octets.error());
    // What it answers, then what it names: both by the search that everybody uses.
    std::vector<std::pair<archive::Query, std::string>> clues;
    for (const std::string& id : answered_by(*octets)) {
      archive::Query query;
      query.message_id = id;
      clues.emplace_back(query, "trả lời thư (answers)");
    }
    std::set<std::string> symbols;
    if (const auto facts = filters::parse_facts(record->accepted.facts)) {
      for (const std::string& symbol : symbols_in(facts->subject)) symbols.insert(symbol);
      for (const filters::Paper& paper : facts->papers) {
        for (const std::string& symbol : symbols_in(paper.subject)) symbols.insert(symbol);
        symbols.insert(archive::printed_symbol(paper.form, paper.number, paper.symbol));
      }
    }
    for (const std::string& symbol : symbols) {
      if (symbol.empty()) continue;
      archive::Query query;
      query.symbol = symbol;
      clues.emplace_back(query, "cùng số, ký hiệu (same symbol) " + symbol);
    }
    std::vector<Suggestion> found;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      std::set<std::string> named;
      for (const auto& [query, why] : clues) {
        const auto answer = archive.search(query);
        if (!answer) continue;
        for (const archive::Summary& summary : answer->records)
          for (const std::string& id : look.ledger.files_of(look.books, summary.number)) {
            const auto file = look.ledger.file(look.books, id);
            if (!file || file->state != File::State::open || !call.their_file(id) || summary.number == *number ||
                look.ledger.is_in(look.books, id, *number) || found.size() == keeping::limits::suggestions ||
                !named.insert(id).second)
              continue;
            found.push_back({id, file->title, summary.number, why});
          }
      }
      return done;
    });
    if (!looked) return failed(looked.error());
    Table table({"Hồ sơ", "Tiêu đề", "Vì bản ghi", "Lý do"});
    json::array all;
    for (const Suggestion& one : found) {
      table.add({one.file, shortened(printable(one.title), 50), std::to_string(one.record), one.why});
      all.push_back({{"file", one.file}, {"title", one.title}, {"record", one.record}, {"why", one.why}});
    }
    return call.said(found.empty() ? "Không có gợi ý nào (no suggestion).\n" : table.text(),
                     json::object{{"record", *number}, {"files", all}});
  });
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto file_rows = std::to_array<Command>({
    {"file", "plan", "--unit UNIT [--year YEAR] [--decision TEXT] [--reason TEXT] [--json] [LIST.csv]",
     "danh mục hồ sơ của năm: xem, hoặc ban hành từ tệp CSV mã,tiêu đề,nhóm,người lập (the list of a year's files)",
     Where::office, Takes::found, plan_files},
    {"file", "open",
     "--unit UNIT --code CODE [--title TEXT] [--class CLASS] [--year YEAR] [--fonds CODE] [--reason TEXT] [--json]",
     "mở hồ sơ theo danh mục hồ sơ của đơn vị (open a file: papers of one piece of work, not a file on a disk)",
     Where::office, Takes::nothing, open_file},
    {"file", "list", "[--unit UNIT] [--year YEAR] [--state STATE] [--json]",
     "danh mục hồ sơ: open, closed, handed-over; giữ đến bao giờ (the unit's files and how long they are kept)",
     Where::office, Takes::nothing, list_files},
    {"file", "show", "FILE [--json]",
     "mục lục và thời hạn của một hồ sơ UNIT/YEAR/CODE (its records, its term and why)", Where::office, Takes::nothing,
     show_file},
    {"file", "add", "[--reason TEXT] [--json] FILE N…",
     "đưa bản ghi vào hồ sơ: 3 5-9 (put records into a file; one record may be in several)", Where::office,
     Takes::nothing, add_to_file},
    {"file", "remove", "--reason TEXT [--json] FILE N…", "đưa bản ghi ra khỏi hồ sơ (take records out of an open file)",
     Where::office, Takes::nothing, remove_from_file},
    {"file", "suggest", "N [--json]",
     "hồ sơ có thể chứa bản ghi này: thư nó trả lời, cùng số ký hiệu (files that a record may belong to)",
     Where::office, Takes::nothing, suggest_file},
    {"file", "close", "--ended DATE [--class CLASS] [--reason TEXT] [--json] FILE",
     "kết thúc hồ sơ; thời hạn tính từ năm công việc kết thúc (the work has ended; the term counts from that year)",
     Where::office, Takes::nothing, close_file},
    {"file", "reopen", "--reason TEXT [--json] FILE", "mở lại hồ sơ đã kết thúc (open it again)", Where::office,
     Takes::nothing, reopen_file},
    {"file", "minutes", "--to ARCHIVE FILE…",
     "biên bản giao nhận tài liệu, bản in A4 ra đầu ra chuẩn (minutes of a handing over, on paper)", Where::office,
     Takes::nothing, file_minutes},
    {"file", "handover", "--receipt NUMBER --to ARCHIVE [--json] FILE [MANIFEST SIGNATURE CA]",
     "nộp lưu vào lưu trữ lịch sử theo biên bản giao nhận; kèm chữ ký CMS của bên nhận lên manifest-sha256.txt của gói "
     "đã "
     "giao, và chứng thư gốc (handed over to the historical archive, with what it signed for)",
     Where::office, Takes::found, hand_over_file},
    {"file", "receipt", "[--json] FILE",
     "chữ ký của bên nhận, ra đầu ra chuẩn (what the receiving archive has signed, to standard output)", Where::office,
     Takes::nothing, file_receipt},
});
}  // namespace

std::span<const Command> file_commands() { return file_rows; }

}  // namespace vanthu::admin
