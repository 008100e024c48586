// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <deque>
#include <set>

#include "admin/commands.hpp"
#include "admin/directory_text.hpp"
#include "admin/identity.hpp"
#include "admin/keeping_call.hpp"
#include "admin/office.hpp"
#include "admin/record_text.hpp"
#include "admin/sights.hpp"
#include "admin/table.hpp"
#include "filters/facts.hpp"
#include "gateway/archive/terms.hpp"
#include "gateway/audit/trail.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"
#include "gateway/keeping/limits.hpp"
#include "gateway/mail/mailbox.hpp"
#include "gateway/spool/queue.hpp"

/// archive: purge, purge-confirm, purge-withdraw, purges, seen: the one lawful way out for a secret that was stored by
/// mistake; and who has seen a record.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using keeping::Look;
using keeping::Purge;

/// What is still being delivered goes out of the queue first.
Result<Done> out_of_the_queue(const KeepingCall& call, const keeping::Numbers& records) {
  if (call.office().queue == nullptr)
    return fail(status::busy,
                "cổng thư không chạy: thư có thể còn trong hàng đợi; hãy chạy rồi xoá (no gateway runs; the "
                "letter may still be in its queue: start it first)");
  for (const std::uint64_t record : records) {
    const auto one = call.office().archive->show(record);
    if (!one) continue;  // disposed of meanwhile, or damaged: then it cannot be delivered either
    if (!call.office().queue->show(one->accepted.id)) continue;
    const auto removed =
        call.office().queue->act(spool::Act::remove, {.ids = {one->accepted.id}}, "archive purge of record");
    if (!removed) return removed.error();
  }
  return done;
}

/// What waits for the second word is delivered to nobody meanwhile, and when it is taken back goes on.
/// @return what could not be done, for the caller to see
std::string in_the_queue(const KeepingCall& call, const keeping::Numbers& records, std::uint64_t purge,
                         spool::Act act) {
  std::string trouble;
  if (call.office().queue == nullptr) return trouble;
  const std::string why = "archive purge " + std::to_string(purge);
  for (const std::uint64_t record : records) {
    const auto one = call.office().archive->show(record);
    if (!one) continue;
    const auto queued = call.office().queue->show(one->accepted.id);
    // What an operator holds stays held.
    if (!queued || queued->hold != (act == spool::Act::release ? why : std::string())) continue;
    if (const auto acted = call.office().queue->act(act, {.ids = {one->accepted.id}}, why); !acted)
      trouble += acted.error().detail + '\n';
  }
  return trouble;
}

/// What is said of a purge outlives what is purged: it may not repeat what that says. So many words in a row do.
constexpr std::ptrdiff_t repeated_words = 4;

Result<Done> repeats_nothing(const KeepingCall& call, const keeping::Numbers& records) {
  const std::vector<std::string> said = archive::words_of(call.reason() + " . " + call.value("sealed"));
  for (const std::uint64_t record : records) {
    const auto shown = call.office().archive->show(record);
    const auto facts = shown ? filters::parse_facts(shown->accepted.facts) : shown.error();
    if (!facts) continue;  // who may not be shown it, or what cannot be read, is judged by the act
    std::vector<std::string> subjects{facts->subject};
    for (const filters::Paper& paper : facts->papers) subjects.push_back(paper.subject);
    for (const std::string& subject : subjects) {
      const std::vector<std::string> words = archive::words_of(subject);
      for (auto at = words.begin(); words.end() - at >= repeated_words; ++at)
        if (std::search(said.begin(), said.end(), at, at + repeated_words) != said.end())
          return fail(status::refused, "lý do lặp lại trích yếu của bản ghi " + std::to_string(record) +
                                           "; lý do nằm lại vĩnh viễn, hãy viết không nêu nội dung (the reason repeats "
                                           "the record's subject, and outlives it: say it without those words)");
    }
  }
  return done;
}

/// Told to whoever has just typed it.
constexpr const char* stays_for_ever =
    "Lưu ý: lý do và số niêm phong vừa ghi nằm lại trong sổ vĩnh viễn, không xoá được cùng bản ghi; không được nêu nội "
    "dung hay trích yếu của bí mật trong đó (what was typed as reason and place of the sealed note stays in the log "
    "for ever: no word of the secret belongs there)";

Answer ask_for_purge(KeepingCall& call) {
  const auto& operands = call.words().operands;
  if (operands.size() < 2)
    return call.wrong(
        "cần số bản ghi, và sau cùng là tệp biên bản niêm phong (wants record numbers, and the sealed note as the last "
        "word)");
  const auto note = call.request().files.find(operands.back());
  if (note == call.request().files.end() || note->second.empty())
    return failed(
        fail(status::not_found, "không đọc được biên bản niêm phong (the last word must name the sealed note)"));
  std::string list;
  for (std::size_t i = 0; i + 1 < operands.size(); ++i) list += (list.empty() ? "" : ",") + operands[i];
  const auto records = keeping::parse_ranges(list, keeping::limits::purge_records);
  if (!records) return call.wrong(records.error().detail);
  if (auto fit = repeats_nothing(call, *records); !fit) return failed(fit.error());
  const auto events = call.keeper().act([&](const Look& look) {
    return keeping::ask_purge(look, call.who(), *records, hex(sha256(note->second)), call.value("sealed"),
                              call.reason());
  });
  if (!events) return failed(events.error());
  const std::uint64_t number = keeping::number_in(events->front().details, "number");
  Answer asked = call.said(
      "Đã ghi yêu cầu xoá khẩn cấp số " + std::to_string(number) +
          "; nội dung không được đưa ra nữa. Người khác xác nhận: vanthu archive purge-confirm " +
          std::to_string(number) + '\n' + stays_for_ever + '\n',
      json::object{{"purge", number}, {"records", keeping::to_ranges(*records)}, {"warning", stays_for_ever}});
  asked.err = in_the_queue(call, *records, number, spool::Act::hold);
  return asked;
}

Answer confirm_purge(KeepingCall& call, std::uint64_t number) {
  keeping::Numbers records;
  const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
    const auto purge = look.ledger.purge(look.books, number);
    // Who may not confirm it empties no queue either.
    const auto may = keeping::confirm_purge(look, call.who(), number, call.words().has("despite-hold"));
    if (!may) return may.error();
    if (const auto list = keeping::parse_ranges(purge->records, keeping::limits::purge_records)) records = *list;
    return done;
  });
  if (!looked) return failed(looked.error());
  if (auto can = call.keeper().can_destroy(); !can) return failed(can.error());
  if (auto gone = out_of_the_queue(call, records); !gone) return failed(gone.error());
  if (auto purged = call.keeper().purge(call.who(), number, call.words().has("despite-hold")); !purged)
    return failed(purged.error());
  return call.said("Đã xoá khẩn cấp số " + std::to_string(number) + ": bản ghi " + keeping::to_ranges(records) +
                       ". Thư đã giao vào hộp thư người nhận phải xoá riêng (what was delivered is not here).\n",
                   json::object{{"purge", number}, {"records", keeping::to_ranges(records)}});
}

Answer list_purges(KeepingCall& call) {
  Table table({"Số", "Bản ghi", "Yêu cầu bởi", "Xác nhận bởi", "Niêm phong", "Trạng thái"});
  json::array all;
  const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
    for (const Purge& one : look.ledger.purges(look.books)) {
      const char* state = one.end == "done"        ? "đã xoá"
                          : one.end == "withdrawn" ? "đã rút"
                          : one.confirmed          ? "đang xoá"
                                                   : "chờ người thứ hai";
      table.add({std::to_string(one.number), one.records, call.named(one.asked),
                 one.confirmed ? call.named(*one.confirmed) : "", one.note_place, state});
      all.push_back(keeping::to_json(one));
    }
    return done;
  });
  if (!looked) return failed(looked.error());
  return call.said(all.empty() ? "Chưa có lần xoá khẩn cấp nào (no purges).\n" : table.text(),
                   json::object{{"purges", all}});
}

/// A purge concerns whatever units the record does, and is no unit's own affair.
Answer run_purge(const char* verb, Office& office, const Request& request,
                 const std::function<Answer(KeepingCall&)>& body) {
  return KeepingCall::run("archive", verb, office, request, [&](KeepingCall& call) -> Answer {
    if (!call.request().everywhere)
      return failed(fail(status::refused,
                         "chỉ người của toàn hệ thống (only for administrators and archivists of the "
                         "whole)"));
    return body(call);
  });
}

Answer purge(Office& office, const Request& request) { return run_purge("purge", office, request, ask_for_purge); }
Answer purges(Office& office, const Request& request) { return run_purge("purges", office, request, list_purges); }

Answer purge_confirm(Office& office, const Request& request) {
  return run_purge("purge-confirm", office, request, [](KeepingCall& call) -> Answer {
    const auto number = call.number(0);
    if (!number || call.words().operands.size() != 1)
      return call.wrong("cần đúng một số, xem `vanthu archive purges` (wants one number)");
    return confirm_purge(call, *number);
  });
}

Answer purge_withdraw(Office& office, const Request& request) {
  return run_purge("purge-withdraw", office, request, [](KeepingCall& call) -> Answer {
    const auto number = call.number(0);
    if (!number || call.words().operands.size() != 1)
      return call.wrong("cần đúng một số, xem `vanthu archive purges` (wants one number)");
    keeping::Numbers records;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      if (const auto purge = look.ledger.purge(look.books, *number))
        if (const auto list = keeping::parse_ranges(purge->records, keeping::limits::purge_records)) records = *list;
      return done;
    });
    if (!looked) return failed(looked.error());
    if (auto fit = repeats_nothing(call, records); !fit) return failed(fit.error());
    const auto events = call.keeper().act(
        [&](const Look& look) { return keeping::withdraw_purge(look, call.who(), *number, call.reason()); });
    if (!events) return failed(events.error());
    Answer withdrawn =
        call.said("Đã rút yêu cầu xoá khẩn cấp số " + std::to_string(*number) + ".\n" + stays_for_ever + '\n',
                  json::object{{"purge", *number}, {"warning", stays_for_ever}});
    withdrawn.err = in_the_queue(call, records, *number, spool::Act::release);
    return withdrawn;
  });
}

// ---- who has seen a record

/// Whether an act was about this record: "record 12", "record 3-20", or one that was asked for by another name.
bool is_about(const audit::Act& act, std::uint64_t record) {
  if (const json::value* numbers = act.details.if_contains("record"); numbers != nullptr && numbers->is_array()) {
    const auto is_it = [&](const json::value& one) {
      return one.is_number() && one.to_number<std::uint64_t>() == record;
    };
    return std::any_of(numbers->get_array().begin(), numbers->get_array().end(), is_it);
  }
  const std::string& subject = act.subject;
  constexpr std::string_view begin = "record ";
  if (!subject.starts_with(begin)) return false;
  std::string_view rest = std::string_view(subject).substr(begin.size());
  rest = rest.substr(0, rest.find(' '));
  const auto numbers = keeping::parse_ranges(rest, keeping::limits::hold_records);
  return numbers && std::binary_search(numbers->begin(), numbers->end(), record);
}

/// So many of the newest are shown.
constexpr std::size_t seen_most = 10'000;

/// Of the mailbox that somebody logged in by, that day; empty: an account of the machine, or nobody knows.
std::string unit_of_account(const Office& office, const audit::Act& act) {
  const auto address = mail::parse_mailbox(act.actor, true);
  if (!address || office.directory == nullptr) return {};
  return units_of(*office.directory)(*address, day_of(act.time));
}
std::string named_unit(const Office& office, const std::string& unit) {
  if (unit.empty()) return "nơi khác";
  return office.directory == nullptr ? unit : unit_name(*office.directory, unit, day_of(now()));
}

/// Units of a record, as somebody is told of them, lower case.
std::set<std::string> units_told(const Office& office, const Sights& sights, std::uint64_t number) {
  std::set<std::string> units;
  auto record = office.archive == nullptr ? Result<archive::Summary>(fail(status::not_found, ""))
                                          : office.archive->summary(number);
  if (!record) return units;
  sights.tell(*record);
  for (const std::string& unit : record->units) units.insert(text::ascii_lower(unit));
  return units;
}

Answer seen(Office& office, const Request& request) {
  return KeepingCall::run("archive", "seen", office, request, [](KeepingCall& call) -> Answer {
    const auto number = call.number(0);
    if (!number || call.words().operands.size() != 1)
      return call.wrong("cần đúng một số bản ghi (wants one record number)");
    if (call.office().trail == nullptr)
      return {EX_UNAVAILABLE, "", "nhật ký kiểm toán chưa mở (the audit log is not open)\n"};
    // Who has seen it is for those to know who may see it; of what is gone, and what waits to go, for the others.
    const Sights sights(call.office(), call.request(), "to see who saw it");
    if (!call.request().everywhere)
      if (auto may = sights.may_read(*number); !may) return failed(may.error());
    // Whatever the act is called, its subject names the record.
    std::deque<audit::Entry> found;
    std::size_t sealed = 0;
    const auto scanned = call.office().trail->scan([&](audit::Entry entry) {
      sealed += entry.sealed ? 1 : 0;
      // Who asked this question has seen nothing of the record by it, nor who was turned away.
      if (!is_about(entry.act, *number) || entry.act.outcome == "begun" || entry.act.outcome == "refused" ||
          entry.act.act == "archive.seen")
        return true;
      found.push_back(std::move(entry));
      if (found.size() > seen_most) found.pop_front();
      return true;
    });
    if (!scanned) return failed(scanned.error());
    // Persons stand in the audit log, and are named to those who may read it; to others the units that they know to
    // have it: who opens a letter may have it by a blind copy.
    const bool persons = may_run(call.office(), *find_command("audit", "list"), call.request());
    const std::set<std::string> known = persons ? std::set<std::string>() : units_told(call.office(), sights, *number);
    Table table({"Lúc", persons ? "Ai" : "Đơn vị", "Việc", "Kết quả", "Mục nhật ký"});
    json::array all;
    for (auto at = found.rbegin(); at != found.rend(); ++at) {
      const audit::Entry& entry = *at;
      std::string unit = persons ? std::string() : unit_of_account(call.office(), entry.act);
      if (!known.contains(text::ascii_lower(unit)) && !sights.reach(unit)) unit.clear();
      table.add({local_minute(rfc3339(entry.act.time)), persons ? entry.act.actor : named_unit(call.office(), unit),
                 entry.act.act, entry.act.outcome, std::to_string(entry.number)});
      json::object one{{"time", rfc3339(entry.act.time)},
                       {"act", entry.act.act},
                       {"outcome", entry.act.outcome},
                       {"entry", entry.number}};
      one[persons ? "actor" : "unit"] = persons ? entry.act.actor : unit;
      all.push_back(std::move(one));
    }
    std::string text = all.empty() ? "Chưa ai mở bản ghi này (nobody has opened it).\n" : table.text();
    if (sealed != 0)
      text += std::to_string(sealed) + " mục nhật ký không có khoá để mở (entries that cannot be opened)\n";
    return call.said(text, json::object{{"record", *number}, {"seen", all}, {"sealed_entries", sealed}});
  });
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto purge_rows = std::to_array<Command>({
    {"archive", "purge", "--sealed NUMBER --reason TEXT [--json] N… NOTE",
     "yêu cầu xoá khẩn cấp bí mật lưu nhầm; NOTE: tệp biên bản niêm phong; lý do nằm lại vĩnh viễn, không nêu nội dung "
     "mật (asks for a secret's purge: a second person confirms; the reason stays for ever, no word of the secret in "
     "it)",
     Where::office, Takes::found, purge},
    {"archive", "purge-confirm", "[--despite-hold] [--json] NUMBER",
     "người thứ hai xác nhận, rồi xoá vĩnh viễn (another person confirms: it is gone for ever)", Where::office,
     Takes::nothing, purge_confirm},
    {"archive", "purge-withdraw", "--reason TEXT [--json] NUMBER", "rút yêu cầu xoá khẩn cấp (takes the request back)",
     Where::office, Takes::nothing, purge_withdraw},
    {"archive", "purges", "[--json]", "các lần xoá khẩn cấp (purges and how far they are)", Where::office,
     Takes::nothing, purges},
    {"archive", "seen", "N [--json]",
     "đơn vị nào (ai, nếu được đọc nhật ký) đã xem bản ghi này (which units opened it, of those that the reader is "
     "told to have it; to who may read the audit log: "
     "which persons)",
     Where::office, Takes::nothing, seen},
});
}  // namespace

std::span<const Command> purge_commands() { return purge_rows; }

}  // namespace vanthu::admin
