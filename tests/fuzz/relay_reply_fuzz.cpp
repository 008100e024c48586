// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <cstdlib>

#include "gateway/relay/reply_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::size_t taken = 0;
  const auto reply = vanthu::relay::take_reply({reinterpret_cast<const char*>(data), size}, taken);
  if (reply && *reply && (taken == 0 || taken > size || (*reply)->reply.code < 200 || (*reply)->reply.code > 599))
    std::abort();
  return 0;
}
