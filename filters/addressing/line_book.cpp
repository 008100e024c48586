// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/line_book.hpp"

#include <algorithm>
#include <set>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::addressing {
namespace {

// How sure a name is by what it is; how it was met takes some of it away (line_meaning.cpp).
constexpr double by_table = 1.0, by_name = 0.97, by_short_name = 0.95, by_symbol_only = 0.9;

/// All versions of a unit, newest first.
std::vector<directory::Unit> versions(const directory::Directory& directory, const directory::Unit& newest) {
  std::vector<directory::Unit> all{newest};
  for (std::size_t n = 0; n < limits::unit_versions && all.back().valid.from; ++n) {
    const Date before =
        std::chrono::year_month_day(std::chrono::sys_days(*all.back().valid.from) - std::chrono::days(1));
    auto older = directory.unit(newest.id, before);
    if (!older || older->valid.from == all.back().valid.from) break;
    all.push_back(*std::move(older));
  }
  return all;
}

std::string symbol_key(std::string_view symbol) { return text::match_key(symbol); }
}  // namespace

LineBook::LineBook(const directory::Directory& directory, const filters::RecipientLineRules& rules)
    : generation_(directory.generation()), abbreviations_(rules.abbreviations), groups_(directory.groups()) {
  for (const directory::RecipientLine& row : directory.recipient_lines()) {
    std::string line = row.line;
    while (!line.empty() && std::string_view(" ;.,:").find(line.back()) != std::string_view::npos) line.pop_back();
    // A purpose in brackets says nothing about who is meant.
    if (const std::size_t open = line.find(" ("); open != std::string::npos && line.ends_with(')')) line.resize(open);
    add({Entry::Kind::line, row.resolves_to, line, {}, by_table}, line);
  }
  for (const directory::Group& group : groups_)
    add({Entry::Kind::group, group.id, group.name, group.valid, by_name}, group.name);
  for (const directory::Unit& newest : directory.units())
    for (const directory::Unit& unit : versions(directory, newest)) {
      by_kind_[unit.kind].push_back({unit.id, unit.valid});
      add({Entry::Kind::unit, unit.id, unit.name, unit.valid, by_name}, unit.name);
      if (!unit.short_name.empty() && unit.short_name != unit.name)
        add({Entry::Kind::unit, unit.id, unit.name, unit.valid, by_short_name}, unit.short_name);
      if (unit.symbol.empty()) continue;
      add({Entry::Kind::unit, unit.id, unit.name, unit.valid, by_symbol_only}, unit.symbol);
      symbols_.emplace(symbol_key(unit.symbol), static_cast<std::uint32_t>(entries_.size() - 1));
    }
  for (const filters::RecipientLineRules::Class& rule : rules.classes) {
    Class made{&rule, {}};
    for (const std::string& line : rule.lines) {
      std::string_view text = line;
      Class::Pattern pattern;
      if (text.starts_with('*')) pattern.open_front = true, text.remove_prefix(1);
      if (text.ends_with('*')) pattern.open_end = true, text.remove_suffix(1);
      pattern.words = line_words(text, abbreviations_);
      made.patterns.push_back(std::move(pattern));
    }
    classes_.push_back(std::move(made));
  }
}

void LineBook::add(Entry entry, std::string_view name) {
  LineWords words = line_words(name, abbreviations_);
  if (words.strict.empty()) return;
  const auto at = static_cast<std::uint32_t>(entries_.size());
  strict_.emplace(words.strict, at);
  loose_.emplace(words.loose, at);
  bare_index_.emplace(words.bare, at);
  // Names of one word (a symbol) have no likeness to anything.
  const auto list = split_words(words.bare);
  if (list.size() > 1)
    for (const std::string_view word : std::set<std::string_view>(list.begin(), list.end()))
      by_word_[std::string(word)].push_back(at);
  entries_.push_back(std::move(entry));
  bare_.push_back(std::move(words.bare));
}

std::vector<const LineBook::Entry*> LineBook::find(Form form, const std::string& words) const {
  const Index& index = form == Form::strict ? strict_ : form == Form::loose ? loose_ : bare_index_;
  std::vector<const Entry*> found;
  const auto [first, last] = index.equal_range(words);
  for (auto row = first; row != last; ++row) found.push_back(&entries_[row->second]);
  return found;
}

std::vector<const LineBook::Entry*> LineBook::by_symbol(std::string_view symbol) const {
  std::vector<const Entry*> found;
  const auto [first, last] = symbols_.equal_range(symbol_key(symbol));
  for (auto row = first; row != last; ++row) found.push_back(&entries_[row->second]);
  return found;
}

const directory::Group* LineBook::group(std::string_view id) const {
  const auto row = std::find_if(groups_.begin(), groups_.end(), [&](const auto& group) { return group.id == id; });
  return row == groups_.end() ? nullptr : &*row;
}

std::vector<std::string> LineBook::units_of(const std::vector<std::string>& kinds, Date at) const {
  std::vector<std::string> ids;
  for (const std::string& kind : kinds)
    if (const auto row = by_kind_.find(kind); row != by_kind_.end())
      for (const OfKind& unit : row->second)
        if (unit.valid.covers(at)) ids.push_back(unit.id);
  return ids;
}

LineBook::Near LineBook::near(const std::string& bare, Date at) const {
  const auto words = split_words(bare);
  if (words.size() < 2) return {};
  // Who shares the rarest words is looked at; common ones ("uỷ", "ban") would name everybody.
  std::vector<const std::vector<std::uint32_t>*> postings;
  for (const std::string_view word : std::set<std::string_view>(words.begin(), words.end()))
    if (const auto row = by_word_.find(std::string(word)); row != by_word_.end()) postings.push_back(&row->second);
  std::sort(postings.begin(), postings.end(), [](const auto* a, const auto* b) { return a->size() < b->size(); });
  std::set<std::uint32_t> candidates;
  for (const auto* posting : postings)
    for (const std::uint32_t one : *posting) {
      if (candidates.size() >= limits::recipient_near) break;
      candidates.insert(one);
    }
  Near best;
  for (const std::uint32_t one : candidates) {
    const Entry& entry = entries_[one];
    if (!entry.valid.covers(at)) continue;
    const auto theirs = split_words(bare_[one]);
    std::multiset<std::string_view> left(theirs.begin(), theirs.end());
    std::size_t common = 0;
    for (const std::string_view word : words)
      if (const auto same = left.find(word); same != left.end()) {
        left.erase(same);
        ++common;
      }
    const double likeness = 2.0 * static_cast<double>(common) / static_cast<double>(words.size() + theirs.size());
    if (likeness > best.likeness) best = {&entry, likeness};
  }
  return best;
}

std::shared_ptr<const LineBook> LineBooks::book(const directory::Directory& directory,
                                                const filters::RecipientLineRules& rules) {
  const std::uint64_t generation = directory.generation();
  const std::lock_guard lock(mutex_);  // who comes meanwhile would only make the same book
  if (!book_ || book_->generation() != generation) book_ = std::make_shared<LineBook>(directory, rules);
  return book_;
}

}  // namespace vanthu::addressing
