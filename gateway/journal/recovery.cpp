// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "gateway/journal/state.hpp"

namespace vanthu::journal {
namespace {
constexpr std::uint64_t copy_octets = 1ULL << 20;
}

Result<Done> Log::State::take_lock() {
  const auto path = options.folder / "lock";
  lock_descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (lock_descriptor < 0) return fail(status::store_failed, path.string() + ": " + std::strerror(errno));
  if (::flock(lock_descriptor, LOCK_EX | LOCK_NB) != 0)
    return fail(status::bad_configuration,
                options.folder.string() + ": another process has this log open; stop it first");
  return done;
}

Result<Done> Log::State::find_segments() {
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(options.folder, code))
    if (const auto first = parse_segment_name(entry.path().filename().string())) segments.push_back(*first);
  if (code) return fail(status::store_failed, options.folder.string() + ": " + code.message());
  std::sort(segments.begin(), segments.end());
  return find_unnamed();
}

/// A file that was made ahead: a segment if it has a head (its new name was lost with the power, its frames were not),
/// else nothing.
Result<Done> Log::State::find_unnamed() {
  const auto path = options.folder / next_name;
  std::error_code code;
  if (!std::filesystem::exists(path, code)) return done;
  std::optional<SegmentHead> head;
  {
    auto descriptor = disk.open(path, Disk::Open::read);
    if (!descriptor) return read_only ? Result<Done>(done) : descriptor.error();  // renamed or taken away meanwhile
    const File file(disk, *descriptor);
    auto octets = file.read(0, segment_head_octets);
    if (!octets) return octets.error();
    head = decode_segment(*octets);
  }
  // One of the same name holds nothing: it was to be replaced by this one, which has the later head.
  bool begun = head && head->log_id == options.log_id;
  const auto known = begun ? std::lower_bound(segments.begin(), segments.end(), head->first_sequence) : segments.end();
  const bool named = known != segments.end() && *known == head->first_sequence;
  if (named && head->first_sequence != segments.back()) begun = false;
  if (!begun) return read_only ? Result<Done>(done) : disk.remove(path);
  if (read_only) {
    unnamed = head->first_sequence;
  } else if (auto renamed = disk.rename(path, path_of(head->first_sequence)); !renamed) {
    return renamed;
  }
  if (!named) segments.insert(known, head->first_sequence);
  return done;
}

void Log::State::note(Damage damage) {
  const std::lock_guard lock(mutex);
  const bool known = std::any_of(damages.begin(), damages.end(),
                                 [&](const Damage& d) { return d.file == damage.file && d.offset == damage.offset; });
  if (known) return;
  log::Event("journal.damage", log::Level::error)
      .with("file", damage.file.string())
      .with("offset", damage.offset)
      .with("octets", damage.octets)
      .with("what", damage.what);
  damages.push_back(std::move(damage));
}

Result<SegmentHead> Log::State::head_of(const File& file, std::uint64_t first, bool& damaged_head) const {
  const auto refused = [&](const std::string& why) {
    return fail(status::bad_configuration, path_of(first).string() + ": " + why);
  };
  const std::string foreign = "belongs to another log; move it where it belongs";
  auto octets = file.read(0, segment_head_octets);
  if (!octets) return octets.error();
  damaged_head = false;
  if (const auto version = unknown_version(*octets))
    return refused("is of format version " + std::to_string(*version) + "; this program reads 1 to " +
                   std::to_string(current_version) + ": a later release wrote it, use that one");
  if (const auto head = decode_segment(*octets)) {
    if (head->log_id != options.log_id || head->first_sequence != first) return refused(foreign);
    return *head;
  }
  auto frame = first_head(file);
  if (!frame) return frame.error();
  if (!*frame) return fail(status::not_found, path_of(first).string() + ": no head and no frame");
  if ((*frame)->log_id != options.log_id || (*frame)->sequence < first) return refused(foreign);
  damaged_head = true;
  return SegmentHead{options.log_id, first, (*frame)->numbered ? (*frame)->ordinal - 1 : 0, (*frame)->salt,
                     (*frame)->version};
}

/// Writes what is there once more: the process that died may have had a failed sync, after which the kernel shows
/// octets that no later sync would write.
Result<Done> Log::State::make_durable(const File& file, std::uint64_t begin, std::uint64_t end) {
  while (begin < end) {
    auto piece = file.read(begin, static_cast<std::size_t>(std::min(end - begin, copy_octets)));
    if (!piece) return piece.error();
    if (piece->empty()) break;
    iovec part{piece->data(), piece->size()};
    if (auto written = disk.write(file.descriptor(), {&part, 1}, begin); !written) return written;
    begin += piece->size();
  }
  return disk.sync_data(file.descriptor());
}

/// @return false when the segment holds nothing that was promised to anybody
Result<bool> Log::State::recover_segment(std::uint64_t first) {
  const auto path = path_of(first);
  auto descriptor = disk.open(path, read_only ? Disk::Open::read : Disk::Open::write);
  if (!descriptor) return descriptor.error();
  auto file = std::make_unique<File>(disk, *descriptor);
  bool damaged_head = false;
  auto head = head_of(*file, first, damaged_head);
  if (!head && !(head.error().reply == Reply(status::not_found))) return head.error();
  if (!head) return false;
  auto found = walk(*file, path, *head, std::nullopt, 0, {});
  if (!found) return found.error();
  if (damaged_head && found->last_sequence == 0) return false;  // the torn beginning of a first batch
  if (damaged_head) note({path, 0, segment_head_octets, "the segment's head is damaged"});
  for (Damage& damage : found->damage) note(std::move(damage));
  sequence = found->last_sequence != 0 ? found->last_sequence : first - 1;
  ordinal = found->last_ordinal;
  offset = found->end;
  current_head = *head;
  auto size = file->size();
  if (!size) return size.error();
  current_size = *size;
  if (read_only) return true;
  if (found->torn)
    log::Event("journal.tail-cut", log::Level::warning)
        .with("file", path.string())
        .with("offset", offset)
        .with("octets", current_size - offset);
  if (current_size > offset)
    if (auto cut = disk.truncate(file->descriptor(), offset); !cut) return cut.error();
  current_size = offset;
  // What was found may never have been synced; what we build on must be, by its name too.
  const std::uint64_t unproven = found->proven == segment_head_octets ? 0 : found->proven;
  if (auto safe = make_durable(*file, unproven, offset); !safe) return safe.error();
  current = std::move(file);
  return true;
}

Result<Done> Log::State::recover() {
  while (!segments.empty()) {
    auto kept = recover_segment(segments.back());
    if (!kept) return kept.error();
    if (*kept) break;
    // Made, but its head never reached the disk and no frame came: nothing of it was promised to anybody.
    const auto path = path_of(segments.back());
    log::Event("journal.segment-dropped", log::Level::warning).with("file", path.string());
    segments.pop_back();
    if (!read_only)
      if (auto removed = disk.remove(path); !removed) return removed;
  }
  committed_offset = offset;
  if (!read_only && sequence < options.after_sequence) {
    sequence = options.after_sequence;
    ordinal = std::max(ordinal, options.after_ordinal);
    current.reset();  // the next frame begins a segment
  }
  committed_sequence = sequence;
  committed_ordinal = ordinal;
  return read_only ? Result<Done>(done) : disk.sync_folder(options.folder);
}

}  // namespace vanthu::journal
