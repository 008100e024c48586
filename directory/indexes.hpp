// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "directory/tables.hpp"

namespace vanthu::directory {

/// The ways to rows that do not begin with a row's key. Each is a table of the store, made from the rows alone
/// (FORMAT.md says what the keys hold).
enum class IndexId : std::uint8_t {
  units_by_parent,
  units_by_kind,
  history_by_from,
  history_by_to,
  assignments_by_unit,
  mailboxes_by_unit,
  mailboxes_by_person,
  mailboxes_by_kind,  ///< all but those of people
  registries,         ///< mailboxes that register mail, by unit
  aliases_by_target,
  group_addresses,
  groups_by_unit,
  members_by_address,
  delegations_by_person,
  names,
  domains
};
inline constexpr std::size_t index_count = 16;

const char* index_name(IndexId id);

using EmitIndex = std::function<void(IndexId index, std::string_view key, std::string_view value)>;
/// What the indexes hold because of a row.
/// @param key  the row's own
void index_row(TableId table, std::string_view key, const Row& row, const EmitIndex& emit);

/// The beginning of a key in assignments_by_unit: who holds this position of this unit.
std::string post_prefix(std::string_view unit, std::string_view position);
/// Joined by NUL, each followed by one: the beginning of a key.
std::string prefix(std::string_view first);
std::string prefix(std::string_view first, std::string_view second);

}  // namespace vanthu::directory
