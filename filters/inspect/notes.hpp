// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::inspect {

/// What a pure function noticed while it read: a finding that does not know yet in which part it stands.
struct Note {
  std::string_view id;                       ///< a constant of findings.hpp
  std::string detail;                        ///< a field's or parameter's name, a type; never text of the message
  std::optional<std::uint64_t> offset = {};  ///< of the octets that were read, where it is known
  friend bool operator==(const Note&, const Note&) = default;
};
using Notes = std::vector<Note>;

/// Adds a note once, with the first place, however often the same thing is seen.
inline void note(Notes& notes, std::string_view id, std::string_view detail = {},
                 std::optional<std::uint64_t> offset = {}) {
  const auto same = [&](const Note& one) { return one.id == id && one.detail == detail; };
  if (std::none_of(notes.begin(), notes.end(), same)) notes.push_back({id, std::string(detail), offset});
}

}  // namespace vanthu::inspect
