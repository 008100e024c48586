// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/facets.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "gateway/search/limits.hpp"
#include "gateway/search/terms.hpp"

namespace vanthu::search {
namespace {

constexpr std::array<const char*, 6> names{"direction", "kind", "year", "secrecy", "attachment", "unit"};
constexpr std::size_t units_at = 5;
// Behind these, where there are any: units that have it by blind copies alone, and what says who is told of them
constexpr std::size_t class_at = 6, sender_at = 7, blind_at = 8, pieces_with_blind = 9;

std::vector<std::string_view> split(std::string_view text, char between) {
  std::vector<std::string_view> pieces;
  for (;; text.remove_prefix(text.find(between) + 1)) {
    pieces.push_back(text.substr(0, text.find(between)));
    if (text.find(between) == std::string_view::npos) return pieces;
  }
}

/// Units of a value of slot::facets that the scope does not tell of.
std::set<std::string> untold_of(const std::vector<std::string_view>& pieces, const Scope& scope) {
  if (pieces.size() != pieces_with_blind) return {};
  archive::BlindUnits blind{std::string(pieces[sender_at]), {}};
  for (const std::string_view unit : split(pieces[blind_at], ';')) blind.units.emplace_back(unit);
  const auto hidden =
      archive::untold(blind, [&](const std::string& unit) { return scope.keeps(pieces[class_at], unit); });
  return {hidden.begin(), hidden.end()};
}

std::vector<FacetValue> sorted(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<FacetValue> values;
  for (const auto& [value, records] : counts) values.push_back({value, records});
  std::stable_sort(values.begin(), values.end(),
                   [](const FacetValue& a, const FacetValue& b) { return a.records > b.records; });
  if (values.size() <= limits::facet_values) return values;
  FacetValue rest{"…", 0};
  for (std::size_t i = limits::facet_values; i < values.size(); ++i) rest.records += values[i].records;
  values.resize(limits::facet_values);
  values.push_back(std::move(rest));
  return values;
}
}  // namespace

FacetTable::Snapshot FacetTable::of(const Xapian::Database& database, std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_ || !now_.values_) {
    generation_ = generation;
    now_ = {};
    now_.values_ = std::make_shared<const std::vector<std::string>>(1);
    which_.clear();
  }
  try {
    read(database);
  } catch (...) {
    now_.values_.reset();  // half of it may have been read: all is, the next time
    throw;
  }
  return now_;
}

void FacetTable::read(const Xapian::Database& database) {
  if (database.get_lastdocid() <= now_.which_.last()) return;
  // Others may be reading what was handed out: the list is copied, not altered.
  auto values = std::make_shared<std::vector<std::string>>(*now_.values_);
  now_.which_.read(database, slot::facets, [&](const std::string& value) {
    const auto [found, is_new] = which_.try_emplace(value, static_cast<std::uint32_t>(values->size()));
    if (is_new) values->push_back(found->first);
    return found->second;
  });
  now_.values_ = std::move(values);
}

void FacetSpy::operator()(const Xapian::Document& document, double) { ++counted_[table_.of(document.get_docid())]; }

void FacetSpy::add(const FacetSpy& other) {
  std::transform(counted_.begin(), counted_.end(), other.counted_.begin(), counted_.begin(), std::plus<>());
}

std::map<std::string, std::vector<FacetValue>> FacetSpy::facets(const Scope& scope) const {
  std::map<std::string, std::map<std::string, std::uint64_t>> counts;
  for (std::size_t which = 1; which < counted_.size(); ++which) {
    const std::uint64_t records = counted_[which];
    if (records == 0) continue;
    const std::vector<std::string_view> pieces = split(table_.value(which), '\t');
    if (pieces.size() != names.size() && pieces.size() != pieces_with_blind) continue;
    for (std::size_t i = 0; i < units_at; ++i)
      if (!pieces[i].empty()) counts[names[i]][std::string(pieces[i])] += records;
    if (pieces[units_at].empty()) continue;
    const std::set<std::string> hidden = untold_of(pieces, scope);
    for (const std::string_view unit : split(pieces[units_at], ';'))
      if (!hidden.contains(std::string(unit))) counts[names[units_at]][std::string(unit)] += records;
  }
  std::map<std::string, std::vector<FacetValue>> facets;
  for (const char* name : names) facets[name] = sorted(counts[name]);
  return facets;
}

}  // namespace vanthu::search
