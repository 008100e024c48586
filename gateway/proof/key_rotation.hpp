// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/proof/note.hpp"

namespace vanthu::proof {

/// That a log has another key from a size on, said by both keys: a signed note (gateway/transparency/FORMAT.md). It is
/// no checkpoint, and no checkpoint is one: the first line differs, and the second is no size.
struct KeyRotation {
  std::uint64_t size = 0;  ///< heads up to this size are signed by `before`, greater ones by `after`
  Verifier before, after;
  friend bool operator==(const KeyRotation&, const KeyRotation&) = default;
};

/// The note's text.
std::string to_text(const KeyRotation& rotation);
/// The rotations in a file, oldest first, each signed by both of its keys and beginning where the one before ended.
/// @par Errors  bad_arguments: not the form; refused: a signature is missing or wrong, or one does not follow the other
Result<std::vector<KeyRotation>> parse_rotations(std::string_view notes);

/// Whose signature a head of that size must bear.
/// @param newest  the key that no rotation has replaced yet
const Verifier& key_at(const std::vector<KeyRotation>& rotations, const Verifier& newest, std::uint64_t size);

}  // namespace vanthu::proof
