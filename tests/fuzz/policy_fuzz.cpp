// SPDX-License-Identifier: GPL-3.0-or-later
// policy.toml from anybody: either a rule book that refuses every marking, or faults that name a line.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "filters/policy/policy.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::filters;
  const auto policy = Policy::parse({reinterpret_cast<const char*>(data), size}, "policy.toml");
  if (!policy) {
    if (!policy.error().detail.starts_with("policy.toml:")) std::abort();
    return 0;
  }
  Facts facts;
  facts.secrecy = "tuyet-mat";
  Context context;
  context.facts = &facts;
  context.today = vanthu::Date{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{24}};
  const Verdict verdict = (*policy)->judge(context);
  if (!verdict.secret || verdict.action != Action::reject || verdict.steps.size() != 1) std::abort();
  return 0;
}
