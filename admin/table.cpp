// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/table.hpp"

#include <algorithm>

#include "gateway/base/text.hpp"

namespace vanthu::admin {
namespace {

/// Calls visit(code point, its octets) for every code point of valid UTF-8, until it returns false.
template <class Visit>
void each_code_point(std::string_view text, const Visit& visit) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t octets = std::min<std::size_t>(lead < 0x80    ? 1
                                                     : lead >= 0xF0 ? 4
                                                     : lead >= 0xE0 ? 3
                                                                    : 2,
                                                     text.size() - i);
    char32_t value = lead < 0x80 ? lead : lead & (0xFFU >> (octets + 1));
    for (std::size_t k = 1; k < octets; ++k) value = value << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    if (!visit(value, text.substr(i, octets))) return;
    i += octets;
  }
}

bool is_between(char32_t c, char32_t low, char32_t high) { return c >= low && c <= high; }

std::size_t width_of(char32_t c) {
  if (is_between(c, 0x0300, 0x036F) || is_between(c, 0x1AB0, 0x1AFF) || is_between(c, 0x20D0, 0x20FF) ||
      is_between(c, 0x200B, 0x200D) || is_between(c, 0xFE00, 0xFE0F) || is_between(c, 0xFE20, 0xFE2F))
    return 0;
  const bool wide = is_between(c, 0x1100, 0x115F) || is_between(c, 0x2E80, 0xA4CF) || is_between(c, 0xAC00, 0xD7A3) ||
                    is_between(c, 0xF900, 0xFAFF) || is_between(c, 0xFE30, 0xFE6F) || is_between(c, 0xFF00, 0xFF60) ||
                    is_between(c, 0xFFE0, 0xFFE6) || is_between(c, 0x1F300, 0x1FAFF) || is_between(c, 0x20000, 0x3FFFD);
  return wide ? 2 : 1;
}

bool acts_on_terminal(char32_t c) {
  return c < 0x20 || is_between(c, 0x7F, 0x9F) || c == 0x061C || is_between(c, 0x200E, 0x200F) ||
         is_between(c, 0x2028, 0x202E) || is_between(c, 0x2066, 0x2069);
}
}  // namespace

std::string printable(std::string_view text) {
  const std::string whole = text::is_utf8(text) ? std::string(text) : text::nfc(text);
  std::string out;
  out.reserve(whole.size());
  each_code_point(whole, [&](char32_t c, std::string_view octets) {
    if (c == '\n' || c == '\t' || c == '\r')
      out += ' ';
    else if (acts_on_terminal(c))
      out += "\uFFFD";
    else
      out += octets;
    return true;
  });
  return out;
}

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  each_code_point(utf8, [&](char32_t c, std::string_view) {
    width += width_of(c);
    return true;
  });
  return width;
}

std::string shortened(std::string_view utf8, std::size_t columns) {
  if (display_width(utf8) <= columns) return std::string(utf8);
  std::string out;
  std::size_t width = 0;
  each_code_point(utf8, [&](char32_t c, std::string_view octets) {
    width += width_of(c);
    if (width + 1 > columns) return false;
    out += octets;
    return true;
  });
  return out += "…";
}

void Table::add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = printable(cell);
  cells.resize(rows_.front().size());
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      line += row[i];
      if (i + 1 < widths.size()) line.append(widths[i] - display_width(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace vanthu::admin
