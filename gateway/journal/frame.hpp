// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/journal/log.hpp"

/// The octets of a frame and of a segment's head, as FORMAT.md has them. Pure: no file is touched here.
namespace vanthu::journal {

inline constexpr std::size_t segment_head_octets = 64;
inline constexpr std::size_t frame_head_octets = 96;
inline constexpr std::uint64_t frame_alignment = 8;
inline constexpr std::uint16_t current_version = 4;  ///< what is written; 1 to 3 are still read

/// A frame's head with what only the log engine looks at.
struct Head {
  std::uint16_t version = current_version;
  Kind kind = Kind::message;
  bool numbered = false;
  std::uint32_t log_id = 0;
  std::uint64_t sequence = 0;
  std::uint64_t ordinal = 0;
  std::uint64_t durable = 0;  ///< last sequence known to be on stable storage when this frame was written
  Time written{};
  std::uint32_t meta_octets = 0;
  std::uint32_t meta_crc = 0;
  std::uint64_t body_octets = 0;
  std::uint32_t body_crc = 0;
  std::uint64_t salt = 0;  ///< of its segment: octets in a body that look like a frame do not have it; 0 in version 1
  KeyName key{};           ///< of a sealed frame

  /// Of the whole frame, padding included.
  std::uint64_t octets() const {
    const std::uint64_t bare = frame_head_octets + meta_octets + body_octets;
    return (bare + frame_alignment - 1) / frame_alignment * frame_alignment;
  }
};

/// What others are told of it: lengths as they are when it is open.
/// @param meta  of a sealed frame the beginning of its meta part as it is stored (seal.hpp)
FrameHead told(const Head& head, const Position& at, std::string_view meta);

std::array<char, frame_head_octets> encode(const Head& head);
/// Nothing when magic, version, checksum or bounds do not fit.
std::optional<Head> decode(std::string_view octets);

struct SegmentHead {
  std::uint32_t log_id = 0;
  std::uint64_t first_sequence = 0;
  std::uint64_t ordinal_before = 0;  ///< last ordinal given before this segment
  std::uint64_t salt = 0;            ///< random, and unknown to whoever sends mail; 0 in version 1
  std::uint16_t version = current_version;
};
std::array<char, segment_head_octets> encode(const SegmentHead& head);
std::optional<SegmentHead> decode_segment(std::string_view octets);
/// The version a segment's head claims when it is none that we read: made by a later program. Nothing: it is no head.
std::optional<unsigned> unknown_version(std::string_view octets);

/// "00000000000000000001.seg"
std::string segment_name(std::uint64_t first_sequence);
std::optional<std::uint64_t> parse_segment_name(std::string_view name);

}  // namespace vanthu::journal
