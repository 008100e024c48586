// SPDX-License-Identifier: GPL-3.0-or-later
// The octets of a message on their way to ENVELOPE and BODYSTRUCTURE, and an answer as an inspector that was taken over
// could give it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "filters/inspect/mime/outline_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const Outline outline = outline_of(octets);
  const auto read = parse_outline(to_answer(outline), octets.size());
  if (!read || !(*read == outline)) std::abort();
  const auto claimed = parse_outline(octets, 1000);
  if (claimed && (claimed->root.end > 1000 || claimed->root.body < claimed->root.header)) std::abort();
  return 0;
}
