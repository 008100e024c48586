// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/journal/frame.hpp"

#include <charconv>
#include <cstdio>
#include <cstring>

#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/journal/seal.hpp"

namespace vanthu::journal {
namespace {
constexpr std::string_view frame_magic = "VTF1";
constexpr std::string_view segment_magic = "VTSEG";  // and the version in three digits
constexpr std::uint32_t flag_numbered = 1, flag_sealed = 2;

template <class Number>
void put(char* at, Number value) {
  for (std::size_t i = 0; i < sizeof value; ++i)
    at[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
}

template <class Number>
Number take(std::string_view octets, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return static_cast<Number>(value);
}

/// "VTSEG002" is 2; nothing: no magic.
std::optional<unsigned> version_of(std::string_view octets) {
  if (octets.size() < 8 || !octets.starts_with(segment_magic)) return std::nullopt;
  unsigned version = 0;
  const auto [rest, error] = std::from_chars(octets.data() + 5, octets.data() + 8, version);
  if (error != std::errc{} || rest != octets.data() + 8) return std::nullopt;
  return version;
}

constexpr bool is_read(unsigned version) { return version >= 1 && version <= current_version; }
}  // namespace

FrameHead told(const Head& head, const Position& at, std::string_view meta) {
  FrameHead told{head.kind, at, head.ordinal, head.written, head.meta_octets, head.body_octets, head.key};
  if (head.key.file == 0) return told;
  const auto sealed = sealed_as(head.version, head.log_id, head.key, meta, head.meta_octets, head.body_octets);
  told.meta_octets = sealed ? sealed->meta_octets : 0;
  told.body_octets = sealed ? sealed->body_octets : 0;
  return told;
}

std::array<char, frame_head_octets> encode(const Head& head) {
  std::array<char, frame_head_octets> out{};
  std::memcpy(out.data(), frame_magic.data(), frame_magic.size());
  put(&out[4], head.version);
  put(&out[6], static_cast<std::uint16_t>(head.kind));
  put(&out[8], head.log_id);
  put(&out[12], (head.numbered ? flag_numbered : 0U) | (head.key.file != 0 ? flag_sealed : 0U));
  put(&out[16], head.sequence);
  put(&out[24], head.ordinal);
  put(&out[32], head.durable);
  put(&out[40], static_cast<std::uint64_t>(head.written.time_since_epoch().count()));
  put(&out[48], head.meta_octets);
  put(&out[52], head.meta_crc);
  put(&out[56], head.body_octets);
  put(&out[64], head.body_crc);
  put(&out[68], head.salt);
  put(&out[76], head.key.file);
  put(&out[84], head.key.slot);
  put(&out[92], crc32c({out.data(), 92}));
  return out;
}

std::optional<Head> decode(std::string_view octets) {
  if (octets.size() < frame_head_octets || !octets.starts_with(frame_magic)) return std::nullopt;
  Head head;
  head.version = take<std::uint16_t>(octets, 4);
  if (!is_read(head.version) || take<std::uint32_t>(octets, 92) != crc32c(octets.substr(0, 92))) return std::nullopt;
  head.kind = static_cast<Kind>(take<std::uint16_t>(octets, 6));
  head.log_id = take<std::uint32_t>(octets, 8);
  head.numbered = (take<std::uint32_t>(octets, 12) & flag_numbered) != 0;
  head.sequence = take<std::uint64_t>(octets, 16);
  head.ordinal = take<std::uint64_t>(octets, 24);
  head.durable = take<std::uint64_t>(octets, 32);
  head.written = Time(std::chrono::microseconds(take<std::int64_t>(octets, 40)));
  head.meta_octets = take<std::uint32_t>(octets, 48);
  head.meta_crc = take<std::uint32_t>(octets, 52);
  head.body_octets = take<std::uint64_t>(octets, 56);
  head.body_crc = take<std::uint32_t>(octets, 64);
  head.salt = take<std::uint64_t>(octets, 68);
  if ((take<std::uint32_t>(octets, 12) & flag_sealed) != 0)
    head.key = {take<std::uint64_t>(octets, 76), take<std::uint32_t>(octets, 84)};
  if (head.meta_octets > limits::frame_meta_octets || head.body_octets > limits::frame_body_octets) return std::nullopt;
  return head;
}

std::array<char, segment_head_octets> encode(const SegmentHead& head) {
  std::array<char, segment_head_octets> out{};
  std::snprintf(out.data(), out.size(), "VTSEG%03u", unsigned{head.version} % 1000);
  put(&out[8], head.log_id);
  put(&out[16], head.first_sequence);
  put(&out[24], head.ordinal_before);
  put(&out[32], head.salt);
  put(&out[60], crc32c({out.data(), 60}));
  return out;
}

std::optional<SegmentHead> decode_segment(std::string_view octets) {
  const auto version = version_of(octets);
  if (!version || !is_read(*version) || octets.size() < segment_head_octets ||
      take<std::uint32_t>(octets, 60) != crc32c(octets.substr(0, 60)))
    return std::nullopt;
  return SegmentHead{take<std::uint32_t>(octets, 8), take<std::uint64_t>(octets, 16), take<std::uint64_t>(octets, 24),
                     take<std::uint64_t>(octets, 32), static_cast<std::uint16_t>(*version)};
}

std::optional<unsigned> unknown_version(std::string_view octets) {
  const auto version = version_of(octets);
  return version && !is_read(*version) ? version : std::nullopt;
}

std::string segment_name(std::uint64_t first_sequence) {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "%020llu.seg", static_cast<unsigned long long>(first_sequence));
  return name.data();
}

std::optional<std::uint64_t> parse_segment_name(std::string_view name) {
  if (name.size() != 24 || !name.ends_with(".seg")) return std::nullopt;
  std::uint64_t first = 0;
  const auto [rest, error] = std::from_chars(name.data(), name.data() + 20, first);
  if (error != std::errc{} || rest != name.data() + 20 || first == 0) return std::nullopt;
  return first;
}

}  // namespace vanthu::journal
