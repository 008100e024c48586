// SPDX-License-Identifier: GPL-3.0-or-later
// The meta parts of frames, as a damaged or foreign log might hold them.
#include <cstdint>
#include <cstdlib>

#include "gateway/mail/accepted.hpp"
#include "gateway/spool/progress.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto accepted = mail::parse_accepted(input); accepted && !mail::parse_accepted(mail::to_json(*accepted)))
    std::abort();
  if (const auto progress = spool::parse_progress(input)) {
    const auto again = spool::parse_progress(spool::to_json(*progress));
    if (!again || *again != *progress) std::abort();
  }
  return 0;
}
