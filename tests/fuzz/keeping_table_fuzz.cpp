// SPDX-License-Identifier: GPL-3.0-or-later
// A retention table as an office writes it, lists of record numbers as people and the log write them, lists of
// disposals.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/keeping/list.hpp"
#include "gateway/keeping/schedule.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::keeping;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto schedule = Schedule::parse(text)) {
    const auto again = Schedule::parse(schedule->text());
    if (!again || again->version() != schedule->version() || again->rules().size() != schedule->rules().size())
      std::abort();
    const vanthu::Date day = std::chrono::year(2026) / 11 / 29;
    for (const Rule& rule : schedule->rules()) {
      if (rule.term.years > 100 || rule.name.empty()) std::abort();
      if (rule.of == Rule::Of::files && rule.term.sort == Term::Sort::follows) std::abort();
    }
    if (schedule->cooling(day).count() < 1) std::abort();
  }
  if (const auto numbers = parse_ranges(text, 1000)) {
    if (numbers->empty() || numbers->size() > 1000 || numbers->front() == 0) std::abort();
    const auto again = parse_ranges(to_ranges(*numbers), 1000);
    if (!again || *again != *numbers) std::abort();
  }
  if (const auto listed = parse_list(text))
    for (const Listed& one : *listed)
      if (one.records.empty()) std::abort();
  return 0;
}
