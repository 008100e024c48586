// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/names.hpp"

#include <algorithm>

#include "gateway/base/text.hpp"

namespace vanthu::addressing {

std::shared_ptr<const Names::Table> Names::make(const directory::Directory& directory, std::uint64_t generation) {
  auto table = std::make_shared<Table>();
  table->generation = generation;
  const auto add = [&](std::string_view name, Owner::Kind kind, const std::string& id) {
    if (name.empty()) return;
    table->exact.emplace(text::match_key(name), Owner{kind, id});
    table->bare.emplace(text::fold(name), Owner{kind, id});
  };
  for (const directory::Person& person : directory.people()) add(person.name, Owner::Kind::person, person.id);
  for (const directory::Unit& unit : directory.units()) {
    add(unit.name, Owner::Kind::unit, unit.id);
    if (unit.short_name != unit.name) add(unit.short_name, Owner::Kind::unit, unit.id);
  }
  return table;
}

std::vector<Names::Owner> Names::owners(const directory::Directory& directory, std::string_view name) {
  const std::uint64_t generation = directory.generation();
  std::shared_ptr<const Table> table;
  {
    const std::lock_guard lock(mutex_);
    if (!table_ || table_->generation != generation) table_ = make(directory, generation);
    table = table_;
  }
  const bool ascii = std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  const auto& index = ascii ? table->bare : table->exact;
  const auto [first, last] = index.equal_range(ascii ? text::fold(name) : text::match_key(name));
  std::vector<Owner> owners;
  for (auto at = first; at != last; ++at) owners.push_back(at->second);
  return owners;
}

}  // namespace vanthu::addressing
