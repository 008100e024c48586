// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/journal/log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/journal/segment.hpp"

namespace vanthu::journal {
namespace {
constexpr std::array<char, frame_alignment> padding{};
constexpr std::size_t piece_octets = 256U << 10;  // of a body that is read in pieces
constexpr std::size_t open_files = 64;            // sealed and current segments kept open for reading

struct Waiting {
  Draft draft;
  Log::Committed committed;
};

/// A frame that has its place in the current segment and is not written yet.
struct Placed {
  Waiting* waiting;
  Head head;
  std::uint64_t offset;
  std::array<char, frame_head_octets> octets;
};
}  // namespace

struct Log::State {
  State(Disk& d, Options o) : disk(d), options(std::move(o)) {}
  Disk& disk;
  Options options;
  bool read_only = false;
  int lock_descriptor = -1;

  // Of the committer thread alone
  std::unique_ptr<File> current;
  std::uint64_t current_first = 0;
  std::uint64_t current_size = 0;  // allocated
  std::uint64_t offset = 0;        // where the next frame goes
  std::uint64_t sequence = 0;      // last given
  std::uint64_t ordinal = 0;       // last given
  bool failed = false;

  // Guarded by `mutex`
  mutable std::mutex mutex;
  std::condition_variable work;
  std::deque<Waiting> queue;
  bool stopping = false;
  std::vector<std::uint64_t> segments;  // first sequences, rising
  std::uint64_t committed_sequence = 0;
  std::uint64_t committed_ordinal = 0;
  std::uint64_t committed_offset = 0;  // in the last segment
  std::vector<Damage> damages;
  mutable std::map<std::uint64_t, std::shared_ptr<const File>>
      files;  // shared: a reader keeps its file while others close it

  std::thread committer;

  ~State() {
    if (lock_descriptor >= 0) ::close(lock_descriptor);
  }

  std::filesystem::path path_of(std::uint64_t first) const { return options.folder / segment_name(first); }

  Result<std::shared_ptr<const File>> file_of(std::uint64_t first) const {
    {
      const std::lock_guard lock(mutex);
      if (const auto known = files.find(first); known != files.end()) return known->second;
    }
    auto descriptor = disk.open(path_of(first), Disk::Open::read);
    if (!descriptor) return fail(status::not_found, descriptor.error().detail);
    auto file = std::make_shared<const File>(disk, *descriptor);
    const std::lock_guard lock(mutex);
    if (files.size() >= open_files) files.erase(files.begin());
    files.emplace(first, file);
    return file;
  }

  Error damaged(const Position& at, const char* what) const {
    return fail(status::corrupt, path_of(at.segment).string() + ", offset " + std::to_string(at.offset) + ": " + what);
  }

  /// The file and the head of a frame.
  Result<std::pair<std::shared_ptr<const File>, Head>> frame_at(const Position& at) const {
    auto file = file_of(at.segment);
    if (!file) return file.error();
    auto octets = (*file)->read(at.offset, frame_head_octets);
    if (!octets) return octets.error();
    const auto head = decode(*octets);
    if (!head || head->log_id != options.log_id || head->sequence != at.sequence) return damaged(at, "no such frame");
    return std::pair(*std::move(file), *head);
  }

  Result<Done> take_lock() {
    const auto path = options.folder / "lock";
    lock_descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (lock_descriptor < 0) return fail(status::store_failed, path.string() + ": " + std::strerror(errno));
    if (::flock(lock_descriptor, LOCK_EX | LOCK_NB) != 0)
      return fail(status::bad_configuration,
                  options.folder.string() + ": another process has this log open; stop it first");
    return done;
  }

  Result<Done> find_segments() {
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator(options.folder, code))
      if (const auto first = parse_segment_name(entry.path().filename().string())) segments.push_back(*first);
    if (code) return fail(status::store_failed, options.folder.string() + ": " + code.message());
    std::sort(segments.begin(), segments.end());
    return done;
  }

  /// Keeps damage once; the caller holds no lock.
  void note(Damage damage) {
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

  /// A segment's head; where it is damaged, what its name and its first frame say instead.
  /// @par Errors  not_found: there is no frame in it; bad_configuration: it belongs to another log
  Result<SegmentHead> head_of(const File& file, std::uint64_t first) {
    const auto foreign = [&] {
      return fail(status::bad_configuration,
                  path_of(first).string() + ": belongs to another log; move it where it belongs");
    };
    auto octets = file.read(0, segment_head_octets);
    if (!octets) return octets.error();
    if (const auto head = decode_segment(*octets)) {
      if (head->log_id != options.log_id || head->first_sequence != first) return foreign();
      return *head;
    }
    auto frame = first_head(file);
    if (!frame) return frame.error();
    if (!*frame) return fail(status::not_found, path_of(first).string() + ": no head and no frame");
    if ((*frame)->log_id != options.log_id || (*frame)->sequence < first) return foreign();
    note({path_of(first), 0, segment_head_octets, "the segment's head is damaged"});
    return SegmentHead{options.log_id, first, (*frame)->numbered ? (*frame)->ordinal - 1 : 0};
  }

  /// Finds the end of the log. For writing: cuts what no sync had covered and leaves the last segment ready for more.
  Result<Done> recover() {
    while (!segments.empty()) {
      const std::uint64_t first = segments.back();
      auto descriptor = disk.open(path_of(first), read_only ? Disk::Open::read : Disk::Open::write);
      if (!descriptor) return descriptor.error();
      auto file = std::make_unique<File>(disk, *descriptor);
      auto head = head_of(*file, first);
      if (!head && !(head.error().reply == Reply(status::not_found))) return head.error();
      if (!head) {
        // Made, but its head never reached the disk and no frame came: nothing of it was promised to anybody.
        log::Event("journal.segment-dropped", log::Level::warning)
            .with("file", path_of(first).string())
            .with("why", head.error().detail);
        segments.pop_back();
        file.reset();
        if (!read_only)
          if (auto removed = disk.remove(path_of(first)); !removed) return removed;
        continue;
      }
      auto found = walk(*file, path_of(first), *head, std::nullopt, {});
      if (!found) return found.error();
      for (Damage& damage : found->damage) note(std::move(damage));
      sequence = found->last_sequence != 0 ? found->last_sequence : first - 1;
      ordinal = found->last_ordinal;
      offset = found->end;
      current_first = first;
      auto size = file->size();
      if (!size) return size.error();
      current_size = *size;
      if (!read_only && found->torn) {
        log::Event("journal.tail-cut", log::Level::warning)
            .with("file", path_of(first).string())
            .with("offset", offset)
            .with("octets", current_size - offset);
        if (auto cut = disk.truncate(file->descriptor(), offset); !cut) return cut;
        current_size = offset;
      }
      // What was found may never have been synced by the process that died; what we build on must be.
      if (!read_only)
        if (auto synced = disk.sync_data(file->descriptor()); !synced) return synced;
      current = std::move(file);
      break;
    }
    committed_sequence = sequence;
    committed_ordinal = ordinal;
    committed_offset = offset;
    return done;
  }

  /// A new segment that has room for at least `octets` of frames. Nothing changes unless it succeeds.
  Result<Done> rotate(std::uint64_t octets) {
    const std::uint64_t size = std::max(options.segment_octets, segment_head_octets + octets);
    const std::uint64_t first = sequence + 1;
    if (current && current_first == first) {  // its first write failed and was taken back: it is still empty
      if (auto allocated = disk.allocate(current->descriptor(), size); !allocated) return allocated;
      current_size = size;
      return done;
    }
    const auto path = path_of(first);
    auto descriptor = disk.open(path, Disk::Open::create);
    if (!descriptor) return descriptor.error();
    auto file = std::make_unique<File>(disk, *descriptor);
    const auto head = encode(SegmentHead{options.log_id, first, ordinal});
    iovec part{const_cast<char*>(head.data()), head.size()};
    auto result = disk.allocate(*descriptor, size);
    if (result) result = disk.write(*descriptor, {&part, 1}, 0);
    if (result) result = disk.sync_data(*descriptor);
    if (result) result = disk.sync_folder(options.folder);
    if (!result) {
      file.reset();
      [[maybe_unused]] const auto removed = disk.remove(path);  // recovery would drop it as well
      return result;
    }
    if (current) [[maybe_unused]]
      const auto cut =
          disk.truncate(current->descriptor(), offset);  // gives unused room back; a walk ends at zeros as well
    current = std::move(file);
    current_first = first;
    current_size = size;
    offset = segment_head_octets;
    const std::lock_guard lock(mutex);
    segments.push_back(first);
    committed_offset = offset;
    return done;
  }

  /// Writes and syncs what is placed. On success everybody is told; on failure the caller tells them.
  Result<Done> flush(std::vector<Placed>& placed) {
    if (placed.empty()) return done;
    std::vector<iovec> parts;
    parts.reserve(placed.size() * 4);
    const auto add = [&](const char* octets, std::size_t size) {
      if (size > 0) parts.push_back({const_cast<char*>(octets), size});
    };
    for (const Placed& frame : placed) {
      const Draft& draft = frame.waiting->draft;
      const std::string_view body = draft.body ? draft.body->view() : std::string_view();
      add(frame.octets.data(), frame.octets.size());
      add(draft.meta.data(), draft.meta.size());
      add(body.data(), body.size());
      add(padding.data(),
          static_cast<std::size_t>(frame.head.octets() - frame_head_octets - draft.meta.size() - body.size()));
    }
    const std::uint64_t begin = placed.front().offset;
    if (auto written = disk.write(current->descriptor(), parts, begin); !written) {
      // Nobody was promised anything: give the room back, so that no half frame is ever read, and go on elsewhere
      // later.
      const auto cut = disk.truncate(current->descriptor(), begin);
      if (!cut || written.error().reply.code != Status(status::store_full).code) failed = true;
      offset = begin;
      current_size = begin;
      return written;
    }
    if (auto synced = disk.sync_data(current->descriptor()); !synced) {
      failed = true;  // the kernel may have dropped what it could not write: never retried, never trusted
      return synced;
    }
    {
      const std::lock_guard lock(mutex);
      committed_sequence = placed.back().head.sequence;
      committed_ordinal = ordinal;
      committed_offset = offset;
    }
    for (const Placed& frame : placed) {
      FrameHead head{frame.head.kind,        {frame.head.sequence, current_first, frame.offset},
                     frame.head.ordinal,     frame.head.written,
                     frame.head.meta_octets, frame.head.body_octets};
      frame.waiting->committed(head);
    }
    placed.clear();
    return done;
  }

  void refuse(Waiting& waiting, const Error& error) {
    log::Event("journal.refused", log::Level::error)
        .with("log", options.folder.filename().string())
        .with("status", std::uint64_t(static_cast<unsigned>(error.reply.code)))
        .with("why", error.detail);
    waiting.committed(error);
  }

  /// Undoes what placing had given out, then tells the frames that they were not written.
  void give_up(std::vector<Placed>& placed, const Error& error) {
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

  void commit(std::vector<Waiting>& batch) {
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
      if (draft.kind == Kind::message && options.reserve_octets > 0) {
        if (!space) space = disk.free_octets(options.folder);
        if (!*space || **space < options.reserve_octets) {
          refuse(waiting,
                 *space ? fail(status::store_full, "free space is below limits.disk-reserve-octets") : space->error());
          continue;
        }
      }
      Head head;
      head.kind = draft.kind;
      head.numbered = draft.numbered;
      head.log_id = options.log_id;
      head.written = now();
      head.meta_octets = static_cast<std::uint32_t>(draft.meta.size());
      head.body_octets = draft.body ? draft.body->size() : 0;
      if (draft.meta.size() > limits::frame_meta_octets || head.body_octets > limits::frame_body_octets) {
        refuse(waiting, fail(status::message_too_big, "frame too big"));
        continue;
      }
      if (!current || offset + head.octets() > current_size) {
        if (auto flushed = flush(placed); !flushed) {
          give_up(placed, flushed.error());
          refuse(waiting, flushed.error());
          continue;
        }
        if (auto rotated = rotate(head.octets()); !rotated) {
          refuse(waiting, rotated.error());
          continue;
        }
      }
      head.sequence = ++sequence;
      head.ordinal = head.numbered ? ++ordinal : 0;
      head.durable = placed.empty() ? head.sequence - 1 : placed.front().head.sequence - 1;
      head.meta_crc = crc32c(draft.meta);
      head.body_crc = draft.body ? crc32c(draft.body->view()) : 0;
      placed.push_back({&waiting, head, offset, encode(head)});
      offset += head.octets();
    }
    if (auto flushed = flush(placed); !flushed) give_up(placed, flushed.error());
  }

  void run() {
    std::vector<Waiting> batch;
    while (true) {
      {
        std::unique_lock lock(mutex);
        work.wait(lock, [&] { return stopping || !queue.empty(); });
        if (queue.empty()) return;
        std::uint64_t octets = 0;
        while (!queue.empty() && batch.size() < limits::batch_frames && octets < limits::batch_octets) {
          octets += queue.front().draft.meta.size() + (queue.front().draft.body ? queue.front().draft.body->size() : 0);
          batch.push_back(std::move(queue.front()));
          queue.pop_front();
        }
      }
      commit(batch);
      batch.clear();
    }
  }
};

Log::Log(std::unique_ptr<State> state) : state_(std::move(state)) {}

Log::~Log() {
  if (!state_) return;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->work.notify_all();
  if (state_->committer.joinable()) state_->committer.join();
}

Result<std::unique_ptr<Log>> Log::open(Disk& disk, Options options) {
  std::error_code code;
  std::filesystem::create_directories(options.folder, code);
  if (code) return fail(status::store_failed, options.folder.string() + ": " + code.message());
  auto state = std::make_unique<State>(disk, std::move(options));
  if (auto locked = state->take_lock(); !locked) return locked.error();
  if (auto found = state->find_segments(); !found) return found.error();
  if (auto recovered = state->recover(); !recovered) return recovered.error();
  state->committer = std::thread([raw = state.get()] { raw->run(); });
  return std::unique_ptr<Log>(new Log(std::move(state)));
}

Result<std::unique_ptr<Log>> Log::open_read_only(Disk& disk, Options options) {
  auto state = std::make_unique<State>(disk, std::move(options));
  state->read_only = true;
  if (auto found = state->find_segments(); !found) return found.error();
  if (auto recovered = state->recover(); !recovered) return recovered.error();
  state->current.reset();
  return std::unique_ptr<Log>(new Log(std::move(state)));
}

void Log::append(Draft draft, Committed committed) {
  if (state_->read_only) {
    committed(fail(status::store_failed, "opened for reading only"));
    return;
  }
  {
    const std::lock_guard lock(state_->mutex);
    state_->queue.push_back({std::move(draft), std::move(committed)});
  }
  state_->work.notify_one();
}

Result<FrameHead> Log::append_and_wait(Draft draft) {
  std::promise<Result<FrameHead>> promise;
  auto future = promise.get_future();
  append(std::move(draft), [&](Result<FrameHead> result) { promise.set_value(std::move(result)); });
  return future.get();
}

Result<Frame> Log::read(const Position& at, bool with_body) const {
  auto opened = state_->frame_at(at);
  if (!opened) return opened.error();
  const auto& [file, head] = *opened;
  Frame frame;
  frame.head = {head.kind, at, head.ordinal, head.written, head.meta_octets, head.body_octets};
  auto meta = file->read(at.offset + frame_head_octets, head.meta_octets);
  if (!meta) return meta.error();
  if (meta->size() != head.meta_octets || crc32c(*meta) != head.meta_crc)
    return state_->damaged(at, "the meta part's checksum does not fit");
  frame.meta = *std::move(meta);
  if (!with_body) return frame;
  auto body = file->read(at.offset + frame_head_octets + head.meta_octets, static_cast<std::size_t>(head.body_octets));
  if (!body) return body.error();
  if (body->size() != head.body_octets || crc32c(*body) != head.body_crc)
    return state_->damaged(at, "the body's checksum does not fit");
  frame.body = *std::move(body);
  return frame;
}

Result<Octets> Log::read_body(const Position& at) const {
  auto opened = state_->frame_at(at);
  if (!opened) return opened.error();
  const auto& [file, head] = *opened;
  auto octets = Octets::create();
  if (!octets) return octets;
  std::uint64_t from = at.offset + frame_head_octets + head.meta_octets;
  std::uint32_t crc = 0;
  for (std::uint64_t left = head.body_octets; left > 0;) {
    auto piece = file->read(from, static_cast<std::size_t>(std::min<std::uint64_t>(left, piece_octets)));
    if (!piece) return piece.error();
    if (piece->empty()) break;
    crc = crc32c(*piece, crc);
    if (auto appended = octets->append(*piece); !appended) return appended.error();
    from += piece->size();
    left -= piece->size();
  }
  if (octets->size() != head.body_octets || crc != head.body_crc)
    return state_->damaged(at, "the body's checksum does not fit");
  if (auto sealed = octets->seal(); !sealed) return sealed.error();
  return octets;
}

Result<Done> Log::scan(std::uint64_t from, const std::function<bool(const Frame&)>& visit) const {
  std::vector<std::uint64_t> segments;
  std::uint64_t end = 0;
  {
    const std::lock_guard lock(state_->mutex);
    segments = state_->segments;
    end = state_->committed_offset;
  }
  bool more = true;
  for (std::size_t i = 0; i < segments.size() && more; ++i) {
    if (i + 1 < segments.size() && segments[i + 1] <= from) continue;
    auto file = state_->file_of(segments[i]);
    if (!file) return file.error();
    auto head = state_->head_of(**file, segments[i]);
    if (!head) {
      state_->note({state_->path_of(segments[i]), 0, 0, head.error().detail});
      continue;
    }
    const bool last = i + 1 == segments.size();
    auto size = (*file)->size();
    if (!size) return size.error();
    auto walked = walk(
        **file, state_->path_of(segments[i]), *head, last ? end : *size,
        [&](const Head& h, std::uint64_t offset, const std::string& meta) {
          if (h.sequence < from) return true;
          more = visit({{h.kind, {h.sequence, segments[i], offset}, h.ordinal, h.written, h.meta_octets, h.body_octets},
                        meta,
                        {}});
          return more;
        });
    if (!walked) return walked.error();
    const std::uint64_t ought = last || !more ? walked->last_sequence : segments[i + 1] - 1;
    const std::uint64_t reached = walked->last_sequence == 0 ? segments[i] - 1 : walked->last_sequence;
    for (Damage& damage : walked->damage) state_->note(std::move(damage));
    if (reached < ought)
      state_->note({state_->path_of(segments[i]), walked->end, *size - walked->end,
                    "frames " + std::to_string(reached + 1) + " to " + std::to_string(ought) + " are missing"});
  }
  return done;
}

std::uint64_t Log::last_sequence() const {
  const std::lock_guard lock(state_->mutex);
  return state_->committed_sequence;
}

std::uint64_t Log::last_ordinal() const {
  const std::lock_guard lock(state_->mutex);
  return state_->committed_ordinal;
}

std::vector<Damage> Log::damage() const {
  const std::lock_guard lock(state_->mutex);
  return state_->damages;
}

std::vector<SegmentInfo> Log::segments() const {
  std::vector<SegmentInfo> all;
  std::uint64_t end = 0;
  std::uint64_t last = 0;
  {
    const std::lock_guard lock(state_->mutex);
    for (const std::uint64_t first : state_->segments) all.push_back({first, 0, 0, false});
    end = state_->committed_offset;
    last = state_->committed_sequence;
  }
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    all[i].last_sequence = all[i + 1].first_sequence - 1;
    // A sealed segment was cut behind its last frame. One that is gone meanwhile holds nothing.
    if (auto file = state_->file_of(all[i].first_sequence))
      if (auto size = (*file)->size()) all[i].octets = *size;
  }
  if (!all.empty()) {
    all.back().last_sequence = last;
    all.back().octets = end;
    all.back().current = true;
  }
  return all;
}

Result<Done> Log::drop_before(std::uint64_t sequence) {
  std::vector<std::uint64_t> gone;
  {
    const std::lock_guard lock(state_->mutex);
    while (state_->segments.size() > 1 && state_->segments[1] <= sequence) {
      gone.push_back(state_->segments.front());
      state_->files.erase(state_->segments.front());
      state_->segments.erase(state_->segments.begin());
    }
  }
  for (const std::uint64_t first : gone)
    if (auto removed = state_->disk.remove(state_->path_of(first)); !removed) return removed;
  return done;
}

}  // namespace vanthu::journal
