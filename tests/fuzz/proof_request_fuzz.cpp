// SPDX-License-Identifier: GPL-3.0-or-later
// What strangers send to a witness, what a witness answers, what a log says of its keys.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/proof/add_checkpoint.hpp"
#include "gateway/proof/key_rotation.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::proof;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  if (const auto request = parse_add_checkpoint(octets)) {
    if (to_text(*request) != octets || request->path.size() > consistency_lines) std::abort();
    if (const auto note = parse_note(request->checkpoint)) (void)parse_checkpoint(note->text);
  }
  if (const auto signatures = parse_signatures(octets)) {
    std::string text;
    for (const Signature& one : *signatures) text += to_text(one);
    if (text != octets) std::abort();
  }
  if (const auto known = parse_size(octets))
    if (std::to_string(*known) + '\n' != octets) std::abort();
  if (const auto rotations = parse_rotations(octets); rotations && !rotations->empty())
    for (std::uint64_t at : {std::uint64_t{0}, rotations->back().size, UINT64_MAX})
      (void)key_at(*rotations, rotations->back().after, at);
  return 0;
}
