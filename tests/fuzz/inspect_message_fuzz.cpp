// SPDX-License-Identifier: GPL-3.0-or-later
// A whole message, all libraries included: whatever comes out must survive its own JSON form.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "filters/inspect/analyse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool warm = (vanthu::inspect::warm_up(), true);
  const auto facts = vanthu::inspect::analyse({reinterpret_cast<const char*>(data), size});
  const auto parsed = vanthu::filters::parse_facts(vanthu::filters::to_json(facts));
  if (!warm || !parsed || *parsed != facts) std::abort();
  return 0;
}
