// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/indexes.hpp"

#include <unordered_map>

#include "directory/skeleton.hpp"
#include "gateway/base/lmdb.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
constexpr std::array<const char*, index_count> names{"units_by_parent",
                                                     "units_by_kind",
                                                     "history_by_from",
                                                     "history_by_to",
                                                     "assignments_by_unit",
                                                     "mailboxes_by_unit",
                                                     "mailboxes_by_person",
                                                     "mailboxes_by_kind",
                                                     "registries",
                                                     "aliases_by_target",
                                                     "group_addresses",
                                                     "groups_by_unit",
                                                     "members_by_address",
                                                     "delegations_by_person",
                                                     "names",
                                                     "domains"};

/// Positions repeat: a few hundred words in a million rows, and ICU is slow.
std::string position_hash(std::string_view position) {
  thread_local std::unordered_map<std::string, std::string> known;
  constexpr std::size_t kept = 4096;
  if (known.size() > kept) known.clear();
  const auto [at, fresh] = known.try_emplace(std::string(position));
  if (fresh) at->second = lmdb::key_of(stable_hash(text::match_key(position)));
  return at->second;
}

std::string position_skeleton(std::string_view position) {
  thread_local std::unordered_map<std::string, std::string> known;
  constexpr std::size_t kept = 4096;
  if (known.size() > kept) known.clear();
  const auto [at, fresh] = known.try_emplace(std::string(position));
  if (fresh) at->second = skeleton(position);
  return at->second;
}

void append(std::string& key, std::string_view part) { key.append(part).push_back('\0'); }

/// @param version  tells rows of one id apart, so that one may go and the others stay
void name_entry(std::string key, std::string_view name, char kind, std::string_view id, std::string_view version,
                const EmitIndex& emit) {
  if (key.empty()) return;
  key.push_back('\0');
  key.push_back(kind);
  append(key, id);
  key.append(version);
  emit(IndexId::names, key, name);
}

void index_mailbox(const Row& row, const EmitIndex& emit) {
  namespace c = col::mailbox;
  const std::string_view address = row[c::address];
  emit(IndexId::mailboxes_by_unit, prefix(row[c::unit]).append(address), row[c::kind]);
  if (!row[c::person].empty()) emit(IndexId::mailboxes_by_person, prefix(row[c::person]).append(address), {});
  if (row[c::kind] != "person") emit(IndexId::mailboxes_by_kind, prefix(row[c::kind]).append(address), {});
  if (row[c::registers] == "yes") emit(IndexId::registries, prefix(row[c::unit]).append(address), {});
  if (row[c::kind] == "position")
    name_entry(position_skeleton(row[c::position]), row[c::position], 'o', row[c::unit], {}, emit);
  emit(IndexId::domains, address.substr(address.rfind('@') + 1), {});
}
}  // namespace

const char* index_name(IndexId id) { return names.at(static_cast<std::size_t>(id)); }

std::string prefix(std::string_view first) {
  std::string key;
  key.reserve(first.size() + 1 + 64);
  append(key, first);
  return key;
}

std::string prefix(std::string_view first, std::string_view second) {
  std::string key = prefix(first);
  append(key, second);
  return key;
}

std::string post_prefix(std::string_view unit, std::string_view position) {
  return prefix(unit).append(position_hash(position));
}

void index_row(TableId table, std::string_view key, const Row& row, const EmitIndex& emit) {
  switch (table) {
    case TableId::units: {
      namespace c = col::unit;
      emit(IndexId::units_by_parent, prefix(row[c::parent], row[c::id]).append(row[c::from]), {});
      emit(IndexId::units_by_kind, prefix(row[c::kind], row[c::id]).append(row[c::from]), {});
      const std::string name = skeleton(row[c::name]);
      std::string short_name = skeleton(row[c::short_name]);
      if (short_name != name)
        name_entry(std::move(short_name), row[c::short_name], 'u', row[c::id], row[c::from], emit);
      name_entry(name, row[c::name], 'u', row[c::id], row[c::from], emit);
      break;
    }
    case TableId::unit_history:
      emit(IndexId::history_by_from, prefix(row[col::event::from_unit]).append(key), key);
      emit(IndexId::history_by_to, prefix(row[col::event::to_unit]).append(key), key);
      break;
    case TableId::people:
      name_entry(skeleton(row[col::person::name]), row[col::person::name], 'p', row[col::person::id], {}, emit);
      break;
    case TableId::assignments: {
      namespace c = col::post;
      // Two spellings of one position (Văn thư, văn thư) meet under the first hash and part under the second.
      std::string at = post_prefix(row[c::unit], row[c::position]);
      at.append(lmdb::key_of(stable_hash(row[c::position])));
      append(at, row[c::person]);
      at.append(row[c::from]);
      emit(IndexId::assignments_by_unit, at, row.whole());
      name_entry(position_skeleton(row[c::position]), row[c::position], 'o', row[c::unit], {}, emit);
      break;
    }
    case TableId::mailboxes:
      index_mailbox(row, emit);
      break;
    case TableId::aliases:
      emit(IndexId::aliases_by_target, prefix(row[col::alias::target]).append(lmdb::key_of(stable_hash(key))), key);
      break;
    case TableId::groups:
      emit(IndexId::group_addresses, row[col::group::address], row[col::group::id]);
      if (!row[col::group::unit].empty())
        emit(IndexId::groups_by_unit, prefix(row[col::group::unit]).append(row[col::group::id]), {});
      break;
    case TableId::group_members:
      emit(IndexId::members_by_address,
           prefix(row[col::member::address]).append(row[col::member::group]) + '\0' + row.str(col::member::from), key);
      break;
    case TableId::delegations:
      emit(IndexId::delegations_by_person, prefix(row[col::delegation::delegate]).append(key), key);
      break;
    case TableId::recipient_lines:
    case TableId::terms:
    case TableId::roles:
    case TableId::unit_kinds:
    case TableId::certificates:
    case TableId::contacts:
      break;  // asked for by their key, or so few that they are read whole
  }
}

}  // namespace vanthu::directory
