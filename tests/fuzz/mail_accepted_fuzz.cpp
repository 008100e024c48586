// SPDX-License-Identifier: GPL-3.0-or-later
// The meta part of a message frame, as a damaged or foreign log might hold it: what is understood can be written down
// and is understood again, and who reads only what the octets are held against reads the same of it.
#include <cstdint>
#include <cstdlib>

#include "gateway/mail/accepted.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto accepted = mail::parse_accepted(input);
  const auto came = mail::parse_came(input);
  if (!accepted) return 0;
  if (!came || came->sha256 != accepted->sha256 || came->original_octets != accepted->original_octets) std::abort();
  const auto again = mail::parse_accepted(mail::to_json(*accepted));
  if (!again || again->sha256 != accepted->sha256 || again->original_octets != accepted->original_octets) std::abort();
  return 0;
}
