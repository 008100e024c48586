// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "octets.hpp"

/// Whom to believe: keys of logs and witnesses (C2SP signed-note), and keys that follow them.
namespace verify {

/// A verifier key: name+id+base64.
struct Key {
  std::string name;
  std::uint32_t id = 0;
  unsigned char type = 0;
  std::string octets;
  bool voter = false;                       ///< a witness that counts for the quorum; else it must have signed
  std::uint64_t from = 0, to = UINT64_MAX;  ///< sizes of trees whose heads it signs
};

/// Whom to believe.
struct Keys : std::vector<Key> {
  std::size_t quorum = 0;  ///< of the voters
  bool rotated = false;    ///< rotations were given
};

/// Throws Stop, as do the others here.
Key parse_key(std::string_view text);
bool signature_is_right(const Key& key, std::string_view message, std::string_view signature);
/// Signed notes that say from which size on a log has another key (gateway/transparency/FORMAT.md). Only a key that is
/// believed already can name the next one, and the next one must sign, too.
void take_rotations(std::string_view notes, Keys& keys);
/// Why nothing is believed that bears a log's name beside a key's id (the four octets) to which the keys given do not
/// lead, and what to give.
Stop other_key(const std::string& log, std::string_view id, const Keys& keys);
/// Whether a key of that name and id was given, or rotations led to it; whatever the sizes are that it signs for.
bool is_given(std::string_view name, std::string_view id, const Keys& keys);
/// More than half of the witnesses, or as many as was asked for; names are counted, not keys.
void demand_voters(Keys& keys, std::optional<std::size_t> quorum);

}  // namespace verify
