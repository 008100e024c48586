// SPDX-License-Identifier: GPL-3.0-or-later
// A segment file of any octets: the walk ends, stays inside the file, gives sequences and ordinals that rise, and calls
// damage what is damaged. The head says version and salt where it is one, as after a start; else both versions are
// tried.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "gateway/journal/segment.hpp"

namespace {
using namespace vanthu;

void walk_as(const journal::File& file, const journal::SegmentHead& head, std::size_t size) {
  std::uint64_t sequence = head.first_sequence - 1;
  std::uint64_t end = journal::segment_head_octets;
  const auto seen = [&](const journal::Head& frame, std::uint64_t offset, const std::string& meta) {
    if (frame.sequence <= sequence || offset < end || meta.size() != frame.meta_octets) std::abort();
    sequence = frame.sequence;
    end = offset + frame.octets();
    if (end > size) std::abort();
    return true;
  };
  const auto walk = journal::walk(file, "segment", head, std::nullopt, 0, seen);
  if (!walk || walk->proven > walk->end) std::abort();
  if (walk->end > size && size >= journal::segment_head_octets) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int descriptor = memfd_create("segment", MFD_CLOEXEC);
  if (descriptor < 0 || write(descriptor, data, size) != static_cast<ssize_t>(size)) std::abort();
  const journal::File file(real_disk(), descriptor);
  const auto head = journal::decode_segment({reinterpret_cast<const char*>(data), size});
  if (head && head->first_sequence > 0) {
    walk_as(file, *head, size);
  } else {
    walk_as(file, {1, 1, 0, 0, 1}, size);
    walk_as(file, {1, 1, 0, 0, 2}, size);
  }
  if (!journal::first_head(file)) std::abort();
  return 0;
}
