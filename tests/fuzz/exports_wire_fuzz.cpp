// SPDX-License-Identifier: GPL-3.0-or-later
// A plan comes back from a folder that anybody may have written; parts come from the other end of the control socket;
// an mbox holds whatever a letter says.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/exports/mbox.hpp"
#include "gateway/exports/parts.hpp"
#include "gateway/exports/plan.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::exports;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  if (const auto plan = parse_plan(octets)) {
    const auto again = parse_plan(to_json(*plan));
    if (!again || !(*again == *plan)) std::abort();
  }
  if (const auto parts = parse_parts(octets)) {
    const auto again = parse_parts(to_wire(*parts));
    if (!again || again->list != parts->list) std::abort();
    for (const Part& part : parts->list)
      if (part.name.find("..") == 0 || part.name.front() == '/') std::abort();
  }
  const Mboxed mboxed = to_mboxrd(octets, octets.substr(0, 40), {});
  if (from_mboxrd(std::string_view(mboxed.octets).substr(mboxed.begin, mboxed.length)) != octets) std::abort();
  // One line that parts messages, and it stands at the beginning.
  if (mboxed.octets.find("\nFrom ") != std::string::npos || !mboxed.octets.starts_with("From ")) std::abort();
  return 0;
}
