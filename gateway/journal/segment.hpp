// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/journal/frame.hpp"

/// Reading one segment file.
namespace vanthu::journal {

/// An open descriptor; closes itself.
class File {
 public:
  File(Disk& disk, int descriptor) : disk_(&disk), descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { disk_->close(descriptor_); }
  int descriptor() const { return descriptor_; }
  /// What is there, at most `octets`: short at the end of the file.
  Result<std::string> read(std::uint64_t offset, std::size_t octets) const;
  /// The same into a buffer; how many there were.
  Result<std::size_t> read_into(std::uint64_t offset, std::span<char> out) const;
  Result<std::uint64_t> size() const;

 private:
  Disk* disk_;
  int descriptor_;
};

/// The first whole frame head anywhere in a file, of whatever log; nothing: there is none.
/// @par Errors  store_failed
Result<std::optional<Head>> first_head(const File& file);

/// What a walk over a segment found.
struct Walk {
  std::uint64_t end = segment_head_octets;     ///< offset behind the last good frame
  std::uint64_t proven = segment_head_octets;  ///< offset behind the last frame that a later one calls durable
  std::uint64_t last_sequence = 0;             ///< 0: no frame
  std::uint64_t last_ordinal = 0;
  bool torn = false;           ///< octets behind `end` are a tail that no sync had covered
  std::vector<Damage> damage;  ///< stretches that a later frame says were durable, and are not whole
};

/// Where a walk begins, when not behind the segment's head: at a frame's place, which is not checked.
struct Begin {
  std::uint64_t offset = segment_head_octets;
  std::uint64_t sequence = 0;  ///< of the frame there; 0: the segment's first
};

/// Walks the frames of a segment from its head on, or from `begin`. Frames that no later frame calls durable (the last
/// batch) are checked with their bodies, all others by head and meta alone. `visit` (may be empty) sees good frames and
/// may end the walk with false.
/// @param limit  octets of the file that count (what is committed), or nothing for all
/// @param next   first sequence of the segment that follows, 0: none; frames from there on are not of this file
/// @par Errors  store_failed
Result<Walk> walk(const File& file, const std::filesystem::path& path, const SegmentHead& head,
                  std::optional<std::uint64_t> limit, std::uint64_t next,
                  const std::function<bool(const Head&, std::uint64_t offset, const std::string& meta)>& visit,
                  const Begin& begin = {});

}  // namespace vanthu::journal
