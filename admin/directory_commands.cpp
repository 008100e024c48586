// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <array>

#include "admin/directory_show.hpp"
#include "admin/directory_text.hpp"
#include "admin/people.hpp"
#include "admin/table.hpp"
#include "directory/import.hpp"
#include "gateway/base/text.hpp"

/// directory: import, resolve, show.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using directory::Directory;
using directory::Resolution;

Answer import_folder(Office& office, const Request& request) {
  return with("directory", "import", office, request, 1, 1, [&](const Call& call) -> Answer {
    if (call.config->domains.empty())
      return {EX_CONFIG, "", "domains is empty in the configuration: name the directory's domains there\n"};
    const bool dry = call.words.has("dry-run");
    const auto report = directory::import(*call.directory, request.files, {call.config->domains, dry, call.at});
    if (!report) return failed(report.error());
    const bool refused = !report->faults.empty();
    Answer answer;
    answer.exit = refused ? EX_DATAERR : 0;
    if (call.words.has("json")) {
      json::array tables;
      for (const auto& one : report->tables)
        tables.push_back({{"file", one.file},
                          {"rows", one.rows},
                          {"added", one.added},
                          {"changed", one.changed},
                          {"removed", one.removed}});
      answer.out = line(json::object{{"stored", report->stored},
                                     {"dry_run", dry},
                                     {"generation", call.directory->generation()},
                                     {"tables", std::move(tables)},
                                     {"faults", json::value_from(report->faults)},
                                     {"more_faults", report->more_faults},
                                     {"notes", json::value_from(report->notes)},
                                     {"more_notes", report->more_notes}});
      return answer;
    }
    for (const std::string& fault : report->faults) answer.err += printable(fault) + '\n';
    if (refused) {
      const std::size_t count = report->faults.size() + report->more_faults;
      answer.err += "Có " + std::to_string(count) + " lỗi" +
                    (report->more_faults > 0 ? ", " + std::to_string(report->more_faults) + " lỗi không in" : "") +
                    "; danh bạ giữ nguyên như trước. (nothing was changed)\n";
      return answer;
    }
    Table table({"tệp", "dòng", "thêm", "sửa", "bỏ"});
    for (const auto& one : report->tables)
      table.add({one.file, std::to_string(one.rows), std::to_string(one.added), std::to_string(one.changed),
                 std::to_string(one.removed)});
    answer.out = table.text();
    for (const std::string& note : report->notes) answer.out += "lưu ý: " + printable(note) + '\n';
    if (report->more_notes > 0) answer.out += "… và " + std::to_string(report->more_notes) + " lưu ý nữa\n";
    answer.out += dry ? "Chạy thử: chưa thay đổi gì.\n"
                      : "Đã nạp danh bạ (lần thay đổi " + std::to_string(call.directory->generation()) + ").\n";
    return answer;
  });
}

Answer resolve(Office& office, const Request& request) {
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

Answer show(Office& office, const Request& request) {
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
constexpr auto rows = std::to_array<Command>({
    {"directory", "import", "DIR [--dry-run] [--json]", "take over a folder of CSV files, all or nothing",
     Where::office, Takes::folder, import_folder},
    {"directory", "resolve", "ADDRESS [--at DATE] [--json]", "who receives mail for an address that day", Where::office,
     Takes::nothing, resolve},
    {"directory", "show", "[unit ID|person ID|mailbox ADDRESS|group ADDRESS] [--at DATE] [--json]",
     "counts and the tree of units, or all about one of them", Where::office, Takes::nothing, show},
});
}  // namespace

std::span<const Command> directory_commands() { return rows; }

}  // namespace vanthu::admin
