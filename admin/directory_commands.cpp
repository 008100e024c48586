// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <array>

#include "admin/act_text.hpp"
#include "admin/directory_show.hpp"
#include "admin/directory_text.hpp"
#include "admin/people.hpp"
#include "admin/table.hpp"
#include "directory/hygiene.hpp"
#include "directory/import.hpp"
#include "directory/ldif.hpp"
#include "directory/rows.hpp"
#include "gateway/base/text.hpp"

/// directory: import, export, resolve, may-send, check, history, show.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using directory::Directory;
using directory::Resolution;

using directory::ImportOptions;

/// The files of a folder, or of an LDIF file what they would be.
struct Given {
  std::map<std::string, std::string> files;
  std::optional<directory::LdifFolder> ldif;
  std::string name;
  directory::Findings findings;
};

Given given_files(const Request& request) {
  Given given{request.files, std::nullopt, {}, {}};
  if (request.files.size() != 1 || !request.files.begin()->first.ends_with(".ldif")) return given;
  given.name = request.files.begin()->first;
  given.ldif = directory::folder_of_ldif(request.files.begin()->second, given.name, given.findings);
  given.files = given.ldif->files;
  return given;
}

Answer import_json(const directory::ImportReport& report, bool dry, std::uint64_t generation) {
  json::array tables;
  for (const auto& one : report.tables)
    tables.push_back({{"file", one.file},
                      {"rows", one.rows},
                      {"added", one.added},
                      {"changed", one.changed},
                      {"removed", one.removed}});
  json::array differences;
  for (const auto& one : report.differences)
    differences.push_back(difference_json(one.file, one.key, one.before, one.after));
  return {report.faults.empty() ? 0 : EX_DATAERR,
          line(json::object{{"stored", report.stored},
                            {"dry_run", dry},
                            {"generation", generation},
                            {"tables", std::move(tables)},
                            {"differences", std::move(differences)},
                            {"more_differences", report.more_differences},
                            {"conflicts", json::value_from(report.conflicts)},
                            {"faults", json::value_from(report.faults)},
                            {"more_faults", report.more_faults},
                            {"notes", json::value_from(report.notes)},
                            {"more_notes", report.more_notes}}),
          ""};
}

Answer import_text(const directory::ImportReport& report, bool dry, std::uint64_t generation) {
  Answer answer;
  for (const std::string& fault : report.faults) answer.err += printable(fault) + '\n';
  if (!report.faults.empty()) {
    answer.exit = EX_DATAERR;
    const std::size_t count = report.faults.size() + report.more_faults;
    answer.err += "Có " + std::to_string(count) + " lỗi" +
                  (report.more_faults > 0 ? ", " + std::to_string(report.more_faults) + " lỗi không in" : "") +
                  "; danh bạ giữ nguyên như trước. (nothing was changed)\n";
    return answer;
  }
  Table table({"tệp", "dòng", "thêm", "sửa", "bỏ"});
  for (const auto& one : report.tables)
    table.add({one.file, std::to_string(one.rows), std::to_string(one.added), std::to_string(one.changed),
               std::to_string(one.removed)});
  answer.out = table.text();
  if (dry) {
    for (const auto& one : report.differences) answer.out += difference_text(one.file, one.key, one.before, one.after);
    if (report.more_differences > 0)
      answer.out += "… và " + std::to_string(report.more_differences) + " dòng nữa (and more)\n";
  }
  for (const std::string& conflict : report.conflicts) answer.out += "xung đột: " + printable(conflict) + '\n';
  for (const std::string& note : report.notes) answer.out += "lưu ý: " + printable(note) + '\n';
  if (report.more_notes > 0) answer.out += "… và " + std::to_string(report.more_notes) + " lưu ý nữa\n";
  answer.out +=
      dry ? "Chạy thử: chưa thay đổi gì.\n" : "Đã nạp danh bạ (lần thay đổi " + std::to_string(generation) + ").\n";
  return answer;
}

Answer import_files(Office& office, const Request& request) {
  return with("directory", "import", office, request, 1, 1, [&](const Call& call) -> Answer {
    if (call.config->domains.empty())
      return {EX_CONFIG, "", "domains is empty in the configuration: name the directory's domains there\n"};
    ImportOptions options{call.config->domains, call.words.has("dry-run"), call.at};
    options.actor = actor_of(request);
    if (const auto prefer = call.words.value("prefer")) {
      if (*prefer != "here" && *prefer != "files") return wrong_usage(*call.command, "--prefer wants here or files");
      options.prefer = *prefer == "here" ? ImportOptions::Prefer::here : ImportOptions::Prefer::files;
    }
    Given given = given_files(request);
    options.partial = given.ldif.has_value();
    options.dry_run = options.dry_run || !given.findings.clean();
    auto report = directory::import(*call.directory, given.files, options);
    if (!report) return failed(report.error());
    if (given.ldif) {
      for (auto* list : {&report->faults, &report->notes, &report->conflicts})
        for (std::string& one : *list) one = directory::placed_in_ldif(one, *given.ldif, given.name);
      report->faults.insert(report->faults.begin(), given.findings.faults.begin(), given.findings.faults.end());
      report->notes.insert(report->notes.begin(), given.findings.notes.begin(), given.findings.notes.end());
    }
    const bool dry = call.words.has("dry-run");
    const std::uint64_t generation = call.directory->generation();
    return call.words.has("json") ? import_json(*report, dry, generation) : import_text(*report, dry, generation);
  });
}

/// One table as its file, or the names of all.
Answer export_table(Office& office, const Request& request) {
  return with("directory", "export", office, request, 1, 1, [&](const Call& call) -> Answer {
    if (call.directory->generation() == 0) return not_imported();
    if (!request.everywhere) return {EX_NOPERM, "", "only an administrator of the whole directory exports it\n"};
    std::string name = call.operand();
    const auto csv = directory::export_file(*call.directory, name);
    if (!csv) return {EX_USAGE, "", csv.error().detail + '\n'};
    return {0, *csv, ""};
  });
}

Answer may_send(Office& office, const Request& request) {
  return with("directory", "may-send", office, request, 2, 2, [](const Call& call) -> Answer {
    if (call.directory->generation() == 0) return not_imported();
    const std::string& user = call.words.operands[0];
    const std::string& address = call.words.operands[1];
    directory::Login login;
    const Resolution meant = call.directory->resolve(user, call.at);
    if (meant.kind == Resolution::Kind::mailbox) {
      const auto& mailbox = meant.targets.front().mailbox;
      login = {mailbox.address, mailbox.person, mailbox.person, mailbox.unit};
    } else if (const auto boxes = call.directory->mailboxes_of_person(user); !boxes.empty()) {
      login = {boxes.front().address, user, user, boxes.front().unit};
      for (const auto& box : boxes)
        if (call.directory->resolve(box.address, call.at).kind == Resolution::Kind::mailbox)
          login.address = box.address;
    } else {
      return {EX_NOINPUT, "", printable(user) + ": no open mailbox and no person of that name\n"};
    }
    const auto right = call.directory->may_send_as(login, address, call.at);
    const Resolution target = call.directory->resolve(address, call.at);
    if (call.words.has("json"))
      return {right.allowed ? 0 : 1,
              line(json::object{{"login", login.address},
                                {"person", login.person},
                                {"address", address},
                                {"at", iso(call.at)},
                                {"allowed", right.allowed},
                                {"on_behalf", right.on_behalf},
                                {"because", right.because},
                                {"entry", word(target.kind)},
                                {"via", target.via}}),
              ""};
    std::string out = printable(address) + " → " + word(target.kind);
    if (!target.targets.empty() && target.kind == Resolution::Kind::mailbox)
      out += ": " + target.targets.front().mailbox.address + " (" +
             unit_name(*call.directory, target.targets.front().mailbox.unit, call.at) + ")";
    out += '\n' + login.address + (right.allowed ? " được gửi: " : " không được gửi: ") + printable(right.because) +
           (right.on_behalf ? "; thư phải có trường Sender (on behalf)" : "") + '\n';
    return {right.allowed ? 0 : 1, out, ""};
  });
}

Answer check_directory(Office& office, const Request& request) {
  return with("directory", "check", office, request, 0, 0, [&](const Call& call) -> Answer {
    if (call.directory->generation() == 0) return not_imported();
    const auto found = directory::check_hygiene(*call.directory, call.at, actor_of(request));
    Answer answer;
    answer.exit = found.findings.empty() ? 0 : 1;
    if (call.words.has("json")) {
      json::array findings;
      for (const auto& one : found.findings)
        findings.push_back({{"id", one.id}, {"subject", one.subject}, {"what", one.what}});
      answer.out = line(json::object{{"at", iso(call.at)}, {"findings", std::move(findings)}, {"more", found.more}});
      return answer;
    }
    for (const auto& one : found.findings)
      answer.out += one.id + "  " + printable(one.subject) + ": " + printable(one.what) + '\n';
    answer.out += std::to_string(found.findings.size() + found.more) + " điều cần xem (findings)\n";
    return answer;
  });
}

Answer directory_history(Office& office, const Request& request) {
  return with("directory", "history", office, request, 0, 2, [&](const Call& call) -> Answer {
    const auto& words = call.words.operands;
    if (words.size() == 1) return wrong_usage(*call.command, "of which one? name it");
    if (!words.empty() && !directory::table_of_noun(words[0]))
      return wrong_usage(*call.command, "'" + printable(words[0]) + "' is no noun of the directory");
    std::size_t most = 100;
    if (const auto text = call.words.value("limit")) {
      const auto number = read_number(*text);
      if (!number) return wrong_usage(*call.command, number.error().detail);
      most = static_cast<std::size_t>(*number);
    }
    const auto entries = directory::history_of(*call.directory, words.empty() ? "" : words[0],
                                               words.empty() ? "" : words[1], most, actor_of(request));
    Answer answer;
    if (call.words.has("json")) {
      json::array list;
      for (const auto& one : entries) {
        json::object entry{{"generation", one.generation}, {"time", one.time}, {"act", one.act}, {"actor", one.actor}};
        if (one.table.empty())
          entry["rows"] = one.rows;
        else
          entry["change"] = difference_json(one.table, "", one.before, one.after);
        list.push_back(std::move(entry));
      }
      answer.out = line(json::object{{"changes", std::move(list)}});
      return answer;
    }
    for (const auto& one : entries)
      answer.out += std::to_string(one.generation) + "  " + one.time + "  " + printable(one.actor) + "  " + one.act +
                    (one.table.empty() ? "  " + one.rows + " dòng\n"
                                       : "  " + difference_text(one.table, "", one.before, one.after));
    return answer;
  });
}

Answer resolve_address(Office& office, const Request& request) {
  return with("directory", "resolve", office, request, 1, 1, [](const Call& call) -> Answer {
    if (call.directory->generation() == 0) return not_imported();
    const Resolution found = call.directory->resolve(call.operand(), call.at);
    const bool unknown = found.kind == Resolution::Kind::unknown;
    const auto near = unknown ? call.directory->neighbours(call.operand(), 3, call.at) : std::vector<std::string>{};
    const bool serves = found.kind == Resolution::Kind::mailbox || found.kind == Resolution::Kind::group;
    Answer answer;
    answer.exit = serves ? 0 : 1;
    if (!call.words.has("json")) {
      answer.out = resolution_text(*call.directory, printable(call.operand()), found, call.at, near);
      return answer;
    }
    json::array targets;
    for (const auto& target : found.targets) {
      json::object one = mailbox_json(*call.directory, target.mailbox, call.at);
      one["holder"] = target.holder;
      targets.push_back(std::move(one));
    }
    answer.out = line(json::object{{"address", text::nfc(call.operand())},
                                   {"at", iso(call.at)},
                                   {"kind", word(found.kind)},
                                   {"via", found.via},
                                   {"targets", std::move(targets)},
                                   {"skipped", json::value_from(found.skipped)},
                                   {"closed_name", found.closed_name},
                                   {"successors", json::value_from(found.successors)},
                                   {"neighbours", json::value_from(near)}});
    return answer;
  });
}

Answer show_directory(Office& office, const Request& request) {
  return with("directory", "show", office, request, 0, 2, [](const Call& call) -> Answer {
    if (call.directory->generation() == 0) return not_imported();
    if (call.words.operands.empty()) return show_all(call);
    if (call.words.operands.size() == 1) return wrong_usage(*call.command, "of which one? name it");
    const std::string& what = call.operand();
    const std::string& name = call.words.operands[1];
    if (what == "unit") return show_unit(call, name);
    if (what == "mailbox") return show_mailbox(call, name);
    if (what == "group") return show_group(call, name);
    if (what == "person") {
      const auto person = call.directory->person(name);
      return people_answer(call, person ? std::vector{*person} : std::vector<directory::Person>{}, name);
    }
    return wrong_usage(*call.command, "'" + printable(what) + "' is none of unit, person, mailbox, group");
  });
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto directory_rows = std::to_array<Command>({
    {"directory", "import", "DIR|FILE.ldif [--dry-run] [--prefer here|files] [--json]",
     "take over a folder of CSV files or an LDIF file, all or nothing; --dry-run shows every row that would change",
     Where::office, Takes::folder, import_files},
    {"directory", "export", "TABLE.csv", "one file of the import folder as it would be now, on standard output",
     Where::office, Takes::nothing, export_table},
    {"directory", "may-send", "USER ADDRESS [--at DATE] [--json]",
     "whether a login or person may send as an address, and why", Where::office, Takes::nothing, may_send},
    {"directory", "check", "[--at DATE] [--json]",
     "what an administrator should look at: closed members, units without văn thư, look-alike names", Where::office,
     Takes::nothing, check_directory},
    {"directory", "history", "[unit|person|mailbox|group|... ID] [--limit N] [--json]",
     "what was changed, when and by whom; of one subject row by row", Where::office, Takes::nothing, directory_history},
    {"directory", "resolve", "ADDRESS [--at DATE] [--json]", "who receives mail for an address that day", Where::office,
     Takes::nothing, resolve_address},
    {"directory", "show", "[unit ID|person ID|mailbox ADDRESS|group ADDRESS] [--at DATE] [--json]",
     "counts and the tree of units, or all about one of them", Where::office, Takes::nothing, show_directory},
});
}  // namespace

std::span<const Command> directory_commands() { return directory_rows; }

}  // namespace vanthu::admin
