// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/journal/log.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <future>

#include "gateway/base/digest.hpp"
#include "gateway/journal/seal.hpp"
#include "gateway/journal/state.hpp"

namespace vanthu::journal {
namespace {
constexpr std::size_t body_piece_octets = 256U << 10;  // of a body that is read in pieces
constexpr std::size_t big_octets = 128U << 10;         // what takes a millisecond to pack and seal
}  // namespace

Log::State::~State() {
  if (lock_descriptor >= 0) ::close(lock_descriptor);
}

std::filesystem::path Log::State::path_of(std::uint64_t first) const {
  return options.folder / (first == unnamed && first != 0 ? next_name : segment_name(first));
}

Result<std::shared_ptr<const File>> Log::State::file_of(std::uint64_t first) const {
  {
    const std::lock_guard lock(mutex);
    if (const auto* known = files.find(first)) return *known;
  }
  auto descriptor = disk.open(path_of(first), Disk::Open::read);
  if (!descriptor) return fail(status::not_found, descriptor.error().detail);
  auto file = std::make_shared<const File>(disk, *descriptor);
  const std::lock_guard lock(mutex);
  if (const auto* known = files.find(first)) return *known;
  return files.put(first, std::move(file));
}

Error Log::State::damaged(const Position& at, const char* what) const {
  return fail(status::corrupt, path_of(at.segment).string() + ", offset " + std::to_string(at.offset) + ": " + what);
}

Result<std::pair<std::shared_ptr<const File>, Head>> Log::State::frame_at(const Position& at) const {
  auto file = file_of(at.segment);
  if (!file) return file.error();
  auto octets = (*file)->read(at.offset, frame_head_octets);
  if (!octets) return octets.error();
  const auto head = decode(*octets);
  if (!head || head->log_id != options.log_id || head->sequence != at.sequence) return damaged(at, "no such frame");
  return std::pair(*std::move(file), *head);
}

Log::Log(std::unique_ptr<State> state) : state_(std::move(state)) {}

Log::~Log() {
  if (!state_) return;
  {
    const std::lock_guard lock(state_->sealing_mutex);
    state_->sealing_stops = true;
  }
  state_->sealing_work.notify_all();
  if (state_->sealer.joinable()) state_->sealer.join();
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
  pthread_setname_np(state->committer.native_handle(),
                     ("log-" + state->options.folder.filename().string()).substr(0, 15).c_str());
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
  Waiting waiting{std::move(draft), std::move(committed)};
  if (state_->options.keys != nullptr && waiting.octets() > big_octets) {
    const std::lock_guard lock(state_->sealing_mutex);
    state_->to_seal.push_back(std::move(waiting));
    if (!state_->sealer.joinable()) state_->sealer = std::thread([raw = state_.get()] { raw->seal_big_ones(); });
    state_->sealing_work.notify_one();
    return;
  }
  state_->prepare(std::move(waiting));
}

void Log::State::prepare(Waiting waiting) {
  if (auto sealed = seal(waiting); !sealed) {
    waiting.committed(sealed.error());
    return;
  }
  waiting.meta_crc = crc32c(waiting.draft.meta);
  if (waiting.draft.body) waiting.body_crc = crc32c(waiting.draft.body->view());
  {
    const std::lock_guard lock(mutex);
    queue.push_back(std::move(waiting));
  }
  work.notify_one();
}

void Log::State::seal_big_ones() {
  std::unique_lock lock(sealing_mutex);
  while (true) {
    sealing_work.wait(lock, [&] { return sealing_stops || !to_seal.empty(); });
    if (to_seal.empty()) return;
    std::vector<Waiting> taken;
    taken.swap(to_seal);
    lock.unlock();
    for (Waiting& waiting : taken) prepare(std::move(waiting));
    lock.lock();
  }
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
  auto meta = file->read(at.offset + frame_head_octets, head.meta_octets);
  if (!meta) return meta.error();
  if (meta->size() != head.meta_octets || crc32c(*meta) != head.meta_crc)
    return state_->damaged(at, "the meta part's checksum does not fit");
  const std::string begin = meta->substr(0, seal_head_octets);
  Frame frame = state_->opened(head, at, *std::move(meta));
  if (frame.seal == Seal::gone)
    return fail(status::not_found, "frame " + std::to_string(at.sequence) + " was disposed of: its key is destroyed");
  if (frame.seal == Seal::locked)
    return fail(status::corrupt, "frame " + std::to_string(at.sequence) + " is sealed, and its key is not to be had");
  if (!with_body) return frame;
  auto body = state_->body_of(*file, head, at, begin);
  if (!body) return body.error();
  frame.body = std::string(body->view());
  return frame;
}

Frame Log::State::opened(const Head& head, const Position& at, std::string meta, const Opens& opens) const {
  Frame frame{told(head, at, meta), {}, {}};
  const bool wanted = !opens || opens(frame.head);
  if (head.key.file == 0) {
    if (wanted) frame.meta = std::move(meta);
    return frame;
  }
  frame.seal = Seal::locked;
  if (meta.size() < seal_octets) return frame;
  frame.commitment = meta.substr(0, 32);
  frame.stored = meta.substr(32, 32);
  if (!wanted || options.keys == nullptr) return frame;
  const auto key = options.keys->key(head.key);
  if (!key) {
    if (key.error().reply == Reply(status::not_found)) frame.seal = Seal::gone;
    return frame;
  }
  const auto sealed = sealed_as(head.version, head.log_id, head.key, meta, head.meta_octets, head.body_octets);
  if (!sealed) return frame;
  auto plain = open_meta(*key, *sealed, meta);
  if (!plain) return frame;
  frame.meta = *std::move(plain);
  frame.seal = Seal::opened;
  return frame;
}

Result<Done> Log::State::seal(Waiting& waiting) const {
  if (options.keys == nullptr) return done;
  Draft& draft = waiting.draft;
  auto fresh = options.keys->fresh(draft.key_class);
  if (!fresh) return fresh.error();
  auto sealed = journal::seal(fresh->key, fresh->name, options.log_id, draft.meta,
                              draft.body ? draft.body->view() : std::string_view());
  if (!sealed) return sealed.error();
  waiting.key = fresh->name;
  draft.meta = std::move(sealed->meta);
  draft.body = std::move(sealed->body);
  return done;
}

Result<Done> Log::State::each_piece(const File& file, const Position& at, const Head& head, std::uint64_t most,
                                    const std::function<Result<Done>(std::string_view)>& take) const {
  std::uint64_t from = at.offset + frame_head_octets + head.meta_octets;
  std::uint32_t crc = 0;
  std::uint64_t left = head.body_octets;
  while (left > 0) {
    auto piece = file.read(from, static_cast<std::size_t>(std::min(left, most)));
    if (!piece) return piece.error();
    if (piece->size() != std::min(left, most)) break;
    crc = crc32c(*piece, crc);
    if (auto taken = take(*piece); !taken) return taken;
    from += piece->size();
    left -= piece->size();
  }
  if (left > 0 || crc != head.body_crc) return damaged(at, "the body's checksum does not fit");
  return done;
}

Result<Octets> Log::read_body(const Position& at) const {
  auto found = state_->frame_at(at);
  if (!found) return found.error();
  const auto& [file, head] = *found;
  const auto begin =
      file->read(at.offset + frame_head_octets, std::min<std::size_t>(seal_head_octets, head.meta_octets));
  if (!begin) return begin.error();
  return state_->body_of(*file, head, at, *begin);
}

Result<Octets> Log::State::body_of(const File& file, const Head& head, const Position& at,
                                   std::string_view begin) const {
  auto octets = Octets::create();
  if (!octets) return octets;
  std::optional<BodyOpener> opener;
  if (head.key.file != 0) {
    if (options.keys == nullptr)
      return fail(status::corrupt, "frame " + std::to_string(at.sequence) + " is sealed, and no keys are there");
    const auto key = options.keys->key(head.key);
    if (!key) return key.error();
    auto sealed = sealed_as(head.version, head.log_id, head.key, begin, head.meta_octets, head.body_octets);
    if (!sealed) return damaged(at, "it is not sealed in a way that is known here");
    opener.emplace(*key, *std::move(sealed));
  }
  Result<Done> wrong = done;
  const BodyOpener::Give give = [&](std::string_view plain) { return octets->append(plain); };
  const auto read = each_piece(file, at, head, body_piece_octets, [&](std::string_view piece) -> Result<Done> {
    if (!opener) return octets->append(piece);
    // A checksum that does not fit is the better word for what is wrong: it is known at the end.
    if (wrong) wrong = opener->take(piece, give);
    return wrong || wrong.error().reply == Reply(status::corrupt) ? Result<Done>(done) : wrong;
  });
  if (!read) return read.error();
  if (wrong && opener) wrong = opener->end();
  if (!wrong) return damaged(at, wrong.error().detail.c_str());
  if (auto sealed = octets->seal(); !sealed) return sealed.error();
  return octets;
}

Result<Done> Log::each_stored_piece(const Position& at, const std::function<void(std::string_view)>& take) const {
  auto found = state_->frame_at(at);
  if (!found) return found.error();
  const auto& [file, head] = *found;
  auto meta = file->read(at.offset + frame_head_octets, head.meta_octets);
  if (!meta) return meta.error();
  if (meta->size() != head.meta_octets || crc32c(*meta) != head.meta_crc)
    return state_->damaged(at, "the meta part's checksum does not fit");
  std::string_view stored = *meta;
  if (head.key.file != 0) stored.remove_prefix(std::min<std::size_t>(seal_octets, stored.size()));
  take(stored);
  return state_->each_piece(*file, at, head, body_piece_octets, [&](std::string_view piece) -> Result<Done> {
    take(piece);
    return done;
  });
}

Result<Done> Log::scan(std::uint64_t from, const Visit& visit, const Opens& opens) const {
  return scan_from(from, {}, visit, opens);
}

Result<Done> Log::scan_behind(const Position& last, const Visit& visit, const Opens& opens) const {
  return scan_from(last.sequence + 1, last, visit, opens);
}

Result<Done> Log::scan_from(std::uint64_t from, const Position& last_read, const Visit& visit,
                            const Opens& opens) const {
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
    bool damaged_head = false;
    auto head = state_->head_of(**file, segments[i], damaged_head);
    if (damaged_head)
      state_->note({state_->path_of(segments[i]), 0, segment_head_octets, "the segment's head is damaged"});
    if (!head) {
      state_->note({state_->path_of(segments[i]), 0, 0, head.error().detail});
      continue;
    }
    const bool last = i + 1 == segments.size();
    auto size = (*file)->size();
    if (!size) return size.error();
    Begin begin;
    if (last_read.sequence != 0 && last_read.segment == segments[i])
      if (const auto frame = state_->frame_at(last_read))
        begin = {last_read.offset + frame->second.octets(), last_read.sequence + 1};
    auto walked = walk(
        **file, state_->path_of(segments[i]), *head, last ? end : *size, last ? 0 : segments[i + 1],
        [&](const Head& h, std::uint64_t offset, const std::string& meta) {
          if (h.sequence < from) return true;
          more = visit(state_->opened(h, {h.sequence, segments[i], offset}, meta, opens));
          return more;
        },
        begin);
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
  return gone.empty() ? Result<Done>(done) : state_->disk.sync_folder(state_->options.folder);
}

}  // namespace vanthu::journal
