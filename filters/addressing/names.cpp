// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/names.hpp"

#include <algorithm>
#include <set>

#include "directory/skeleton.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::addressing {
namespace {

/// What is neither ASCII nor a space counts as a letter: both names are plainly spelled here.
bool in_word(char c) {
  return static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

std::vector<std::string> words_of(const std::string& key) {
  std::vector<std::string> words;
  bool open = false;
  for (const char c : key) {
    if (in_word(c)) {
      if (!open) words.emplace_back();
      words.back() += c;
    }
    open = in_word(c);
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += word;
  return all;
}

bool bare(const std::string& word) { return text::is_ascii(word); }
}  // namespace

bool taken_for(std::string_view shown, std::string_view entry) {
  const std::vector<std::string> mine = words_of(text::match_key(shown));
  const std::vector<std::string> theirs = words_of(text::match_key(entry));
  const std::string all_mine = joined(mine);
  if (all_mine == joined(theirs)) return true;
  if (!directory::plainly_spelled(shown)) return true;
  if (joined(words_of(text::fold(shown))) != joined(words_of(text::fold(entry)))) return true;  // l for I, rn for m
  if (bare(all_mine)) return true;
  if (mine.size() != theirs.size()) return false;
  std::size_t kept = 0, stripped = 0;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    if (mine[i] == theirs[i]) {
      if (!bare(mine[i])) ++kept;
    } else if (bare(mine[i])) {
      ++stripped;
    } else {
      return false;
    }
  }
  return stripped > kept;
}

std::shared_ptr<const Names::Table> Names::make(const directory::Directory& directory, std::uint64_t generation) {
  auto table = std::make_shared<Table>();
  table->generation = generation;
  const auto add = [&](const std::string& name, Named::Kind kind, const std::string& id) {
    if (std::string key = directory::skeleton(name); !key.empty())
      table->by_skeleton.emplace(std::move(key), Named{kind, id, name});
  };
  std::set<std::pair<std::string, std::string>> posts;
  for (const directory::Person& person : directory.people()) {
    add(person.name, Named::Kind::person, person.id);
    for (const directory::Assignment& post : directory.assignments(person.id)) posts.emplace(post.position, post.unit);
  }
  for (const auto& [position, unit] : posts) add(position, Named::Kind::position, unit);
  for (const directory::Unit& unit : directory.units()) {
    add(unit.name, Named::Kind::unit, unit.id);
    if (unit.short_name != unit.name) add(unit.short_name, Named::Kind::unit, unit.id);
  }
  return table;
}

std::vector<Named> Names::called(const directory::Directory& directory, std::string_view name) {
  const std::uint64_t generation = directory.generation();
  std::shared_ptr<const Table> table;
  {
    const std::lock_guard lock(mutex_);
    if (!table_ || table_->generation != generation) table_ = make(directory, generation);
    table = table_;
  }
  const auto [first, last] = table->by_skeleton.equal_range(directory::skeleton(name));
  std::vector<Named> entries;
  for (auto at = first; at != last && entries.size() < limits::named_entries; ++at) entries.push_back(at->second);
  return entries;
}

}  // namespace vanthu::addressing
