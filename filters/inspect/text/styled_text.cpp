// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/styled_text.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

/// How many octets of UTF-8 so many units of UTF-16 take; half a pair takes none.
std::size_t octets_of(std::string_view utf8, std::size_t units) {
  std::size_t at = 0;
  for (; at < utf8.size(); ++at) {
    const auto octet = static_cast<unsigned char>(utf8[at]);
    if ((octet & 0xC0) == 0x80) continue;
    const std::size_t width = octet >= 0xF0 ? 2 : 1;
    if (units < width) break;
    units -= width;
  }
  return at;
}

}  // namespace

void add_styled(Lines& lines, std::string_view utf8, const Font& font, const std::vector<FontRun>& runs, Zone zone,
                std::uint32_t& row) {
  FontText pending;
  const auto add = [&](std::string_view text, const Font& printed) {
    while (!text.empty() && lines.size() < limits::text_lines) {
      const std::size_t end = std::min(text.find_first_of("\r\n\v"), text.size());
      pending.append(text.substr(0, end), printed);
      text.remove_prefix(end);
      if (text.empty()) return;
      add_row(lines, pending, zone, row++);
      pending.clear();
      text.remove_prefix(1);
    }
  };
  std::size_t at = 0;
  const Font* printed = &font;
  for (const FontRun& run : runs) {
    if (run.at < at) continue;
    const std::size_t octets = octets_of(utf8, run.at - at);
    add(utf8.substr(0, octets), *printed);
    utf8.remove_prefix(octets);
    at = run.at;
    printed = &run.font;
  }
  add(utf8, *printed);
  if (!pending.empty()) add_row(lines, pending, zone, row);
}

}  // namespace vanthu::inspect
