// SPDX-License-Identifier: GPL-3.0-or-later
// What a terminal is shown of strangers' text: nothing that acts on it may be left, and cutting keeps it whole.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "admin/table.hpp"
#include "admin/words.hpp"
#include "gateway/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string shown = admin::printable(text);
  if (!text::is_utf8(shown)) std::abort();
  for (const char c : shown)
    if ((c >= 0 && c < 0x20) || c == 0x7F) std::abort();
  const std::string cut = admin::shortened(shown, 10);
  if (!text::is_utf8(cut) || admin::display_width(cut) > 10) std::abort();
  [[maybe_unused]] const auto date = admin::read_date(text);
  [[maybe_unused]] const auto number = admin::read_number(text);
  return 0;
}
