// SPDX-License-Identifier: GPL-3.0-or-later
// What a time-stamping authority answers, or somebody in its place: nothing is good without a certificate to check it
// by.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/attestation/timestamp.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::attestation;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  for (const char* nonce : {"", "0123456789abcdef"})
    if (check_stamp(octets, "note", nonce, "/dev/null")) std::abort();
  return 0;
}
