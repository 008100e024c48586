// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "filters/policy/words.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/base/nearest.hpp"
#include "gateway/base/text.hpp"

/// How the sections of policy.toml are read: a table of keys for each, every fault with its line.
namespace vanthu::filters::reading {

inline std::string nearest_of(std::string_view wrong, std::span<const std::string_view> known) {
  return std::string(nearest(known, wrong.substr(0, 64)));  // what somebody wrote may be long, and the search is square
}

/// Whose a mailbox is.
inline constexpr auto mailbox_kinds =
    std::to_array<std::string_view>({"unit", "position", "person", "role", "system", "outside"});

/// Everything that is wrong, so that one reading of the file tells it all.
class Faults {
 public:
  explicit Faults(std::string name) : name_(std::move(name)) {}
  void add(std::size_t line, const std::string& what) { found_.emplace_back(line, what); }
  void add(const toml::source_region& where, const std::string& what) { add(where.begin.line, what); }
  bool none() const { return found_.empty(); }
  std::string list() {
    std::stable_sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string all;
    for (const auto& [line, what] : found_) {
      if (!all.empty()) all += '\n';
      all += name_ + ':' + std::to_string(line) + ": " + what;
    }
    return all;
  }

 private:
  std::string name_;
  std::vector<std::pair<std::size_t, std::string>> found_;
};

inline std::string in_quotes(std::string_view text) { return "'" + shown(text, 64) + "'"; }

/// A row of a section's table: the key, and how its value reaches the target.
template <class Target>
struct Key {
  std::string_view name;
  void (*read)(Faults&, const toml::node&, Target&);
};

inline void read_text(Faults& faults, const toml::node& node, std::string& into) {
  if (const auto* text = node.as_string())
    into = text::nfc(text->get());
  else
    faults.add(node.source(), "wants a text in quotes");
}

inline void read_list(Faults& faults, const toml::node& node, std::vector<std::string>& into) {
  const auto take = [&](const toml::node& item) {
    std::string value;
    read_text(faults, item, value);
    if (value.empty() && item.is_string()) faults.add(item.source(), "an empty text fits nothing");
    into.push_back(std::move(value));
  };
  if (const toml::array* array = node.as_array()) {
    if (array->empty()) faults.add(node.source(), "an empty list fits nothing; leave the key out");
    for (const toml::node& item : *array) take(item);
  } else {
    take(node);
  }
}

inline bool check_word(Faults& faults, const toml::source_region& where, std::string_view word,
                       std::span<const std::string_view> known) {
  if (std::find(known.begin(), known.end(), word) != known.end()) return true;
  std::string all;
  for (const std::string_view one : known) all += (all.empty() ? "" : ", ") + std::string(one);
  faults.add(where, "unknown value " + in_quotes(word) + "; the nearest known one is '" + nearest_of(word, known) +
                        "' (of: " + all + ")");
  return false;
}

template <auto Field, class Target>
void text(Faults& faults, const toml::node& node, Target& target) {
  read_text(faults, node, target.*Field);
}
template <auto Field, class Target>
void list(Faults& faults, const toml::node& node, Target& target) {
  read_list(faults, node, target.*Field);
}
template <auto Field, const auto& Known, class Target>
void words(Faults& faults, const toml::node& node, Target& target) {
  read_list(faults, node, target.*Field);
  for (const std::string& word : target.*Field)
    if (!word.empty()) check_word(faults, node.source(), word, Known);
}
template <auto Field, class Target>
void yes_no(Faults& faults, const toml::node& node, Target& target) {
  if (const auto* value = node.as_boolean())
    target.*Field = value->get();
  else
    faults.add(node.source(), "wants true or false");
}
template <auto Field, class Target>
void number(Faults& faults, const toml::node& node, Target& target) {
  const auto* value = node.as_integer();
  if (value != nullptr && value->get() >= 0)
    target.*Field = static_cast<std::uint64_t>(value->get());
  else
    faults.add(node.source(), "wants a whole number from 0");
}
template <auto Field, class Target>
void lower_list(Faults& faults, const toml::node& node, Target& target) {
  read_list(faults, node, target.*Field);
  for (std::string& item : target.*Field) item = text::ascii_lower(item);
}

inline std::optional<Date> read_day(Faults& faults, const toml::node& node) {
  std::string text;
  if (const auto* day = node.as_date()) {
    const Date date{std::chrono::year{day->get().year}, std::chrono::month{day->get().month},
                    std::chrono::day{day->get().day}};
    if (date.ok()) return date;
  } else if (const auto* words = node.as_string()) {
    if (const auto date = parse_date(words->get())) return *date;
  }
  faults.add(node.source(), "wants a day as 2026-11-24");
  return std::nullopt;
}
template <class Target>
void valid_from(Faults& faults, const toml::node& node, Target& target) {
  target.valid.from = read_day(faults, node);
}
template <class Target>
void valid_to(Faults& faults, const toml::node& node, Target& target) {
  target.valid.to = read_day(faults, node);
}
template <class Target>
void check_validity(Faults& faults, const toml::source_region& where, const Target& target) {
  if (target.valid.from && target.valid.to && *target.valid.to < *target.valid.from)
    faults.add(where, "valid_to is before valid_from");
}

inline bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  });
}
template <auto Field, class Target>
void name(Faults& faults, const toml::node& node, Target& target) {
  read_text(faults, node, target.*Field);
  if (node.is_string() && !is_name(target.*Field))
    faults.add(node.source(), "wants 1 to 64 letters, digits, '.', '-' or '_', not " + in_quotes(target.*Field));
}

/// Reads the keys of `table` by `rows`; a key that is in none is a fault that names the nearest of rows and `others`.
/// @return keys that stand in `others`, left to the caller
template <class Target, std::size_t N>
void read_keys(Faults& faults, const toml::table& table, const std::array<Key<Target>, N>& rows, Target& target,
               std::span<const std::string_view> others = {}) {
  for (const auto& [key, node] : table) {
    const std::string_view called = key.str();
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.name == called; });
    if (row != rows.end()) {
      row->read(faults, node, target);
      continue;
    }
    if (std::find(others.begin(), others.end(), called) != others.end()) continue;
    std::vector<std::string_view> known(others.begin(), others.end());
    for (const auto& r : rows) known.push_back(r.name);
    faults.add(key.source(),
               "unknown key " + in_quotes(called) + "; the nearest known one is '" + nearest_of(called, known) + "'");
  }
}

/// A section whose keys are those of one struct.
template <auto Field, const auto& Keys, class Target>
void section(Faults& faults, const toml::node& node, Target& target) {
  if (const toml::table* table = node.as_table())
    read_keys(faults, *table, Keys, target.*Field);
  else
    faults.add(node.source(), "wants a section of its own");
}

}  // namespace vanthu::filters::reading
