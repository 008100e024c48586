// SPDX-License-Identifier: GPL-3.0-or-later
// Streams of Office 97: the first octet chooses the program, of Word's the second one says how much is the table.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "filters/inspect/text/office97.hpp"
#include "gateway/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  if (size < 2) return 0;
  const std::string_view octets(reinterpret_cast<const char*>(data) + 2, size - 2);
  Lines lines;
  Notes notes;
  if (data[0] % 3 == 0) {
    const std::size_t table = std::min<std::size_t>(data[1], octets.size());
    (void)read_word97(octets.substr(table), octets.substr(0, table), octets.substr(0, table), lines, notes);
  } else if (data[0] % 3 == 1) {
    (void)read_excel97(octets, lines);
  } else {
    (void)read_powerpoint97(octets, lines);
  }
  for (const Line& line : lines)
    if (line.text.empty() || !vanthu::text::is_utf8(line.text)) std::abort();
  return 0;
}
