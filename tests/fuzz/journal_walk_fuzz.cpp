// SPDX-License-Identifier: GPL-3.0-or-later
// A segment file of any octets: the walk ends, stays inside the file and calls damage what is damaged.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "gateway/journal/segment.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const int descriptor = memfd_create("segment", MFD_CLOEXEC);
  if (descriptor < 0 || write(descriptor, data, size) != static_cast<ssize_t>(size)) std::abort();
  const journal::File file(real_disk(), descriptor);
  const auto walk = journal::walk(file, "segment", {1, 1, 0, 0, 1}, std::nullopt, 0, {});
  if (!walk || (walk->end > size && size >= journal::segment_head_octets)) std::abort();
  return 0;
}
