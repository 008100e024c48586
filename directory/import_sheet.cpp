// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/import_sheet.hpp"

#include <algorithm>
#include <charconv>

#include "directory/csv.hpp"
#include "directory/rule.hpp"
#include "directory/snapshot.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::directory {
namespace {

std::string placed(std::string_view file, std::size_t line, const std::string& what) {
  std::string text(file);
  if (line > 0) text += ':' + std::to_string(line);
  return text + ": " + what;
}

std::string as_shown(std::string_view text) {
  // Long or odd values are shown in part: the line number leads to the whole.
  constexpr std::size_t shown = 80;
  if (text.size() <= shown) return "'" + std::string(text) + "'";
  std::size_t end = shown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return "'" + std::string(text.substr(0, end)) + "…'";
}

std::vector<std::string_view> split(std::string_view list) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t bar = list.find('|');
    words.push_back(list.substr(0, bar));
    if (bar == std::string_view::npos) return words;
    list.remove_prefix(bar + 1);
  }
}

bool is_id(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

std::string trimmed(std::string_view cell) {
  while (!cell.empty() && cell.front() == ' ') cell.remove_prefix(1);
  while (!cell.empty() && cell.back() == ' ') cell.remove_suffix(1);
  return text::nfc(cell);
}

Error wrong(std::string what) { return fail(status::bad_arguments, std::move(what)); }

Result<std::string> read_address(const std::string& cell, const SheetContext& context) {
  const auto parsed = mail::parse_mailbox(cell, true);
  if (!parsed)
    return wrong(as_shown(cell) + " is no address (" + parsed.error().detail + "), write name@" +
                 (context.domains.empty() ? std::string("domain") : *context.domains.begin()));
  if (parsed->local_part.find_first_of("*+") != std::string::npos)
    return wrong(as_shown(cell) + " has a '+' or '*', which are for tags and logins, choose another name");
  if (!context.domains.contains(parsed->domain)) {
    std::vector<std::string_view> known(context.domains.begin(), context.domains.end());
    return wrong(as_shown(cell) + " is of domain " + parsed->domain + ", which is not one of ours" +
                 did_you_mean(parsed->domain, known) + "; correct it or add the domain to gateway.conf");
  }
  return mail::key(*parsed);
}

/// The field as it is stored.
Result<std::string> read_cell(const Column& column, const std::string& raw, const SheetContext& context) {
  std::string cell = trimmed(raw);
  if (cell.empty()) {
    if (column.required) return wrong("is empty, fill it in");
    if (column.form == Form::yes_no) return std::string("no");
    return cell;
  }
  if (cell.size() > column.most)
    return wrong(as_shown(cell) + " is longer than " + std::to_string(column.most) + " octets, shorten it");
  switch (column.form) {
    case Form::id:
      if (!is_id(cell)) return wrong(as_shown(cell) + " is no id, use letters a-z, digits, '.', '_' and '-'");
      break;
    case Form::address:
      return read_address(cell, context);
    case Form::date:
      if (!parse_date(cell)) return wrong(as_shown(cell) + " is no day, write YYYY-MM-DD");
      break;
    case Form::yes_no:
      if (cell != "yes" && cell != "no") return wrong(as_shown(cell) + " is neither yes nor no, write one of them");
      break;
    case Form::number: {
      std::uint32_t value = 0;
      const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
      if (error != std::errc{} || end != cell.data() + cell.size())
        return wrong(as_shown(cell) + " is no number from 0 to 4294967295, correct it");
      return std::to_string(value);
    }
    case Form::choice: {
      const auto known = split(column.of);
      if (std::find(known.begin(), known.end(), cell) == known.end()) {
        std::string all(column.of);
        std::replace(all.begin(), all.end(), '|', ' ');
        return wrong(as_shown(cell) + " is unknown, use one of: " + all + did_you_mean(cell, known));
      }
      break;
    }
    case Form::unit_kind:
      if (!context.unit_kinds.contains(cell)) {
        std::vector<std::string_view> known(context.unit_kinds.begin(), context.unit_kinds.end());
        return wrong(as_shown(cell) + " is an unknown kind of unit" + did_you_mean(cell, known) +
                     "; correct it or list it in unit-kinds.csv");
      }
      break;
    case Form::rule:
      if (auto rule = parse_rule(cell); !rule) return wrong("is no rule: " + rule.error().detail);
      break;
    case Form::text:
      break;
  }
  return cell;
}

/// For each column of the table where it stands in the file; empty after a fault.
std::vector<std::size_t> read_header(const TableSpec& table, const Csv::Row& header, Findings& findings) {
  std::vector<std::string_view> known;
  for (const Column& one : table.columns) known.emplace_back(one.name);
  std::vector<std::size_t> places(known.size(), header.cells.size());
  bool ok = true;
  const auto fault = [&](const std::string& what) {
    findings.fault(table.file, header.line, what);
    ok = false;
  };
  for (std::size_t i = 0; i < header.cells.size(); ++i) {
    const std::string name = trimmed(header.cells[i]);
    const int at = column(table, name);
    if (at < 0)
      fault("unknown column " + as_shown(name) + did_you_mean(name, known) + "; remove or rename it");
    else if (auto& place = places[static_cast<std::size_t>(at)]; place != header.cells.size())
      fault("column '" + name + "' stands there twice, remove one");
    else
      place = i;
  }
  for (std::size_t i = 0; i < known.size(); ++i)
    if (places[i] == header.cells.size() && !table.columns[i].may_lack) fault("column '" + std::string(known[i]) + "' is missing, add it");
  return ok ? places : std::vector<std::size_t>{};
}
}  // namespace

void Findings::fault(std::string_view file, std::size_t line, const std::string& what) {
  if (report_.faults.size() < limits::import_faults)
    report_.faults.push_back(placed(file, line, what));
  else
    ++report_.more_faults;
}

void Findings::note(std::string_view file, std::size_t line, const std::string& what) {
  if (report_.notes.size() < limits::import_notes)
    report_.notes.push_back(placed(file, line, what));
  else
    ++report_.more_notes;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
  std::size_t best = std::min<std::size_t>(word.size() / 2 + 1, 4);
  std::string_view nearest;
  for (const std::string_view one : known)
    if (const std::size_t distance = edit_distance(word, one); distance < best) {
      best = distance;
      nearest = one;
    }
  return nearest.empty() ? "" : " (did you mean '" + std::string(nearest) + "'?)";
}

Sheet read_sheet(const TableSpec& table, std::string_view octets, const SheetContext& context, Findings& findings) {
  Sheet sheet{&table, true, true, {}, {}};
  const Csv csv = parse_csv(octets);
  for (const Csv::Fault& fault : csv.faults) findings.fault(table.file, fault.line, fault.what);
  if (csv.rows.empty()) {
    if (csv.faults.empty()) findings.fault(table.file, 1, "the file is empty, begin with the line of column names");
    return sheet;
  }
  if (!csv.faults.empty() && csv.faults.front().line <= csv.rows.front().line) return sheet;  // the header is broken
  const std::vector<std::size_t> places = read_header(table, csv.rows.front(), findings);
  if (places.empty()) return sheet;
  sheet.unsure = !csv.faults.empty();
  const std::size_t width = csv.rows.front().cells.size();
  for (std::size_t r = 1; r < csv.rows.size(); ++r) {
    const Csv::Row& row = csv.rows[r];
    if (row.cells.size() != width) {
      findings.fault(table.file, row.line,
                     std::to_string(row.cells.size()) + " fields, the header has " + std::to_string(width) +
                         "; add or remove commas, and quote a field that holds a comma");
      sheet.unsure = true;
      continue;
    }
    Fields fields(places.size());
    bool ok = true;
    for (std::size_t c = 0; c < places.size(); ++c) {
      if (places[c] == row.cells.size()) continue;  // a column that may lack
      auto cell = read_cell(table.columns[c], row.cells[places[c]], context);
      if (cell) {
        fields[c] = *std::move(cell);
      } else {
        findings.fault(table.file, row.line, std::string(table.columns[c].name) + ' ' + cell.error().detail);
        ok = false;
      }
    }
    if (ok && table.from >= 0 && table.to >= 0) {
      const std::string& from = fields[static_cast<std::size_t>(table.from)];
      const std::string& to = fields[static_cast<std::size_t>(table.to)];
      if (!from.empty() && !to.empty() && to < from) {  // ISO days sort as text
        findings.fault(table.file, row.line,
                       std::string(table.columns[static_cast<std::size_t>(table.to)].name) + " '" + to +
                           "' is before " + table.columns[static_cast<std::size_t>(table.from)].name + " '" + from +
                           "', correct one of them");
        ok = false;
      }
    }
    if (ok)
      sheet.rows.push_back({row.line, std::move(fields)});
    else
      sheet.broken.insert(table.columns[0].form == Form::address ? address_key(trimmed(row.cells[places[0]]))
                                                                 : trimmed(row.cells[places[0]]));
  }
  return sheet;
}

}  // namespace vanthu::directory
