// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/facets.hpp"

#include <algorithm>
#include <array>

#include "gateway/search/limits.hpp"
#include "gateway/search/terms.hpp"

namespace vanthu::search {
namespace {

constexpr std::array<const char*, 6> names{"direction", "kind", "year", "secrecy", "attachment", "unit"};
constexpr std::size_t units_at = 5;

std::vector<std::string_view> split(std::string_view text, char between) {
  std::vector<std::string_view> pieces;
  for (;; text.remove_prefix(text.find(between) + 1)) {
    pieces.push_back(text.substr(0, text.find(between)));
    if (text.find(between) == std::string_view::npos) return pieces;
  }
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

void FacetSpy::operator()(const Xapian::Document& document, double) { ++counted_[document.get_value(slot::facets)]; }

std::map<std::string, std::vector<FacetValue>> FacetSpy::facets() const {
  std::map<std::string, std::map<std::string, std::uint64_t>> counts;
  for (const auto& [value, records] : counted_) {
    const std::vector<std::string_view> pieces = split(value, '\t');
    if (pieces.size() != names.size()) continue;
    for (std::size_t i = 0; i < units_at; ++i)
      if (!pieces[i].empty()) counts[names[i]][std::string(pieces[i])] += records;
    if (pieces[units_at].empty()) continue;
    for (const std::string_view unit : split(pieces[units_at], ';'))
      counts[names[units_at]][std::string(unit)] += records;
  }
  std::map<std::string, std::vector<FacetValue>> facets;
  for (const char* name : names) facets[name] = sorted(counts[name]);
  return facets;
}

}  // namespace vanthu::search
