// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/journal/segment.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "gateway/base/digest.hpp"

namespace vanthu::journal {
namespace {
constexpr std::size_t window_octets = 8192;    // a head and a usual meta part in one read
constexpr std::size_t most_octets = 1U << 20;  // in one read where frames are small
constexpr std::size_t search_octets = 1U << 20;

/// A file read forwards: small frames come out of large blocks, and where a large body is skipped little is read.
class Reader {
 public:
  explicit Reader(const File& file) : file_(file) {}
  /// Those octets, fewer at the end of the file; valid until the next call.
  Result<std::string_view> at(std::uint64_t offset, std::size_t octets) {
    if (offset < begin_ || offset + octets > begin_ + size_) {
      if (auto filled = fill(offset, octets); !filled) return filled.error();
    }
    const std::size_t from = static_cast<std::size_t>(offset - begin_);
    return std::string_view(buffer_.get() + from, std::min(octets, size_ - std::min(size_, from)));
  }

 private:
  Result<Done> fill(std::uint64_t offset, std::size_t octets) {
    const bool onwards = offset >= begin_ && offset <= begin_ + size_ + window_octets;
    block_ = onwards ? std::min(block_ * 2, most_octets) : window_octets;
    const std::size_t wanted = std::max(octets, block_);
    if (wanted > capacity_) {
      buffer_ = std::make_unique_for_overwrite<char[]>(wanted);
      capacity_ = wanted;
    }
    auto got = file_.read_into(offset, {buffer_.get(), wanted});
    if (!got) return got.error();
    begin_ = offset;
    size_ = *got;
    return done;
  }

  const File& file_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0, size_ = 0, block_ = window_octets;
  std::uint64_t begin_ = 0;
};

/// The meta part. Nothing: cannot be whole.
Result<std::optional<std::string>> meta_of(Reader& reader, const Head& head, std::uint64_t offset) {
  const auto meta = reader.at(offset + frame_head_octets, head.meta_octets);
  if (!meta) return meta.error();
  if (meta->size() != head.meta_octets || crc32c(*meta) != head.meta_crc) return std::optional<std::string>();
  return std::optional(std::string(*meta));
}

bool belongs(const Head& head, const SegmentHead& segment) {
  return head.log_id == segment.log_id && head.version == segment.version && head.salt == segment.salt;
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
      if (head && belongs(*head, segment) && head->sequence >= sequence)
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

Result<std::size_t> File::read_into(std::uint64_t offset, std::span<char> out) const {
  std::size_t have = 0;
  while (have < out.size()) {
    const ssize_t got = ::pread(descriptor_, out.data() + have, out.size() - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(status::store_failed, std::string("pread: ") + std::strerror(errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

Result<std::string> File::read(std::uint64_t offset, std::size_t octets) const {
  std::string out(octets, '\0');
  const auto have = read_into(offset, out);
  if (!have) return have.error();
  out.resize(*have);
  return out;
}

Result<std::uint64_t> File::size() const {
  struct stat about {};
  if (::fstat(descriptor_, &about) != 0)
    return fail(status::store_failed, std::string("fstat: ") + std::strerror(errno));
  return static_cast<std::uint64_t>(about.st_size);
}

Result<Walk> walk(const File& file, const std::filesystem::path& path, const SegmentHead& segment,
                  std::optional<std::uint64_t> limit, std::uint64_t next,
                  const std::function<bool(const Head&, std::uint64_t, const std::string&)>& visit,
                  const Begin& begin) {
  auto size = file.size();
  if (!size) return size.error();
  const std::uint64_t end = limit ? std::min(*limit, *size) : *size;
  Walk walk;
  walk.last_ordinal = segment.ordinal_before;
  walk.end = walk.proven = begin.offset;
  std::uint64_t offset = begin.offset;
  std::uint64_t expected = begin.sequence != 0 ? begin.sequence : segment.first_sequence;
  if (begin.sequence != 0) walk.last_sequence = begin.sequence - 1;

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
    while (settled < pending.size() && pending[settled].head.sequence <= durable) {
      walk.proven = pending[settled].offset + pending[settled].head.octets();
      accept(pending[settled++]);
    }
    pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(settled));
  };

  Reader reader(file);
  while (offset + frame_head_octets <= end && !stopped && (next == 0 || expected < next)) {
    const auto octets = reader.at(offset, frame_head_octets);
    if (!octets) return octets.error();
    const auto head = decode(*octets);
    std::optional<std::string> meta;
    if (head && belongs(*head, segment) && head->sequence == expected && offset + head->octets() <= end) {
      auto read = meta_of(reader, *head, offset);
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
      walk.end = walk.proven = offset;
      continue;
    }
    const auto window =
        reader.at(offset, static_cast<std::size_t>(std::min<std::uint64_t>(window_octets, end - offset)));
    if (!window) return window.error();
    const bool blank = window->find_first_not_of('\0') == std::string_view::npos && !*later;
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
