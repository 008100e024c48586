// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <cstdlib>

#include "gateway/base/route.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto route = vanthu::parse_route({reinterpret_cast<const char*>(data), size});
  if (!route) {
    if (route.error().detail.empty()) std::abort();
    return 0;
  }
  // What was read has a selector that reads back to the same recipients.
  const auto again = vanthu::parse_route(vanthu::selector(*route) + " smtp://a:25");
  if (!again || again->by != route->by || again->key != route->key || again->prefix != route->prefix) std::abort();
  return 0;
}
