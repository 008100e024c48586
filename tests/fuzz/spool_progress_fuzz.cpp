// SPDX-License-Identifier: GPL-3.0-or-later
// The meta part of a progress frame: what is read once is written and read again as it was.
#include <cstdint>
#include <cstdlib>

#include "gateway/spool/progress.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  if (const auto progress = spool::parse_progress({reinterpret_cast<const char*>(data), size})) {
    const auto again = spool::parse_progress(spool::to_json(*progress));
    if (!again || *again != *progress) std::abort();
  }
  return 0;
}
