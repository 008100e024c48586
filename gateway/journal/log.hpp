// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/base/result.hpp"
#include "gateway/journal/keys.hpp"

/// The log engine: append-only segment files, group commit, recovery. FORMAT.md says what is on the disk.
namespace vanthu::journal {

/// What a frame holds. Numbers are on the disk: never change one.
enum class Kind : std::uint16_t {
  message = 1,   ///< an accepted message: meta = mail::Accepted, body = the octets as received
  progress = 2,  ///< what became of deliveries: meta = spool::Progress, no body
  act = 3,       ///< audit: who did what, no body
  event = 4,     ///< what happened to records after they were made: meta = archive::Event, no body
};

/// Where a frame is.
struct Position {
  std::uint64_t sequence = 0;  ///< of the frame in its log, from 1, no gaps
  std::uint64_t segment = 0;   ///< first sequence of the segment file
  std::uint64_t offset = 0;    ///< of the frame in that file
};

/// Whether a frame's content can be read.
enum class Seal : std::uint8_t {
  none,    ///< it was never sealed
  opened,  ///< sealed on the disk; what is handed out is open
  gone,    ///< its key was destroyed: nothing but the head is left, for ever
  locked,  ///< its key cannot be had now: no keys were given, or they are damaged
};

struct FrameHead {
  Kind kind = Kind::message;
  Position at;
  std::uint64_t ordinal =
      0;  ///< from 1 without gaps among the log's numbered frames (a record's number); 0: not numbered
  Time written{};
  std::uint32_t meta_octets = 0;  ///< open
  std::uint64_t body_octets = 0;  ///< open
  KeyName key{};                  ///< file 0: it is not sealed
};

struct Frame {
  FrameHead head;
  std::string meta;
  std::string body;  ///< empty where it was not asked for
  Seal seal = Seal::none;
  std::string commitment{};  ///< of a sealed one: 32 octets that bind to its content (seal.hpp)
  std::string stored{};      ///< of a sealed one: SHA-256 of both parts as they lie on the disk
};

/// A frame to be written.
struct Draft {
  Kind kind = Kind::message;
  bool numbered = false;
  std::string meta;
  std::shared_ptr<const Octets> body;  ///< shared: the session keeps its octets until it has answered; null: none
  std::string key_class{};             ///< of the key that seals it, where the log seals
};

struct Options {
  std::filesystem::path folder;  ///< of this log alone; made when missing
  std::uint32_t log_id = 0;      ///< 1 spool, 2 records, 3 audit: a frame of one log is no frame of another
  std::uint64_t segment_octets = 64ULL << 20;
  std::uint64_t reserve_octets = 0;  ///< free space to leave on the disk: below it appends of messages get store_full
  /// Where the log goes on although its end is lost: numbers up to these are not given again, and what is missing
  /// before them is damage in every scan. Nothing changes where the log reaches further.
  std::uint64_t after_sequence = 0, after_ordinal = 0;
  Keys* keys = nullptr;  ///< seals everything that is appended, and opens what is read; outlives the log
};

/// One file of the log.
struct SegmentInfo {
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;  ///< below first_sequence: no frame yet
  std::uint64_t octets = 0;         ///< of frames and head; what is allocated beyond them does not count
  bool current = false;             ///< appends go here; never dropped
};

/// Damage that recovery found away from the tail; the rest of the log stays usable.
struct Damage {
  std::filesystem::path file;
  std::uint64_t offset = 0;
  std::uint64_t octets = 0;
  std::string what;
};

class Log {
 public:
  /// Opens for writing: finds the end, cuts a torn tail (frames that no sync had covered), reports damage elsewhere.
  /// @par Errors  store_failed with the path and what to do; bad_configuration when another process has the log
  static Result<std::unique_ptr<Log>> open(Disk& disk, Options options);
  /// For looking only (verify, search while the gateway runs): takes no lock, changes nothing.
  static Result<std::unique_ptr<Log>> open_read_only(Disk& disk, Options options);
  ~Log();  ///< waits for what was appended

  using Committed = std::function<void(Result<FrameHead>)>;
  /// Hands a frame to the committer. `committed` is called once, on the committer's thread, after the sync that covers
  /// the frame; it must be quick and must not throw. A frame that got an error may not be taken for written.
  /// @par Errors  store_full: nothing was written; store_failed: the log takes nothing more until it is opened anew
  void append(Draft draft, Committed committed);
  Result<FrameHead> append_and_wait(Draft draft);

  /// @par Errors  corrupt when a checksum does not fit, or its key is not to be had; not_found: there is no such frame,
  /// or its key was destroyed
  Result<Frame> read(const Position& at, bool with_body) const;
  /// The body alone, checked, in memory of its own that no heap shares: it is read in pieces.
  /// @par Errors  corrupt when a checksum does not fit; not_found; store_full when the machine gives no memory
  Result<Octets> read_body(const Position& at) const;
  using Visit = std::function<bool(const Frame&)>;
  /// Whether a frame's meta part is wanted; opening one costs more than finding it.
  using Opens = std::function<bool(const FrameHead&)>;
  /// Visits all whole frames with sequence >= from, in order, until `visit` returns false; heads and meta only, bodies
  /// are not read. One that cannot be opened has no meta, and `seal` says why. Sees what was committed before the call.
  /// Damaged stretches are skipped (see damage()).
  /// @param opens  where it says no, the meta part is empty and a sealed frame is `locked`; empty: every one
  Result<Done> scan(std::uint64_t from, const Visit& visit, const Opens& opens = {}) const;
  /// The same for everything behind a frame that was read before, without looking at what stands before it: for
  /// followers that come again and again. Sequence 0, or a place where no such frame is: like scan(sequence + 1).
  Result<Done> scan_behind(const Position& last, const Visit& visit, const Opens& opens = {}) const;

  std::uint64_t last_sequence() const;  ///< committed
  std::uint64_t last_ordinal() const;   ///< committed
  std::vector<Damage> damage() const;
  /// The parts of a frame as they lie on the disk, one behind the other: what `Frame::stored` is the digest of.
  /// @par Errors  corrupt, not_found
  Result<Done> each_stored_piece(const Position& at, const std::function<void(std::string_view)>& take) const;
  /// Every segment, oldest first, as far as it is committed: what a copy-forward chooses from.
  std::vector<SegmentInfo> segments() const;
  /// Deletes segments whose every frame has a sequence below `sequence` (never the one being written).
  Result<Done> drop_before(std::uint64_t sequence);

 private:
  struct State;
  Result<Done> scan_from(std::uint64_t from, const Position& last, const Visit& visit, const Opens& opens) const;
  explicit Log(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vanthu::journal
