// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/act_text.hpp"

#include <sysexits.h>

#include <boost/json.hpp>

#include "admin/directory_text.hpp"
#include "admin/table.hpp"
#include "directory/difference.hpp"

namespace vanthu::admin {
namespace json = boost::json;

std::string difference_text(const std::string& table, const std::string& key, std::string_view before,
                            std::string_view after) {
  std::string text = before.empty() ? "+ " : after.empty() ? "- " : "~ ";
  text += table + ' ' + printable(key) + ':';
  for (const auto& one : directory::field_changes(table, before, after)) {
    text += "  " + one.column + '=';
    if (before.empty() || after.empty())
      text += printable(one.before + one.after);
    else
      text += printable(one.before) + " → " + printable(one.after);
  }
  return text + '\n';
}

json::value difference_json(const std::string& table, const std::string& key, std::string_view before,
                            std::string_view after) {
  json::object fields;
  for (const auto& one : directory::field_changes(table, before, after))
    fields[one.column] = json::object{{"before", one.before}, {"after", one.after}};
  return json::object{{"act", before.empty()  ? "added"
                              : after.empty() ? "removed"
                                              : "changed"},
                      {"table", table},
                      {"key", key},
                      {"fields", std::move(fields)}};
}

Answer act_answer(const directory::ActReport& report, bool dry_run, bool as_json) {
  Answer answer;
  answer.exit = report.faults.empty() ? 0 : EX_DATAERR;
  if (as_json) {
    json::array differences;
    for (const auto& one : report.differences)
      differences.push_back(difference_json(one.table, one.key, one.before, one.after));
    answer.out = line(json::object{{"stored", report.stored},
                                   {"dry_run", dry_run},
                                   {"generation", report.generation},
                                   {"differences", std::move(differences)},
                                   {"touched", json::value_from(report.touched)},
                                   {"faults", json::value_from(report.faults)},
                                   {"notes", json::value_from(report.notes)}});
    return answer;
  }
  for (const std::string& fault : report.faults) answer.err += printable(fault) + '\n';
  if (!report.faults.empty()) {
    answer.err += "Danh bạ giữ nguyên như trước. (nothing was changed)\n";
    return answer;
  }
  for (const auto& one : report.differences) answer.out += difference_text(one.table, one.key, one.before, one.after);
  for (const std::string& one : report.touched) answer.out += "  " + printable(one) + '\n';
  for (const std::string& note : report.notes) answer.out += "lưu ý: " + printable(note) + '\n';
  answer.out += dry_run                      ? "Chạy thử: chưa thay đổi gì.\n"
                : report.differences.empty() ? "Không có gì thay đổi.\n"
                                             : "Đã ghi (lần thay đổi " + std::to_string(report.generation) + ").\n";
  return answer;
}

}  // namespace vanthu::admin
