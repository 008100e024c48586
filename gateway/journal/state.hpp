// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "gateway/base/log.hpp"
#include "gateway/base/recent.hpp"
#include "gateway/journal/ahead.hpp"
#include "gateway/journal/log.hpp"
#include "gateway/journal/segment.hpp"

/// What a log is made of: recovery.cpp finds its end, commit.cpp writes, log.cpp reads.
namespace vanthu::journal {

/// A frame on its way to the committer. The checksums are made where it comes from: many threads there, one here.
struct Waiting {
  Draft draft;
  Log::Committed committed;
  std::uint32_t meta_crc = 0;
  std::uint32_t body_crc = 0;
  KeyName key{};  // of what is sealed

  std::uint64_t octets() const { return draft.meta.size() + (draft.body ? draft.body->size() : 0); }
};

/// A frame that has its place in the current segment and is not written yet.
struct Placed {
  Waiting* waiting;
  Head head;
  std::uint64_t offset;
  std::array<char, frame_head_octets> octets;
};

struct Log::State {
  State(Disk& d, Options o)
      : disk(d),
        options(std::move(o)),
        ahead(disk, options.folder, options.folder.filename().string(), options.segment_octets,
              options.reserve_octets) {}
  ~State();
  Disk& disk;
  Options options;
  bool read_only = false;
  int lock_descriptor = -1;
  std::uint64_t unnamed = 0;  // read only: first sequence of a segment that lost its name to a power loss, 0: none

  // Of the committer thread alone
  std::unique_ptr<File> current;
  SegmentHead current_head;
  bool head_pending = false;       // the head goes out with the first frames
  std::uint64_t current_size = 0;  // allocated
  std::uint64_t offset = 0;        // where the next frame goes
  std::uint64_t sequence = 0;      // last given
  std::uint64_t ordinal = 0;       // last given
  bool failed = false;
  unsigned commits = 0;  // since the log was opened, counted up to the first few
  std::random_device random;
  Ahead ahead;

  // Guarded by `mutex`
  mutable std::mutex mutex;
  std::condition_variable work;
  std::vector<Waiting> queue;
  bool stopping = false;
  std::vector<std::uint64_t> segments;  // first sequences, rising
  std::uint64_t committed_sequence = 0;
  std::uint64_t committed_ordinal = 0;
  std::uint64_t committed_offset = 0;  // in the last segment
  std::vector<Damage> damages;
  static constexpr std::size_t open_files = 64;
  // shared: a reader keeps its file while others close it
  mutable Recent<std::uint64_t, std::shared_ptr<const File>> files{open_files};

  std::thread committer;

  // Big frames are sealed on a thread of their own: who appends may be one that others wait for.
  std::mutex sealing_mutex;
  std::condition_variable sealing_work;
  std::vector<Waiting> to_seal;
  bool sealing_stops = false;
  std::thread sealer;

  // log.cpp
  std::filesystem::path path_of(std::uint64_t first) const;
  Result<std::shared_ptr<const File>> file_of(std::uint64_t first) const;
  Error damaged(const Position& at, const char* what) const;
  /// The file and the head of a frame.
  Result<std::pair<std::shared_ptr<const File>, Head>> frame_at(const Position& at) const;

  /// Makes the draft what is written, sealed where the log seals, and hands it to the committer.
  void prepare(Waiting waiting);
  Result<Done> seal(Waiting& waiting) const;
  void seal_big_ones();
  /// The frame with its meta part, opened where it can be.
  Frame opened(const Head& head, const Position& at, std::string meta, const Opens& opens = {}) const;
  /// @param begin  of the meta part as it is stored, as far as a seal's head reaches (seal.hpp)
  Result<Octets> body_of(const File& file, const Head& head, const Position& at, std::string_view begin) const;
  Result<Done> each_piece(const File& file, const Position& at, const Head& head, std::uint64_t piece_octets,
                          const std::function<Result<Done>(std::string_view)>& take) const;

  // recovery.cpp
  Result<Done> take_lock();
  Result<Done> find_segments();
  Result<Done> find_unnamed();
  /// Keeps damage once; the caller holds no lock.
  void note(Damage damage);
  /// A segment's head; where it is damaged, what its name and its first frame say instead.
  /// @par Errors  not_found: there is no frame in it; bad_configuration: of another log or a version we do not know
  Result<SegmentHead> head_of(const File& file, std::uint64_t first, bool& damaged_head) const;
  /// Finds the end of the log. For writing: cuts what no sync had covered and leaves the last segment ready for more.
  Result<Done> recover();
  Result<bool> recover_segment(std::uint64_t first);
  Result<Done> make_durable(const File& file, std::uint64_t begin, std::uint64_t end);

  // commit.cpp
  void run();
  void commit(std::span<Waiting> batch);
  Result<Done> make_room(std::uint64_t octets, bool message);
  Result<Done> rotate(std::uint64_t octets, bool message);
  Result<Ahead::Prepared> make_segment(std::uint64_t octets, bool message);
  Result<Done> flush(std::vector<Placed>& placed);
  void undo(const Error& why, std::uint64_t begin);
  void refuse(Waiting& waiting, const Error& error);
  void give_up(std::vector<Placed>& placed, const Error& error);
  void look_ahead();
  std::uint64_t room() const;
};

}  // namespace vanthu::journal
