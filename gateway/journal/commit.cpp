// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <optional>

#include "gateway/base/limits.hpp"
#include "gateway/journal/state.hpp"

namespace vanthu::journal {
namespace {
constexpr std::array<char, frame_alignment> padding{};
constexpr unsigned commits_before_filling = 8;              // a log opened for one entry is not filled for it
constexpr std::uint64_t small_segment_octets = 1ULL << 20;  // where the disk has no room for a whole one
}  // namespace

/// Octets that the log can still take without asking the disk for more.
std::uint64_t Log::State::room() const {
  return (current && current_size > offset ? current_size - offset : 0) + ahead.waiting_octets();
}

/// A file for a new segment on this thread. Where the disk is short a message may not touch the reserve, and a segment
/// gets smaller before anything is refused.
Result<Ahead::Prepared> Log::State::make_segment(std::uint64_t octets, bool message) {
  const std::uint64_t least = segment_head_octets + octets;
  const std::uint64_t size = std::max(options.segment_octets, least);
  if (message && options.reserve_octets > 0) {
    const auto space = disk.free_octets(options.folder);
    if (!space) return space.error();
    if (*space < options.reserve_octets + least)
      return fail(status::store_full, "free space is near limits.disk-reserve-octets");
    return Ahead::make(disk, options.folder, std::min(size, *space - options.reserve_octets));
  }
  auto made = Ahead::make(disk, options.folder, size);
  if (made || made.error().reply.code != Status(status::store_full).code) return made;
  const std::uint64_t small = std::max(least, small_segment_octets);
  return small < size ? Ahead::make(disk, options.folder, small) : std::move(made);
}

/// A new segment that has room for at least `octets` of frames. Nothing changes unless it succeeds.
Result<Done> Log::State::rotate(std::uint64_t octets, bool message) {
  auto next = ahead.take();
  if (next && next->octets < segment_head_octets + octets) {  // a frame larger than a usual segment
    if (auto grown = disk.allocate(next->file->descriptor(), segment_head_octets + octets); !grown) return grown;
    next->octets = segment_head_octets + octets;
  }
  const bool filled = next.has_value();
  if (!next) {
    auto made = make_segment(octets, message);
    if (!made) return made.error();
    next = *std::move(made);
  }
  const std::uint64_t first = sequence + 1;
  if (auto named = disk.rename(options.folder / next_name, path_of(first)); !named) {
    // A folder that fails otherwise than by being full is in nobody knows which state.
    if (named.error().reply.code != Status(status::store_full).code) failed = true;
    return named;
  }
  if (filled) ahead.adopt(next->octets);
  // The name may be lost with the power: then recovery knows the segment by its head.
  if (current) ahead.retire(std::move(current), offset);
  current = std::move(next->file);
  current_size = next->octets;
  const std::uint64_t salt = std::uint64_t{random()} << 32 | random();
  current_head = SegmentHead{options.log_id, first, ordinal, salt, current_version};
  head_pending = true;
  offset = segment_head_octets;
  if (!filled && commits >= commits_before_filling) ahead.follow(path_of(first), offset, current_size);
  return done;
}

/// Makes the current segment take that many octets more, or begins another.
Result<Done> Log::State::make_room(std::uint64_t octets, bool message) {
  const bool fits = offset + octets <= options.segment_octets;
  const bool alone = head_pending && offset == segment_head_octets;  // its first write failed: it is still empty
  if (current && current_head.version == current_version && (fits || alone)) {
    // Opened again, or shortened after a write that failed. Without room for a whole segment a new one may be smaller.
    const std::uint64_t size = std::max(options.segment_octets, offset + octets);
    bool allowed = true;
    if (message && options.reserve_octets > 0) {
      const auto space = disk.free_octets(options.folder);
      allowed = space && *space >= options.reserve_octets + size - offset;
    }
    if (allowed) {
      auto grown = disk.allocate(current->descriptor(), size);
      if (grown) {
        current_size = size;
        return done;
      }
      if (alone) return grown;
    } else if (alone) {
      return fail(status::store_full, "free space is near limits.disk-reserve-octets");
    }
  }
  return rotate(octets, message);
}

/// After a write that failed: takes back what may be there, so that no half frame is ever read. Nobody was promised
/// anything yet. Where that cannot be made certain the log ends here.
void Log::State::undo(const Error& why, std::uint64_t begin) {
  auto cut = disk.truncate(current->descriptor(), begin);
  if (cut) cut = disk.sync_data(current->descriptor());
  if (!cut || why.reply.code != Status(status::store_full).code) failed = true;
  current_size = begin;
  offset = std::max<std::uint64_t>(begin, segment_head_octets);
}

/// Writes and syncs what is placed. On success everybody is told; on failure the caller tells them.
Result<Done> Log::State::flush(std::vector<Placed>& placed) {
  if (placed.empty()) return done;
  std::vector<iovec> parts;
  parts.reserve(placed.size() * 4 + 1);
  const auto add = [&](const char* octets, std::size_t size) {
    if (size > 0) parts.push_back({const_cast<char*>(octets), size});
  };
  const auto head = encode(current_head);
  if (head_pending) add(head.data(), head.size());
  for (const Placed& frame : placed) {
    const Draft& draft = frame.waiting->draft;
    const std::string_view body = draft.body ? draft.body->view() : std::string_view();
    add(frame.octets.data(), frame.octets.size());
    add(draft.meta.data(), draft.meta.size());
    add(body.data(), body.size());
    add(padding.data(),
        static_cast<std::size_t>(frame.head.octets() - frame_head_octets - draft.meta.size() - body.size()));
  }
  const std::uint64_t begin = head_pending ? 0 : placed.front().offset;
  ahead.claim(offset, offset - begin);
  if (auto written = disk.write(current->descriptor(), parts, begin); !written) {
    undo(written.error(), begin);
    return written;
  }
  if (auto synced = disk.sync_data(current->descriptor()); !synced) {
    failed = true;  // the kernel may have dropped what it could not write: never retried, never trusted
    return synced;
  }
  {
    const std::lock_guard lock(mutex);
    const std::uint64_t first = current_head.first_sequence;
    if (head_pending && (segments.empty() || segments.back() != first)) segments.push_back(first);
    if (head_pending) files.erase(first);  // an empty one of that name may have been read
    committed_sequence = placed.back().head.sequence;
    committed_ordinal = ordinal;
    committed_offset = offset;
  }
  head_pending = false;
  for (const Placed& frame : placed) {
    const Position at{frame.head.sequence, current_head.first_sequence, frame.offset};
    frame.waiting->committed(told(frame.head, at, frame.waiting->draft.meta));
  }
  placed.clear();
  return done;
}

void Log::State::refuse(Waiting& waiting, const Error& error) {
  log::Event("journal.refused", log::Level::error)
      .with("log", options.folder.filename().string())
      .with("status", std::uint64_t(static_cast<unsigned>(error.reply.code)))
      .with("why", error.detail);
  waiting.committed(error);
}

/// Undoes what placing had given out, then tells the frames that they were not written.
void Log::State::give_up(std::vector<Placed>& placed, const Error& error) {
  if (placed.empty()) return;
  sequence = placed.front().head.sequence - 1;
  for (const Placed& frame : placed)
    if (frame.head.numbered) {
      ordinal = frame.head.ordinal - 1;
      break;
    }
  for (const Placed& frame : placed) refuse(*frame.waiting, error);
  placed.clear();
}

void Log::State::commit(std::span<Waiting> batch) {
  std::vector<Placed> placed;
  placed.reserve(batch.size());
  std::optional<Result<std::uint64_t>> space;  // asked once a batch
  for (Waiting& waiting : batch) {
    if (failed) {
      refuse(waiting,
             fail(status::store_failed, options.folder.string() + ": a write failed; restart when the disk is well"));
      continue;
    }
    const Draft& draft = waiting.draft;
    const bool message = draft.kind == Kind::message;
    Head head;
    head.kind = draft.kind;
    head.numbered = draft.numbered;
    head.log_id = options.log_id;
    head.written = now();
    head.meta_octets = static_cast<std::uint32_t>(draft.meta.size());
    head.meta_crc = waiting.meta_crc;
    head.body_octets = draft.body ? draft.body->size() : 0;
    head.body_crc = waiting.body_crc;
    head.key = waiting.key;
    if (draft.meta.size() > limits::frame_meta_octets || head.body_octets > limits::frame_body_octets) {
      refuse(waiting, fail(status::message_too_big, "frame too big"));
      continue;
    }
    if (message && options.reserve_octets > 0) {
      // What is allocated and not written counts: progress, checkpoints and audit find their room in either.
      if (!space) space = disk.free_octets(options.folder);
      if (!*space || **space + room() < options.reserve_octets + head.octets()) {
        refuse(waiting,
               *space ? fail(status::store_full, "free space is below limits.disk-reserve-octets") : space->error());
        continue;
      }
    }
    if (!current || offset + head.octets() > current_size) {
      if (auto flushed = flush(placed); !flushed) {
        give_up(placed, flushed.error());
        refuse(waiting, flushed.error());
        continue;
      }
      if (auto room = make_room(head.octets(), message); !room) {
        refuse(waiting, room.error());
        continue;
      }
      space.reset();
    }
    head.sequence = ++sequence;
    head.ordinal = head.numbered ? ++ordinal : 0;
    head.durable = placed.empty() ? head.sequence - 1 : placed.front().head.sequence - 1;
    head.salt = current_head.salt;
    placed.push_back({&waiting, head, offset, encode(head)});
    offset += head.octets();
  }
  if (auto flushed = flush(placed); !flushed) give_up(placed, flushed.error());
}

/// Has the next segment made while this one has room, and this one filled if it was not made that way.
void Log::State::look_ahead() {
  if (failed || !current) return;
  if (commits < commits_before_filling) {
    if (++commits == commits_before_filling && current_size > offset)
      ahead.follow(path_of(current_head.first_sequence), offset, current_size);
  } else if (offset + options.segment_octets / 2 > current_size) {
    ahead.want_next();
  }
}

void Log::State::run() {
  std::vector<Waiting> taken;
  while (true) {
    {
      std::unique_lock lock(mutex);
      work.wait(lock, [&] { return stopping || !queue.empty(); });
      if (queue.empty()) break;
      taken.swap(queue);
    }
    for (std::size_t begin = 0; begin < taken.size();) {
      std::size_t end = begin;
      std::uint64_t octets = 0;
      while (end < taken.size() && end - begin < limits::batch_frames && octets < limits::batch_octets)
        octets += taken[end++].octets();
      commit({taken.data() + begin, end - begin});
      begin = end;
      look_ahead();
    }
    taken.clear();
  }
  // Everything was told: what was allocated ahead goes back to the disk, and the next start finds a clean end.
  ahead.stop();
  if (current && !failed && current_size > offset) [[maybe_unused]]
    const auto cut = disk.truncate(current->descriptor(), offset);
}

}  // namespace vanthu::journal
