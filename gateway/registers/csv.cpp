// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/registers/sheet.hpp"

namespace vanthu::registers {
namespace {

/// Spreadsheets compute what begins so, white space before it or not; a pasted "+84…" is no less text for it.
bool looks_like_a_formula(const std::string& text) {
  const std::size_t at = text.find_first_not_of(" \t\r\n");
  if (at == std::string::npos) return false;
  const char c = text[at];
  if (c == '=' || c == '+' || c == '-' || c == '@' || text[0] == '\t' || text[0] == '\r') return true;
  // Their full-width forms, which some spreadsheets read as the same: U+FF1D U+FF0B U+FF0D U+FF20.
  const std::string_view three = std::string_view(text).substr(at, 3);
  return three == "\uFF1D" || three == "\uFF0B" || three == "\uFF0D" || three == "\uFF20";
}

std::string in_quotes(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

void add(std::string& out, const Cell& cell) { out += cell.number ? in_quotes(cell.text) : csv_cell(cell.text); }
}  // namespace

std::string csv_cell(std::string_view cell) {
  std::string text(cell);
  if (text != "-" && looks_like_a_formula(text)) text.insert(text.begin(), '\'');
  return in_quotes(text);
}

std::string to_csv(const Sheet& sheet) {
  std::string out = "\xEF\xBB\xBF";
  for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
    if (i != 0) out += ',';
    add(out, {sheet.columns[i], {}, false});
  }
  out += "\r\n";
  for (const Sheet::Row& row : sheet.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (i != 0) out += ',';
      add(out, row.cells[i]);
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace vanthu::registers
