// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <xapian.h>

#include <cstdint>
#include <vector>

#include "gateway/search/facets.hpp"
#include "gateway/search/limits.hpp"
#include "gateway/search/place_table.hpp"
#include "gateway/search/sources.hpp"

/// A query and the records that fit it best, matched by all processors: each takes a stretch of the record numbers.
namespace vanthu::search {

/// What one thread is asked. Query and phrases are made for it alone: Xapian counts the references to the parts of a
/// query without regard to other threads.
struct Stretch {
  Xapian::Database database;
  Xapian::Query query;
  std::vector<Decision> decisions;  ///< of the records that fit it, all must say yes
  Xapian::docid first = 1, last = 0;
  /// The query has a scope: what is outside is not for everybody to know, and Xapian's estimates are made of how often
  /// terms are in the whole index. All that fit are looked at, one by one, but for phrases, where estimates are our
  /// own.
  bool scoped = false;
  /// Where more records than these may have a phrase, it is looked for in those alone that are near enough to be shown,
  /// and in as many as are counted.
  std::size_t looked_through = limits::looked_through;
  PlaceTable::Snapshot places{};  ///< of the database, where there are decisions
};

struct Match {
  std::uint64_t number = 0;
  double weight = 0;
  std::size_t stretch = 0;
};
struct Matches {
  std::vector<Match> best;    ///< the best first, the newest first among equals
  std::uint64_t records = 0;  ///< that fit
  bool exact = false;         ///< else an estimate
  std::uint64_t least = 0;    ///< so many for certain
};

/// @param ranked  else the newest first
/// @param most  how many of the best
/// @param counted  facets over all that fit, which are looked at one by one; null: none
/// @throws Xapian::Error
Matches best_of(const std::vector<Stretch>& stretches, bool ranked, std::size_t most, FacetSpy* counted);

}  // namespace vanthu::search
