// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/registers/rules.hpp"

#include <toml++/toml.h>

#include <algorithm>

#include "gateway/registers/limits.hpp"

namespace vanthu::registers {
namespace {

Error wrong(const toml::node& node, const std::string& what) {
  return fail(status::bad_arguments, "line " + std::to_string(node.source().begin.line) + ": " + what);
}

Result<std::vector<std::string>> texts(const std::string& key, const toml::node& node) {
  std::vector<std::string> list;
  const toml::array* array = node.as_array();
  if (array == nullptr) return wrong(node, key + " wants a list of texts");
  for (const toml::node& item : *array) {
    const auto text = item.value_exact<std::string>();
    if (!text || text->empty()) return wrong(item, key + " wants a list of texts");
    list.push_back(*text);
  }
  return list;
}

Result<Date> date(const std::string& key, const toml::node& node) {
  const auto day = node.value_exact<toml::date>();
  if (!day) return wrong(node, key + " wants a day as 2026-01-01, without quotes");
  const Date value{std::chrono::year(day->year), std::chrono::month(day->month), std::chrono::day(day->day)};
  if (!value.ok()) return wrong(node, key + ": no such day");
  return value;
}

template <class Value>
struct Named {
  std::string_view word;
  Value value;
};
constexpr std::array<Named<Span>, 3> spans{{{"none", Span::none}, {"term", Span::term}, {"year", Span::year}}};
constexpr std::array<Named<Series>, 2> kinds{{{"symbol", Series::symbol}, {"all", Series::all}}};

template <class Table, class Value>
Result<Done> one_of(const Table& table, const std::string& key, const toml::node& node, std::optional<Value>& into) {
  const auto text = node.value_exact<std::string>();
  std::string known;
  for (const auto& row : table) {
    if (text && row.word == *text) {
      into = row.value;
      return done;
    }
    known += (known.empty() ? "" : ", ") + std::string(row.word);
  }
  return wrong(node, key + " wants one of: " + known);
}
}  // namespace

Result<Rules> Rules::parse(std::string_view text) {
  if (text.size() > limits::rules_octets)
    return fail(status::bad_arguments, "more than " + std::to_string(limits::rules_octets) + " octets of rules");
  try {
    const toml::table whole = toml::parse(text);
    Rules rules;
    for (const auto& [name, node] : whole)
      if (name.str() != "rule") return wrong(node, "unknown key " + std::string(name.str()) + "; there is [[rule]]");
    const toml::node* list = whole.get("rule");
    if (list == nullptr) return rules;
    if (!list->is_array_of_tables()) return wrong(*list, "rule is written [[rule]]");
    if (list->as_array()->size() > limits::rules) return wrong(*list, "too many rules");
    for (const toml::node& item : *list->as_array()) {
      Rule rule;
      for (const auto& [name, node] : *item.as_table()) {
        const std::string key(name.str());
        Result<Done> read = done;
        if (key == "since" || key == "until") {
          const auto day = date(key, node);
          if (!day) return day.error();
          (key == "since" ? rule.since : rule.until) = *day;
        } else if (key == "units" || key == "issuers") {
          auto words = texts(key, node);
          if (!words) return words.error();
          (key == "units" ? rule.units : rule.issuers) = *std::move(words);
        } else if (key == "out") {
          read = one_of(spans, key, node, rule.out);
        } else if (key == "in") {
          read = one_of(spans, key, node, rule.in);
        } else if (key == "series") {
          read = one_of(kinds, key, node, rule.series);
        } else {
          return wrong(node, "unknown key " + key + "; there are since, until, units, out, in, series, issuers");
        }
        if (!read) return read.error();
      }
      rules.rules_.push_back(std::move(rule));
    }
    return rules;
  } catch (const toml::parse_error& error) {
    return fail(status::bad_arguments,
                "line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
  }
}

Keeping Rules::of(std::string_view unit, Date day) const {
  Keeping keeping;
  for (const Rule& rule : rules_) {
    if ((rule.since && day < *rule.since) || (rule.until && *rule.until < day)) continue;
    if (!rule.units.empty() && std::find(rule.units.begin(), rule.units.end(), unit) == rule.units.end()) continue;
    if (rule.out) keeping.out = *rule.out;
    if (rule.in) keeping.in = *rule.in;
    if (rule.series) keeping.series = *rule.series;
    if (!rule.issuers.empty()) keeping.issuers = rule.issuers;
  }
  return keeping;
}

}  // namespace vanthu::registers
