// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/import_sheet.hpp"

#include <algorithm>
#include <charconv>

#include "directory/csv.hpp"
#include "directory/rule.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::directory {
namespace {

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

std::string_view trimmed(std::string_view cell) {
  while (!cell.empty() && cell.front() == ' ') cell.remove_prefix(1);
  while (!cell.empty() && cell.back() == ' ') cell.remove_suffix(1);
  return cell;
}

/// Most addresses are plain: lower-case letters, digits, dots, of a domain as it is spelt in the configuration.
bool is_plain_address(std::string_view cell, const SheetContext& context) {
  const std::size_t at = cell.find('@');
  if (at == 0 || at > limits::local_part_octets || !context.domains.contains(cell.substr(at + 1))) return false;
  char last = '.';
  for (const char c : cell.substr(0, at)) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || (c == '.' && last != '.')))
      return false;
    last = c;
  }
  return last != '.';
}

std::string read_address(std::string_view cell, const SheetContext& context, std::string& out) {
  if (is_plain_address(cell, context)) {
    out += cell;
    return {};
  }
  const auto parsed = mail::parse_mailbox(cell, true);
  if (!parsed)
    return as_shown(cell) + " is no address (" + parsed.error().detail + "), write name@" +
           (context.domains.empty() ? std::string("domain") : *context.domains.begin());
  if (parsed->local_part.find_first_of("*+") != std::string::npos)
    return as_shown(cell) + " has a '+' or '*', which are for tags and logins, choose another name";
  if (!context.domains.contains(parsed->domain)) {
    std::vector<std::string_view> known(context.domains.begin(), context.domains.end());
    return as_shown(cell) + " is of domain " + parsed->domain + ", which is not one of ours" +
           did_you_mean(parsed->domain, known) + "; correct it or add the domain to gateway.conf";
  }
  out += mail::key(*parsed);
  return {};
}

/// "FROM..TO FROM..", each after the one before.
bool are_periods(std::string_view cell) {
  std::string_view last;
  while (!cell.empty()) {
    const std::size_t space = cell.find(' ');
    const std::string_view one = cell.substr(0, space);
    cell.remove_prefix(space == std::string_view::npos ? cell.size() : space + 1);
    const std::size_t dots = one.find("..");
    if (dots == std::string_view::npos) return false;
    const std::string_view from = one.substr(0, dots);
    const std::string_view to = one.substr(dots + 2);
    if (!parse_date(from) || (!to.empty() && !parse_date(to))) return false;
    if (from <= last || (!to.empty() && to < from) || (to.empty() && !cell.empty())) return false;
    last = to;
  }
  return true;
}

/// For each column of the table where it stands in the file, or the header's width; empty after a fault.
std::vector<std::size_t> read_header(const TableSpec& table, std::size_t line, std::span<const std::string_view> header,
                                     Findings& findings) {
  std::vector<std::string_view> known;
  for (const Column& one : table.columns) known.emplace_back(one.name);
  std::vector<std::size_t> places(known.size(), header.size());
  bool ok = true;
  const auto fault = [&](const std::string& what) {
    findings.fault(table.file, line, what);
    ok = false;
  };
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string name = text::nfc(trimmed(header[i]));
    const int at = column(table, name);
    if (at < 0)
      fault("unknown column " + as_shown(name) + did_you_mean(name, known) + "; remove or rename it");
    else if (auto& place = places[static_cast<std::size_t>(at)]; place != header.size())
      fault("column '" + name + "' stands there twice, remove one");
    else
      place = i;
  }
  for (std::size_t i = 0; i < known.size(); ++i)
    if (places[i] == header.size() && !table.columns[i].may_lack)
      fault("column '" + std::string(known[i]) + "' is missing, add it");
  return ok ? places : std::vector<std::size_t>{};
}
}  // namespace

std::size_t Sheet::line_of(std::string_view key) const {
  const auto at = std::lower_bound(rows.begin(), rows.end(), key,
                                   [](const Row& row, std::string_view wanted) { return row.key < wanted; });
  return at != rows.end() && at->key == key ? at->line : 0;
}

std::string read_field(const Column& column, std::string_view raw, const SheetContext& context, std::string& out) {
  std::string_view cell = trimmed(raw);
  std::string composed;
  if (!text::is_ascii(cell)) cell = composed = text::nfc(cell);
  if (cell.empty()) {
    if (column.required) return "is empty, fill it in";
    if (column.form == Form::yes_no) out += "no";
    return {};
  }
  if (cell.size() > column.most)
    return as_shown(cell) + " is longer than " + std::to_string(column.most) + " octets, shorten it";
  switch (column.form) {
    case Form::id:
      if (!is_id(cell)) return as_shown(cell) + " is no id, use letters a-z, digits, '.', '_' and '-'";
      break;
    case Form::address:
      return read_address(cell, context, out);
    case Form::date:
      if (!parse_date(cell)) return as_shown(cell) + " is no day, write YYYY-MM-DD";
      break;
    case Form::yes_no:
      if (cell != "yes" && cell != "no") return as_shown(cell) + " is neither yes nor no, write one of them";
      break;
    case Form::number: {
      std::uint32_t value = 0;
      const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
      if (error != std::errc{} || end != cell.data() + cell.size())
        return as_shown(cell) + " is no number from 0 to 4294967295, correct it";
      out += std::to_string(value);
      return {};
    }
    case Form::choice: {
      const auto known = split(column.of);
      if (std::find(known.begin(), known.end(), cell) == known.end()) {
        std::string all(column.of);
        std::replace(all.begin(), all.end(), '|', ' ');
        return as_shown(cell) + " is unknown, use one of: " + all + did_you_mean(cell, known);
      }
      break;
    }
    case Form::unit_kind:
      if (!context.unit_kinds.contains(cell)) {
        std::vector<std::string_view> known(context.unit_kinds.begin(), context.unit_kinds.end());
        return as_shown(cell) + " is an unknown kind of unit" + did_you_mean(cell, known) +
               "; correct it or list it in unit-kinds.csv";
      }
      break;
    case Form::rule:
      if (auto rule = parse_rule(cell); !rule) return "is no rule: " + rule.error().detail;
      break;
    case Form::periods:
      if (!are_periods(cell)) return as_shown(cell) + " is no list of periods, write FROM..TO FROM..TO, days in order";
      break;
    case Form::text:
      break;
  }
  out += cell;
  return {};
}

namespace {
/// Reads the rows of one file.
class SheetReader {
 public:
  SheetReader(const TableSpec& table, const SheetContext& context, Findings& findings, Sheet& sheet)
      : table_(table), context_(context), findings_(findings), sheet_(sheet), fields_(table.columns.size()) {}

  bool has_header() const { return !places_.empty(); }
  bool saw_rows() const { return width_ > 0; }

  void take(std::size_t line, std::span<const std::string_view> cells) {
    if (cells.empty()) {
      headless_ = headless_ || width_ == 0;  // without its header no row of the file can be understood
    } else if (width_ == 0) {
      if (headless_) return;
      width_ = cells.size();
      places_ = read_header(table_, line, cells, findings_);
      for (const std::size_t place : places_) sheet_.lacks.push_back(place == width_);
    } else if (!places_.empty()) {
      row(line, cells);
    }
  }

 private:
  void row(std::size_t line, std::span<const std::string_view> cells) {
    if (cells.size() != width_) {
      findings_.fault(table_.file, line,
                      std::to_string(cells.size()) + " fields, the header has " + std::to_string(width_) +
                          "; add or remove commas, and quote a field that holds a comma");
      sheet_.unsure = true;
      return;
    }
    bool ok = true;
    for (std::size_t c = 0; c < places_.size(); ++c) {
      fields_[c].clear();
      if (places_[c] == width_) {  // a column that may lack
        if (table_.columns[c].form == Form::yes_no) fields_[c] = "no";
        continue;
      }
      if (const auto what = read_field(table_.columns[c], cells[places_[c]], context_, fields_[c]); !what.empty()) {
        findings_.fault(table_.file, line, std::string(table_.columns[c].name) + ' ' + what);
        ok = false;
      }
    }
    if (ok && table_.from >= 0 && table_.to >= 0) {
      const std::string& from = fields_[static_cast<std::size_t>(table_.from)];
      const std::string& to = fields_[static_cast<std::size_t>(table_.to)];
      if (!from.empty() && !to.empty() && to < from) {  // ISO days sort as text
        findings_.fault(table_.file, line,
                        std::string(table_.columns[static_cast<std::size_t>(table_.to)].name) + " '" + to +
                            "' is before " + table_.columns[static_cast<std::size_t>(table_.from)].name + " '" + from +
                            "', correct one of them");
        ok = false;
      }
    }
    const std::string first(trimmed(cells[places_[0]]));
    if (ok)
      sheet_.rows.push_back({line, sheet_.arena.keep(key_of(table_, fields_)), sheet_.arena.keep(encode(fields_))});
    else
      sheet_.broken.insert(table_.columns[0].form == Form::address ? address_key(first) : first);
  }

  const TableSpec& table_;
  const SheetContext& context_;
  Findings& findings_;
  Sheet& sheet_;
  Fields fields_;
  std::size_t width_ = 0;
  bool headless_ = false;
  std::vector<std::size_t> places_;
};

/// The second row of one key is a fault.
void drop_repeated(const TableSpec& table, Sheet& sheet, Findings& findings) {
  const auto by_key = [](const Sheet::Row& a, const Sheet::Row& b) {
    return a.key != b.key ? a.key < b.key : a.line < b.line;
  };
  if (!std::is_sorted(sheet.rows.begin(), sheet.rows.end(), by_key))
    std::sort(sheet.rows.begin(), sheet.rows.end(), by_key);
  const auto same = [&](const Sheet::Row& first, const Sheet::Row& again) {
    if (first.key != again.key) return false;
    std::string named;
    const Row row(again.row);
    for (std::size_t i = 0; i < table.keys; ++i)
      if (!row[i].empty()) named += (named.empty() ? "" : ", ") + row.str(i);
    findings.fault(table.file, again.line,
                   "'" + named + "' stands already in line " + std::to_string(first.line) +
                       (table.versions ? " for days that overlap, correct the days or remove one" : ", remove one"));
    return true;
  };
  sheet.rows.erase(std::unique(sheet.rows.begin(), sheet.rows.end(), same), sheet.rows.end());
}
}  // namespace

Sheet read_sheet(const TableSpec& table, std::string_view octets, const SheetContext& context, Findings& findings) {
  Sheet sheet;
  sheet.table = &table;
  sheet.given = true;
  SheetReader reader(table, context, findings, sheet);
  const auto faults =
      parse_csv(octets, [&](std::size_t line, std::span<const std::string_view> cells) { reader.take(line, cells); });
  for (const CsvFault& fault : faults) findings.fault(table.file, fault.line, fault.what);
  if (!reader.saw_rows() && faults.empty())
    findings.fault(table.file, 1, "the file is empty, begin with the line of column names");
  if (!reader.has_header() || !faults.empty()) sheet.unsure = true;
  drop_repeated(table, sheet, findings);
  return sheet;
}

}  // namespace vanthu::directory
