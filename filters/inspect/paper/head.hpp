// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// What a line of a paper's header is.
enum class Role : std::uint8_t { text, party_head, state_head, motto, number, date, rule, marking, title };

/// A line of the header. Where two blocks ran together on one row, each has a line of its own.
struct HeadLine {
  std::string text;  ///< plain
  std::string key;   ///< match key of it
  Role role = Role::text;
  std::uint32_t row = 0;
  std::size_t line = 0;  ///< its place in the document's lines
  bool placed = false;   ///< begin and end are points on the page
  float begin = 0, end = 0;
  std::uint32_t page = 0;
};

inline constexpr std::size_t no_line = static_cast<std::size_t>(-1);

/// The first lines of a document, as far as they count as its header.
std::vector<HeadLine> head_of(const Lines& lines);
/// The first line of a role, or no_line.
std::size_t find_role(const std::vector<HeadLine>& head, Role role);

/// Whether a line, by its match key, is the name of the party or of the state over a paper.
bool is_party_head(std::string_view key);
bool is_state_head(std::string_view key);

/// Nothing but dashes, stars, underlines: a rule under a block.
bool only_rule(std::string_view text);

}  // namespace vanthu::inspect
