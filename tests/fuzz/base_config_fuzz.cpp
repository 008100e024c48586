// SPDX-License-Identifier: GPL-3.0-or-later
// gateway.conf of any octets: a configuration within its bounds, or a refusal that says what is wrong.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/base/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const int file = memfd_create("gateway.conf", MFD_CLOEXEC);
  if (file < 0 || write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
  const auto config = read_config("/proc/self/fd/" + std::to_string(file));
  close(file);
  if (!config) {
    if (config.error().reply != Reply(status::bad_configuration) || config.error().detail.empty()) std::abort();
    return 0;
  }
  if (config->segment_octets < 1U << 20 || config->segment_octets > 4ULL << 30) std::abort();
  if (config->queue_first_retry_seconds == 0 || config->data_folder.empty()) std::abort();
  return 0;
}
