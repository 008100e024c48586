// SPDX-License-Identifier: GPL-3.0-or-later
// What comes from a witness or lies beside an export: what is read is written again as it was.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/proof/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::proof;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  if (const auto note = parse_note(octets)) {
    if (to_text(*note) != octets) std::abort();
    (void)parse_checkpoint(note->text);
  }
  if (const auto proof = parse_inclusion_proof(octets))
    if (to_text(*proof) != octets) std::abort();
  if (const auto key = Verifier::parse(octets))
    if (key->text() != octets) std::abort();
  if (const auto line = parse_signature(octets))
    if (to_text(*line) != octets) std::abort();
  return 0;
}
