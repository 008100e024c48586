// SPDX-License-Identifier: GPL-3.0-or-later
// The meta part of a message frame, as a damaged or foreign log might hold it.
#include <cstdint>
#include <cstdlib>

#include "gateway/mail/accepted.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto accepted = mail::parse_accepted(input); accepted && !mail::parse_accepted(mail::to_json(*accepted)))
    std::abort();
  return 0;
}
