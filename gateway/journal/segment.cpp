// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/journal/segment.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "gateway/base/digest.hpp"

namespace vanthu::journal {
namespace {
constexpr std::size_t window_octets = 8192;  // a head and a usual meta part in one read
constexpr std::size_t search_octets = 1U << 20;

/// The meta part, from the window when it is there. Nothing: cannot be whole.
Result<std::optional<std::string>> meta_of(const File& file, const Head& head, std::uint64_t offset,
                                           const std::string& window) {
  std::string meta;
  if (frame_head_octets + head.meta_octets <= window.size()) {
    meta = window.substr(frame_head_octets, head.meta_octets);
  } else {
    auto read = file.read(offset + frame_head_octets, head.meta_octets);
    if (!read) return read.error();
    meta = *std::move(read);
  }
  if (meta.size() != head.meta_octets || crc32c(meta) != head.meta_crc) return std::optional<std::string>();
  return std::optional(std::move(meta));
}

Result<bool> body_whole(const File& file, const Head& head, std::uint64_t offset) {
  std::uint64_t at = offset + frame_head_octets + head.meta_octets;
  std::uint64_t left = head.body_octets;
  std::uint32_t crc = 0;
  while (left > 0) {
    auto piece = file.read(at, static_cast<std::size_t>(std::min<std::uint64_t>(left, search_octets)));
    if (!piece) return piece.error();
    if (piece->empty()) return false;
    crc = crc32c(*piece, crc);
    at += piece->size();
    left -= piece->size();
  }
  return crc == head.body_crc;
}

struct Found {
  Head head;
  std::uint64_t offset = 0;
};

/// The next whole head at or behind `offset`, wherever it is.
Result<std::optional<Found>> search(const File& file, const SegmentHead& segment, std::uint64_t offset,
                                    std::uint64_t end, std::uint64_t sequence) {
  while (offset + frame_head_octets <= end) {
    auto block = file.read(offset, search_octets + frame_head_octets);
    if (!block) return block.error();
    if (block->size() < frame_head_octets) break;
    for (std::size_t at = 0; at + frame_head_octets <= block->size() && at < search_octets; at += frame_alignment) {
      if ((*block)[at] != 'V') continue;
      const auto head = decode(std::string_view(*block).substr(at));
      if (head && head->log_id == segment.log_id && head->sequence >= sequence)
        return std::optional(Found{*head, offset + at});
    }
    offset += search_octets;
  }
  return std::optional<Found>();
}
}  // namespace

Result<std::optional<Head>> first_head(const File& file) {
  for (std::uint64_t offset = segment_head_octets;; offset += search_octets) {
    auto block = file.read(offset, search_octets + frame_head_octets);
    if (!block) return block.error();
    for (std::size_t at = 0; at + frame_head_octets <= block->size() && at < search_octets; at += frame_alignment)
      if ((*block)[at] == 'V')
        if (auto head = decode(std::string_view(*block).substr(at))) return head;
    if (block->size() <= search_octets) return std::optional<Head>();
  }
}

Result<std::string> File::read(std::uint64_t offset, std::size_t octets) const {
  std::string out(octets, '\0');
  std::size_t have = 0;
  while (have < octets) {
    const ssize_t got = ::pread(descriptor_, out.data() + have, octets - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(status::store_failed, std::string("pread: ") + std::strerror(errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

Result<std::uint64_t> File::size() const {
  struct stat about {};
  if (::fstat(descriptor_, &about) != 0)
    return fail(status::store_failed, std::string("fstat: ") + std::strerror(errno));
  return static_cast<std::uint64_t>(about.st_size);
}

Result<Walk> walk(const File& file, const std::filesystem::path& path, const SegmentHead& segment,
                  std::optional<std::uint64_t> limit,
                  const std::function<bool(const Head&, std::uint64_t, const std::string&)>& visit) {
  auto size = file.size();
  if (!size) return size.error();
  const std::uint64_t end = limit ? std::min(*limit, *size) : *size;
  Walk walk;
  walk.last_ordinal = segment.ordinal_before;
  std::uint64_t offset = segment_head_octets;
  std::uint64_t expected = segment.first_sequence;

  // Frames wait here until a later one says they were durable, or the end shows that they are the last batch.
  struct Pending {
    Head head;
    std::uint64_t offset;
    std::string meta;
  };
  std::vector<Pending> pending;
  bool stopped = false;
  const auto accept = [&](const Pending& frame) {
    walk.end = frame.offset + frame.head.octets();
    walk.last_sequence = frame.head.sequence;
    if (frame.head.numbered) walk.last_ordinal = frame.head.ordinal;
    if (!stopped && visit && !visit(frame.head, frame.offset, frame.meta)) stopped = true;
  };
  const auto settle = [&](std::uint64_t durable) {
    std::size_t settled = 0;
    while (settled < pending.size() && pending[settled].head.sequence <= durable) accept(pending[settled++]);
    pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(settled));
  };

  while (offset + frame_head_octets <= end && !stopped) {
    auto window = file.read(offset, static_cast<std::size_t>(std::min<std::uint64_t>(window_octets, end - offset)));
    if (!window) return window.error();
    const auto head = decode(*window);
    std::optional<std::string> meta;
    if (head && head->log_id == segment.log_id && head->sequence == expected && offset + head->octets() <= end) {
      auto read = meta_of(file, *head, offset, *window);
      if (!read) return read.error();
      meta = *std::move(read);
    }
    if (meta) {
      settle(head->durable);
      pending.push_back({*head, offset, *std::move(meta)});
      offset += head->octets();
      ++expected;
      continue;
    }
    auto later = search(file, segment, offset + frame_alignment, end, expected);
    if (!later) return later.error();
    if (*later && (*later)->head.durable >= expected) {
      // Somebody was told that what stood here is safe: damage, not a torn tail.
      settle((*later)->head.durable);
      for (const Pending& frame : pending) accept(frame);
      pending.clear();
      walk.damage.push_back({path, offset, (*later)->offset - offset,
                             "frames " + std::to_string(expected) + " to " +
                                 std::to_string((*later)->head.sequence - 1) + " are damaged"});
      offset = (*later)->offset;
      expected = (*later)->head.sequence;
      walk.last_sequence = expected - 1;
      walk.end = offset;
      continue;
    }
    const bool blank = window->find_first_not_of('\0') == std::string::npos && !*later;
    walk.torn = !blank;
    break;
  }
  // The last batch: nothing later speaks for it, so its bodies must be whole too.
  for (const Pending& frame : pending) {
    if (stopped) break;
    if (!limit) {
      auto whole = body_whole(file, frame.head, frame.offset);
      if (!whole) return whole.error();
      if (!*whole) {
        walk.torn = true;
        break;
      }
    }
    accept(frame);
  }
  return walk;
}

}  // namespace vanthu::journal
