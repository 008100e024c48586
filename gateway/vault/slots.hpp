// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/journal/keys.hpp"

/// A file of keys: a head and slots of a fixed size that can be overwritten (FORMAT.md). Pure: no file is touched here.
namespace vanthu::vault {

inline constexpr std::size_t file_head_octets = 64, slot_octets = 96;

struct FileHead {
  std::uint64_t file = 0;    ///< its number, as in its name
  std::uint64_t period = 0;  ///< whose key wraps its slots
  std::uint32_t slots = 0;
};

struct Slot {
  enum class State : std::uint8_t { live, destroyed, damaged };
  State state = State::damaged;
  journal::FrameKey key;
};

struct SlotFile {
  FileHead head;
  std::vector<Slot> slots;
};

/// The head of a file's octets.
/// @par Errors  corrupt
Result<FileHead> parse_head(std::string_view octets);
/// All of a file, every slot for itself.
/// @param key  of the file's period
/// @par Errors  corrupt: the head
Result<SlotFile> parse_file(std::string_view octets, std::string_view key);

/// @par Errors  store_failed with OpenSSL's words
Result<std::string> to_octets(const SlotFile& file, std::string_view key);
/// What a destroyed slot is overwritten with.
std::string destroyed_slot();
inline std::uint64_t offset_of(std::uint32_t slot) { return file_head_octets + std::uint64_t{slot} * slot_octets; }

}  // namespace vanthu::vault
