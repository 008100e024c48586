// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <xapian.h>

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/search/index.hpp"

namespace vanthu::search {

/// Counts what the records that fit have in common. All facets of a record stand in one value (FORMAT.md), so that one
/// look at each record is enough; few values differ.
class FacetSpy final : public Xapian::MatchSpy {
 public:
  void operator()(const Xapian::Document& document, double weight) override;
  /// By facet its values, the most frequent first; beyond limits::facet_values the rest as one value "…".
  std::map<std::string, std::vector<FacetValue>> facets() const;

 private:
  std::unordered_map<std::string, std::uint64_t> counted_;
};

}  // namespace vanthu::search
