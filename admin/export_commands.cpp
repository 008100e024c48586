// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <iterator>

#include "admin/archive_search.hpp"
#include "admin/blind_copies.hpp"
#include "admin/commands.hpp"
#include "admin/export_record.hpp"
#include "admin/keeping_call.hpp"
#include "admin/opening.hpp"
#include "admin/sights.hpp"
#include "directory/directory.hpp"
#include "filters/policy/parties.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/attestation/witness_keeper.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/exports/desk.hpp"
#include "gateway/exports/limits.hpp"
#include "gateway/keeping/acts.hpp"
#include "gateway/transparency/log_tree.hpp"

/// archive export-begin, export-one, export-close: what `archive export` asks a running gateway for. The gateway
/// decides which records, remembers who asked for them and why, and hands them out one by one; the command line writes
/// them.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using exports::Parts;
using exports::Plan;
using keeping::Numbers;

Answer cannot_export() {
  return {EX_UNAVAILABLE, "",
          "cổng thư không chạy; chỉ xuất được khi cổng chạy (no gateway runs: it holds the keys and the tree)\n"};
}
bool runs(const Office& office) {
  return office.exports != nullptr && office.archive != nullptr && office.record_tree != nullptr &&
         office.vault != nullptr && office.record_log != nullptr && office.keeper != nullptr;
}

// ---- which records

/// That all of them are theirs. What waits for a purge stays in the list, and is said to be so.
Result<Done> must_be_seen(const Request& request, const Sights& sights, const Numbers& numbers) {
  if (request.everywhere) return done;
  for (const std::uint64_t number : numbers)
    if (auto may = sights.may_read(number); !may && !(may.error().reply == Reply(status::refused))) return may;
  return done;
}

Result<Numbers> numbers_in_files(const KeepingCall& call, const keeping::Look& look,
                                 const std::vector<std::string>& files) {
  Numbers numbers;
  for (const std::string& id : files) {
    if (!call.their_file(id) || !look.ledger.file(look.books, id))
      return fail(status::not_found, "không có hồ sơ " + id + " (no such file; write UNIT/YEAR/CODE)");
    const Numbers records = look.ledger.records_in(look.books, id);
    numbers.insert(numbers.end(), records.begin(), records.end());
  }
  return numbers;
}

/// What the words ask for, in the bounds of who asks.
Result<Numbers> selected(const KeepingCall& call, const Plan& plan, const std::optional<std::string>& search) {
  const Sights sights(call.office(), call.request(), plan.purpose);
  Numbers numbers;
  if (search) {
    auto found = all_found(call.office(), sights, *search, exports::limits::records);
    if (!found) return found.error();
    numbers = *std::move(found);
  } else if (!plan.files.empty()) {
    const auto looked = call.keeper().look([&](const keeping::Look& look) -> Result<Done> {
      auto found = numbers_in_files(call, look, plan.files);
      if (!found) return found.error();
      numbers = keeping::sorted(*std::move(found));
      return done;
    });
    if (!looked) return looked.error();
  } else {
    std::string list;
    for (const std::string& word : call.words().operands) list += (list.empty() ? "" : ",") + word;
    auto read = keeping::parse_ranges(list, exports::limits::records);
    if (!read) return read.error();
    numbers = *std::move(read);
    const auto reach = call.office().archive->reach();
    if (!reach) return reach.error();
    if (numbers.back() > reach->last)
      return fail(status::not_found, "không có bản ghi " + std::to_string(numbers.back()) + ", cuối cùng là " +
                                         std::to_string(reach->last) + " (there is no such record)");
    // A file is looked at whole by whoever looks after it; letters asked for one by one must be theirs.
    if (auto seen = must_be_seen(call.request(), sights, numbers); !seen) return seen.error();
  }
  if (numbers.empty()) return fail(status::not_found, "không có bản ghi nào (nothing to export)");
  return numbers;
}

/// Whose files and fonds are told.
Theirs theirs_of(const KeepingCall& call) {
  return [&call, sights = Sights(call.office(), call.request(), call.value("purpose"))](const std::string& unit) {
    return call.theirs(unit) || sights.reach(unit);
  };
}

std::string organization_of(const Office& office, const Plan& plan) {
  if (!plan.files.empty()) return unit_names(office)(plan.files.front().substr(0, plan.files.front().find('/')));
  return whose_records(office);
}

/// Of one that goes on: what its own folder says, which is held against what may be asked.
Result<Plan> plan_again(const KeepingCall& call, const std::string& text) {
  auto plan = exports::parse_plan(text);
  if (!plan) return plan;
  const auto note = proof::parse_note(plan->checkpoint);
  if (!note) return note.error();
  const auto head = proof::parse_checkpoint(note->text);
  if (!head) return head.error();
  const auto verified = proof::verify(*note, {call.office().record_tree->verifier_at(head->size)});
  if (!verified || verified->empty() || head->size > call.office().record_tree->size())
    return fail(status::bad_arguments,
                "vanthu-export.json: gốc cây không do khoá của kho này ký, hãy xuất vào thư mục mới "
                "(vanthu-export.json: the checkpoint was not signed by this archive's key; begin in a new folder)");
  const auto reach = call.office().archive->reach();
  if (!reach) return reach.error();
  if (plan->records.back() > reach->last)
    return fail(status::not_found, "không có nhiều bản ghi đến thế (there are not so many records)");
  if (plan->purpose != call.value("purpose"))
    return fail(status::bad_arguments,
                "vanthu-export.json: lần xuất đã bắt đầu với mục đích khác (vanthu-export.json: it was begun for "
                "another purpose)");
  // Whoever brings the plan may have written it: what it names must be theirs today, or stand in a file that is.
  Numbers filed;
  const auto looked = call.keeper().look([&](const keeping::Look& look) -> Result<Done> {
    auto found = numbers_in_files(call, look, plan->files);
    if (!found) return found.error();
    filed = keeping::sorted(*std::move(found));
    return done;
  });
  if (!looked) return looked.error();
  Numbers others;
  std::set_difference(plan->records.begin(), plan->records.end(), filed.begin(), filed.end(),
                      std::back_inserter(others));
  const Sights sights(call.office(), call.request(), plan->purpose);
  if (auto seen = must_be_seen(call.request(), sights, others); !seen) return seen.error();
  return plan;
}

Result<Plan> plan_of(const KeepingCall& call) {
  const Words& words = call.words();
  if (const auto before = call.request().files.find("plan"); before != call.request().files.end())
    return plan_again(call, before->second);
  Plan plan;
  const auto format = exports::format_named(call.value("format"));
  if (!format)
    return fail(status::bad_arguments, "--format là eml, mbox, bagit hoặc eark (--format is eml, mbox, bagit or eark)");
  plan.format = *format;
  plan.language = words.value("language").value_or("vi");
  if (plan.language != "vi" && plan.language != "en")
    return fail(status::bad_arguments, "--language là vi hoặc en (--language is vi or en)");
  plan.purpose = call.value("purpose");
  const auto search = words.value("search");
  if (const auto files = words.options.find("file"); files != words.options.end()) plan.files = files->second;
  if (plan.files.size() > exports::limits::files)
    return fail(status::bad_arguments, "quá nhiều hồ sơ một lần (too many files at once)");
  if (int(search.has_value()) + int(!plan.files.empty()) + int(!words.operands.empty()) != 1)
    return fail(status::bad_arguments,
                "cần số bản ghi, hoặc --file, hoặc --search (wants record numbers, or --file, or --search)");
  plan.what = exports::described(words.operands, plan.files, search);
  plan.actor = call.request().actor;
  auto numbers = selected(call, plan, search);
  if (!numbers) return numbers.error();
  plan.records = *std::move(numbers);
  const auto fonds = fonds_of_records(call.office(), plan.records, theirs_of(call));
  if (!fonds) return fonds.error();
  for (const auto& [code, count] : *fonds) plan.fonds.push_back(code);
  // Cosigned by the witnesses where there are some and they answer: else the bag says that it is not witnessed yet.
  const auto newest = newest_head(call.office(), *call.office().record_tree);
  if (!newest) return newest.error();
  const auto head = proof::parse_checkpoint(newest->note);
  if (!head) return head.error();
  const Time at = now();
  plan.id = exports::new_id(at);
  plan.began = rfc3339(at);
  plan.organization = organization_of(call.office(), plan);
  plan.checkpoint = newest->note;
  plan.key = call.office().record_tree->verifier_at(head->size).text();
  plan.origin = head->origin;
  return plan;
}

Answer begin_export(Office& office, const Request& request) {
  if (!runs(office)) return cannot_export();
  return KeepingCall::run("archive", "export-begin", office, request, [&](KeepingCall& call) -> Answer {
    if (auto caught_up = office.archive->catch_up(); !caught_up) return failed(caught_up.error());
    // Nothing goes out of the archive without saying for what, whoever asks.
    if (auto purpose = keeping::check_text("--purpose", call.value("purpose"), exports::limits::purpose_octets);
        !purpose)
      return call.wrong(purpose.error().detail);
    auto plan = plan_of(call);
    if (!plan) return failed(plan.error());
    auto parts = frame_of(office, *plan, theirs_of(call));
    if (!parts) return failed(parts.error());
    auto ticket = office.exports->open(*plan, request.actor, request.person);
    if (!ticket) return failed(ticket.error());
    parts->about = {{"plan", exports::to_json(*plan)}, {"ticket", *ticket}};
    Answer answer{0, exports::to_wire(*parts), ""};
    answer.audit = {{"export", plan->id},
                    {"purpose", plan->purpose},
                    {"as", exports::name_of(plan->format)},
                    {"what_sha256", hex(sha256(plan->what))},
                    {"records", plan->records.size()},
                    {"first", plan->records.front()},
                    {"last", plan->records.back()},
                    {"list_sha256", exports::list_sha256(*plan)},
                    {"again", request.files.contains("plan")}};
    return answer;
  });
}

// ---- one record

Answer forgotten() {
  return {EX_TEMPFAIL, "",
          "lần xuất này không còn mở ở cổng; chạy lại đúng lệnh đó để đi tiếp (this export is not open any more: the "
          "same command goes on where it stopped)\n"};
}

Answer export_one(Office& office, const Request& request) {
  if (!runs(office)) return cannot_export();
  return KeepingCall::run("archive", "export-one", office, request, [&](KeepingCall& call) -> Answer {
    const auto number = call.number(0);
    if (!number || call.words().operands.size() != 1)
      return call.wrong("cần đúng một số bản ghi (wants one record number)");
    const auto open = office.exports->find(call.value("export"));
    if (open == nullptr || open->actor != request.actor) return forgotten();
    if (!std::binary_search(open->plan.records.begin(), open->plan.records.end(), *number))
      return failed(fail(status::refused,
                         "bản ghi " + std::to_string(*number) + " không thuộc lần xuất này (is not of this export)"));
    // Roles may have ended since it was begun.
    const Sights sights(office, request, open->plan.purpose);
    if (open->plan.files.empty())
      if (auto seen = must_be_seen(request, sights, {*number}); !seen) return failed(seen.error());
    const auto summary = office.archive->summary(*number);
    const std::string record_class = summary ? summary->record_class : std::string();
    auto parts = parts_of(office, open->plan, *number,
                          [&](const std::string& unit) { return sights.keeps(record_class, unit); });
    if (!parts) return failed(parts.error());
    Answer answer{0, exports::to_wire(*parts), ""};
    answer.audit = {{"export", open->plan.id}, {"state", parts->about.at("state")}};
    return answer;
  });
}

// ---- the end

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Answer close_export(Office& office, const Request& request) {
  if (!runs(office)) return cannot_export();
  return KeepingCall::run("archive", "export-close", office, request, [&](KeepingCall& call) -> Answer {
    const auto open = office.exports->find(call.value("export"));
    if (open == nullptr || open->actor != request.actor) return forgotten();
    const std::string manifest = call.value("manifest");
    if (!is_sha256(manifest)) return call.wrong("--manifest wants a SHA-256");
    const Plan& plan = open->plan;
    json::object details{{"export", plan.id},
                         {"as", exports::name_of(plan.format)},
                         {"manifest_sha256", manifest},
                         {"list_sha256", exports::list_sha256(plan)},
                         {"records", plan.records.size()},
                         {"first", plan.records.front()},
                         {"last", plan.records.back()}};
    // In the record log, too: so that the manifest itself can be proven, and with it every card in the bag.
    const auto events = office.archive->act([&](const lmdb::Transaction&) -> Result<std::vector<archive::Event>> {
      archive::Event event = keeping::event_of("export.made", call.who(), 0, plan.purpose);
      for (const auto& member : details) event.details[member.key()] = member.value();
      return std::vector<archive::Event>{std::move(event)};
    });
    if (!events) return failed(events.error());
    const auto head = office.record_tree->seal();
    if (!head) return failed(head.error());
    Parts parts;
    std::optional<Error> wrong;
    const auto scanned = office.record_log->scan(events->front().sequence, [&](const journal::Frame& frame) {
      const auto proof = proof_of(office, frame.head, office.record_tree->note());
      if (proof) {
        parts.list.push_back({"export.tlog-proof", proof::to_text(*proof)});
        parts.list.push_back({"export.meta.json", frame.meta});
      } else {
        wrong = proof.error();
      }
      return false;
    });
    if (!scanned) return failed(scanned.error());
    if (wrong) return failed(*wrong);
    office.exports->close(plan.id);
    Answer answer{0, exports::to_wire(parts), ""};
    answer.audit = std::move(details);
    return answer;
  });
}

// ---- the sheet

Answer provenance_sheet(Office& office, const Request& request) {
  if (!runs(office)) return cannot_export();
  return KeepingCall::run("archive", "provenance-sheet", office, request, [&](KeepingCall& call) -> Answer {
    const auto number = call.number(0);
    if (!number || call.words().operands.size() != 1)
      return call.wrong("cần đúng một số bản ghi (wants one record number)");
    const std::string language = call.words().value("language").value_or("vi");
    if (language != "vi" && language != "en") return call.wrong("--language là vi hoặc en (--language is vi or en)");
    const Sights sights(office, request, call.words());
    if (auto may = sights.may_read(*number); !may) return failed(may.error());
    const auto record = office.archive->show(*number);
    if (!record) return failed(record.error());
    const auto stamped = first_stamp_over(office, record->head.at.sequence);
    if (!stamped) return failed(stamped.error());
    // To the head that an authority has stamped, so that the paper has both; but witnesses say more than a clock does.
    std::string note = *stamped ? (*stamped)->note : std::string();
    const bool watched = office.witnesses != nullptr && office.witnesses->watched();
    if (note.empty() || (watched && signers_of(note).size() < 2)) {
      auto newest = newest_head(office, *office.record_tree);
      if (!newest) return failed(newest.error());
      note = std::move(newest->note);
    }
    auto whole = proven(office, *number, note);
    if (!whole) return failed(whole.error());
    if (!whole->unproven.empty()) return failed(fail(status::not_found, whole->unproven));
    exports::Provenance what = provenance_of(office, *record, *whole, note, *stamped);
    what.by = request.actor;
    mail::Accepted told = record->accepted;
    what.meta_told = !leave_out_blind(office, told, [&](const std::string& unit) {
                        return sights.keeps(record->accepted.record_class, unit);
                      }).any;
    auto pdf = exports::provenance_pdf(what, language);
    if (!pdf) return failed(pdf.error());
    Answer answer{0, *std::move(pdf), ""};
    answer.audit = {{"tree", what.head.size}, {"sheet_sha256", hex(sha256(answer.out))}};
    return answer;
  });
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto export_rows = std::to_array<Command>({
    {"archive", "export-begin",
     "--format eml|mbox|bagit|eark --purpose TEXT [--language vi|en] [--file FILE] [--search QUERY] [N…]",
     "(do `archive export` dùng) chọn bản ghi để xuất (used by `archive export`: which records, who, what for)",
     Where::office, Takes::nothing, begin_export, nullptr, "archive export"},
    {"archive", "export-one", "N --export ID",
     "(do `archive export` dùng) một bản ghi với chứng minh của nó (used by `archive export`: one record and its "
     "proof)",
     Where::office, Takes::nothing, export_one, nullptr, "archive export"},
    {"archive", "export-close", "--export ID --manifest SHA256",
     "(do `archive export` dùng) ghi sổ lần xuất (used by `archive export`: its manifest goes into the logs)",
     Where::office, Takes::nothing, close_export, nullptr, "archive export"},
    {"archive", "provenance-sheet", "N [--language vi|en] [--purpose TEXT]",
     "(do `archive provenance` dùng) phiếu chứng minh nguồn gốc, PDF (used by `archive provenance`: the sheet's "
     "octets)",
     Where::office, Takes::nothing, provenance_sheet, nullptr, "archive provenance"},
});
}  // namespace

std::span<const Command> export_commands() { return export_rows; }

}  // namespace vanthu::admin
