// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "directory/rule.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto rule = vanthu::directory::parse_rule({reinterpret_cast<const char*>(data), size});
  if (!rule) {
    if (rule.error().detail.empty()) std::abort();  // every refusal says why
    return 0;
  }
  if (rule->conditions.empty()) std::abort();
  for (const auto& condition : rule->conditions)
    if (condition.values.empty()) std::abort();
  return 0;
}
