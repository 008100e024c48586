// SPDX-License-Identifier: GPL-3.0-or-later
// What an inspector that has been taken over could answer.
#include <boost/json/parse.hpp>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "filters/facts.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  boost::system::error_code code;
  boost::json::parse_options options;
  options.max_depth = 8;
  const auto json = boost::json::parse({reinterpret_cast<const char*>(data), size}, code, {}, options);
  if (code) return 0;
  const auto facts = vanthu::filters::parse_facts(json);
  if (!facts) return 0;
  const auto again = vanthu::filters::parse_facts(vanthu::filters::to_json(*facts));
  if (!again || *again != *facts) std::abort();
  return 0;
}
