// SPDX-License-Identifier: GPL-3.0-or-later
// What two copies of a letter have in common: the same letter with another field in front is the same letter.
#include <cstdlib>
#include <string>

#include "gateway/intake/same_letter.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string letter(reinterpret_cast<const char*>(data), size);
  const std::string digest = vanthu::intake::content_digest(letter);
  if (digest.size() != 64) std::abort();
  vanthu::intake::bare_message_id(letter);
  return 0;
}
