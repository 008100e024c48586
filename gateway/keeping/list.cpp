// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/list.hpp"

#include "gateway/keeping/limits.hpp"

namespace vanthu::keeping {
namespace {
constexpr std::string_view head = "vanthu disposal list 1";
}

std::string list_text(std::string_view unit, std::string_view schedule, const std::vector<Listed>& files) {
  std::string text(head);
  text.append("\nunit\t").append(unit).append("\nschedule\t").append(schedule).append("\n");
  for (const Listed& one : files) {
    text += "file";
    for (const std::string& cell :
         {one.file, one.title, one.file_class, one.term, one.ended, one.due, to_ranges(one.records)})
      text.append("\t").append(cell);
    text += '\n';
  }
  return text;
}

Result<std::vector<Listed>> parse_list(std::string_view text) {
  const auto wrong = [] { return fail(status::corrupt, "the list of a disposal cannot be read"); };
  std::vector<Listed> files;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return wrong();
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (++number == 1 && line != head) return wrong();
    if (number <= 3) continue;
    std::vector<std::string> cells;
    while (true) {
      const std::size_t tab = line.find('\t');
      cells.emplace_back(line.substr(0, tab));
      if (tab == std::string_view::npos) break;
      line.remove_prefix(tab + 1);
    }
    if (cells.size() != 8 || cells[0] != "file") return wrong();
    auto records = parse_ranges(cells[7], limits::disposal_records);
    if (!records) return wrong();
    files.push_back({cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], *std::move(records)});
  }
  if (number < 3) return wrong();
  return files;
}

Result<Numbers> records_of_list(std::string_view text) {
  const auto files = parse_list(text);
  if (!files) return files.error();
  Numbers all;
  for (const Listed& one : *files) all.insert(all.end(), one.records.begin(), one.records.end());
  return sorted(std::move(all));
}

}  // namespace vanthu::keeping
