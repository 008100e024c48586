// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/difference.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>

#include "filters/policy/words.hpp"

namespace vanthu::filters {
namespace {

/// What stands in a list of tables goes by the key that names it.
struct Kind {
  std::string_view path;
  std::string_view name;
  bool ordered;  ///< the first that fits counts
};
constexpr auto kinds = std::to_array<Kind>({
    {"rule", "id", true},
    {"test", "name", false},
    {"addressing.rule", "id", true},
    {"addressing.external", "name", true},
    {"addressing.leader", "title", false},
    {"addressing.recipients.class", "name", true},
    {"official.class", "record_class", true},
    {"mailboxes.rule", "id", true},
    {"labels.level", "id", false},
    {"labels.map", "value", false},
    {"labels.recipient", "level", false},
});

using Values = std::map<std::string, std::string>;

struct Item {
  std::string kind, name;  ///< a single value: its path, and no name
  bool ordered = false;
  Values values;
  std::string what() const { return name.empty() ? kind : kind + ' ' + name; }
};

std::string written(const toml::node& node) {
  if (const toml::array* array = node.as_array()) {
    if (array->size() == 1) return written(*array->get(0));  // a list of one means the same
    std::string all;
    for (const toml::node& item : *array) all += (all.empty() ? "" : ", ") + written(item);
    return '[' + all + ']';
  }
  if (const auto* text = node.as_string()) return '"' + text->get() + '"';
  std::ostringstream out;
  if (const toml::table* table = node.as_table())
    out << toml::toml_formatter(*table, toml::toml_formatter::default_flags);
  else
    node.visit([&](const auto& value) { out << value; });
  std::string text = out.str();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

void flatten(const toml::table& table, const std::string& path, Values& into) {
  for (const auto& [key, node] : table) {
    const std::string name = path + (path.empty() ? "" : ".") + std::string(key.str());
    if (const toml::table* below = node.as_table())
      flatten(*below, name, into);
    else
      into[name] = written(node);
  }
}

void read(const toml::table& table, const std::string& path, std::vector<Item>& items) {
  for (const auto& [key, node] : table) {
    const std::string name = path + (path.empty() ? "" : ".") + std::string(key.str());
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& one) { return one.path == name; });
    if (kind != kinds.end() && node.is_array()) {
      std::map<std::string, int> seen;
      for (const toml::node& one : *node.as_array()) {
        const toml::table* row = one.as_table();
        if (row == nullptr) continue;
        Item item{name, "", kind->ordered, {}};
        flatten(*row, "", item.values);
        if (const toml::node* named = row->get(kind->name))
          item.name = named->is_string() ? named->as_string()->get() : written(*named);
        if (const int times = ++seen[item.name]; times > 1) item.name += " (" + std::to_string(times) + ")";
        items.push_back(std::move(item));
      }
    } else if (const toml::table* below = node.as_table()) {
      read(*below, name, items);
    } else {
      items.push_back({name, "", false, {{"", written(node)}}});
    }
  }
}

/// Which of `places` (each once) stay where they are when as few as possible move: their longest rising run.
std::set<std::size_t> resting(const std::vector<std::size_t>& places) {
  std::vector<std::size_t> length(places.size(), 1), previous(places.size(), places.size());
  std::size_t best = places.size();
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      if (places[j] < places[i] && length[j] + 1 > length[i]) {
        length[i] = length[j] + 1;
        previous[i] = j;
      }
    if (best == places.size() || length[i] > length[best]) best = i;
  }
  std::set<std::size_t> stay;
  for (; best < places.size(); best = previous[best]) stay.insert(best);
  return stay;
}

Result<std::vector<Item>> items_of(std::string_view text) {
  try {
    std::vector<Item> items;
    read(toml::parse(text), "", items);
    return items;
  } catch (const toml::parse_error& error) {
    return fail(status::bad_configuration,
                "line " + std::to_string(error.source().begin.line) + ": " + shown(error.description(), 300));
  }
}

void find_moved(const std::vector<Item>& old, const std::vector<Item>& now, std::vector<Difference>& found) {
  std::set<std::string> kinds_seen;
  for (const Item& item : now)
    if (item.ordered) kinds_seen.insert(item.kind);
  for (const std::string& kind : kinds_seen) {
    std::vector<std::string> before;
    for (const Item& item : old)
      if (item.kind == kind) before.push_back(item.name);
    std::vector<std::size_t> places;
    std::vector<const Item*> both;
    std::vector<std::string> above;  // whom each of `both` follows
    std::string last;
    for (const Item& item : now) {
      if (item.kind != kind) continue;
      const auto at = std::find(before.begin(), before.end(), item.name);
      if (at != before.end()) {
        places.push_back(static_cast<std::size_t>(at - before.begin()));
        both.push_back(&item);
        above.push_back(last);
      }
      last = item.name;
    }
    const std::set<std::size_t> stay = resting(places);
    for (std::size_t i = 0; i < both.size(); ++i)
      if (!stay.contains(i))
        found.push_back(
            {Difference::Kind::moved, both[i]->what(), {}, above[i].empty() ? "first" : "after " + above[i]});
  }
}
}  // namespace

Result<std::vector<Difference>> differences(std::string_view before, std::string_view after) {
  const auto old = items_of(before);
  if (!old) return old.error();
  const auto now = items_of(after);
  if (!now) return now.error();
  const auto find = [](const std::vector<Item>& items, const Item& wanted) {
    return std::find_if(items.begin(), items.end(),
                        [&](const Item& one) { return one.kind == wanted.kind && one.name == wanted.name; });
  };
  std::vector<Difference> found;
  for (const Item& item : *old) {
    if (find(*now, item) != now->end()) continue;
    Difference gone{Difference::Kind::removed, item.what(), {}, ""};
    for (const auto& [key, value] : item.values) gone.values.push_back({key, value, ""});
    found.push_back(std::move(gone));
  }
  for (const Item& item : *now) {
    const auto known = find(*old, item);
    if (known == old->end()) {
      Difference made{Difference::Kind::added, item.what(), {}, ""};
      for (const auto& [key, value] : item.values) made.values.push_back({key, "", value});
      found.push_back(std::move(made));
      continue;
    }
    Difference changed{Difference::Kind::changed, item.what(), {}, ""};
    for (const auto& [key, value] : known->values)
      if (const auto other = item.values.find(key); other == item.values.end() || other->second != value)
        changed.values.push_back({key, value, other == item.values.end() ? "" : other->second});
    for (const auto& [key, value] : item.values)
      if (!known->values.contains(key)) changed.values.push_back({key, "", value});
    if (!changed.values.empty()) found.push_back(std::move(changed));
  }
  find_moved(*old, *now, found);
  return found;
}

}  // namespace vanthu::filters
