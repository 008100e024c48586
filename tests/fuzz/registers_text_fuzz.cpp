// SPDX-License-Identifier: GPL-3.0-or-later
// Text of letters on its way into a register and out of it: bounded, whole, without controls, and nothing in a CSV that
// a spreadsheet computes; what people write as rules, lines and numbers.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/base/text.hpp"
#include "gateway/registers/limits.hpp"
#include "gateway/registers/rules.hpp"
#include "gateway/registers/sheet.hpp"
#include "gateway/registers/words.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  namespace limits = registers::limits;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool lines : {false, true}) {
    const std::string kept = registers::kept(text, lines);
    if (!text::is_utf8(kept) || kept.size() > limits::text_octets) std::abort();
    for (const char c : kept)
      if ((c >= 0 && c < 0x20 && (c != '\n' || !lines)) || c == 0x7F) std::abort();
    if (registers::kept(kept, lines) != kept) std::abort();

    registers::Sheet sheet;
    sheet.columns = {"x"};
    sheet.rows = {{{{kept, {}, false}}, false}};
    const std::string csv = registers::to_csv(sheet);
    const std::string_view cell = std::string_view(csv).substr(std::string_view("\xEF\xBB\xBF\"x\"\r\n").size());
    if (!cell.starts_with('"') || !cell.ends_with("\"\r\n")) std::abort();
    if (kept != "-" && cell.size() > 1 && std::string_view("=+-@").find(cell[1]) != std::string_view::npos)
      std::abort();
  }
  const std::string slug = registers::slug(text);
  if (!text::is_ascii(slug) || slug.size() > limits::part_octets || slug.find('/') != slug.npos) std::abort();
  if (registers::running_number(text) > limits::highest_number) std::abort();
  [[maybe_unused]] const auto rules = registers::Rules::parse(text);
  [[maybe_unused]] const auto ref = registers::parse_ref(text);
  [[maybe_unused]] const std::string day = registers::printed_day(text) + registers::printed_time(text);
  registers::Card card;
  card.form = size % 2 == 0 ? "party" : "state";
  card.symbol = registers::kept(text);
  if (registers::issuers_of(card).size() > card.symbol.size() + 2) std::abort();
  return 0;
}
