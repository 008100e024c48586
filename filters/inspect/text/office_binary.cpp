// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/office_binary.hpp"

#include <algorithm>
#include <string>

#include "filters/inspect/mime/charset.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

/// Record types (MS-XLSB 2.3.2).
enum Record : std::uint32_t {
  cell_text = 6,          // BrtCellSt
  formula_text = 8,       // BrtFmlaString
  shared_text = 19,       // BrtSSTItem
  cell_rich_text = 62,    // BrtCellRString
  other_workbook = 360,   // BrtBeginSupBook
  printed_headers = 479,  // BrtBeginHeaderFooter
};

std::uint32_t number(std::string_view octets, std::size_t at, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = width; i-- > 0;)
    value = value << 8 | (at + i < octets.size() ? static_cast<unsigned char>(octets[at + i]) : 0U);
  return value;
}

/// A number of seven bits an octet; false at the end.
bool take(std::string_view& left, std::size_t most, std::uint32_t& value) {
  value = 0;
  for (std::size_t i = 0; i < most; ++i) {
    if (left.empty()) return false;
    const auto octet = static_cast<unsigned char>(left.front());
    left.remove_prefix(1);
    value |= static_cast<std::uint32_t>(octet & 0x7FU) << (7 * i);
    if ((octet & 0x80U) == 0) break;
  }
  return true;
}

/// A counted text in UTF-16; moves `at` behind it. All ones: no text.
std::string wide(std::string_view record, std::size_t& at) {
  const std::size_t count = number(record, at, 4);
  at += 4;
  if (count == 0xFFFFFFFF || at >= record.size()) return {};
  const std::string_view octets = record.substr(at, std::min(count * 2, record.size() - at));
  at += octets.size();
  return to_utf8(octets, "utf-16le").value_or(std::string());
}

}  // namespace

void add_binary_sheet(std::string_view records, Lines& lines, std::uint32_t& row, Notes& notes) {
  constexpr std::size_t cell_head = 8;  // column, style
  while (!records.empty() && lines.size() < limits::text_lines) {
    std::uint32_t type = 0;
    std::uint32_t size = 0;
    // The second octet of a type keeps its sign: only two are there.
    if (!take(records, 2, type) || !take(records, 4, size) || size > records.size())
      return note(notes, "inspect.unreadable", "xlsb");
    const std::string_view record = records.substr(0, size);
    records.remove_prefix(size);
    std::size_t at = 0;
    if (type == cell_text || type == formula_text || type == cell_rich_text) {
      at = cell_head + (type == cell_rich_text ? 1 : 0);
      add_row(lines, wide(record, at), Zone::cell, row);
      row += 2;  // a cell is never the next line of another one
    } else if (type == shared_text) {
      at = 1;
      add_row(lines, wide(record, at), Zone::cell, row);
      row += 2;
    } else if (type == printed_headers) {
      at = 2;
      for (int i = 0; i < 6 && at < record.size(); ++i, ++row)
        add_row(lines, wide(record, at), i % 2 == 0 ? Zone::page_header : Zone::page_footer, row);
    } else if (type == other_workbook) {
      const std::uint32_t kind = number(record, 0, 2);
      if (kind == 1) note(notes, "content.dde", "link");
      if (kind == 2) note(notes, "content.external-link", "linked object");
    }
  }
}

}  // namespace vanthu::inspect
