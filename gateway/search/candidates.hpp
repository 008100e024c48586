// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <xapian.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gateway/search/matching.hpp"
#include "gateway/search/phrase_finder.hpp"

/// Which records of a stretch have its phrases, before anything is ranked: what does not have them is most of it.
namespace vanthu::search {

/// Whether records have the phrases, as far as that stands in their sequences: cheapest by their rising numbers. One
/// thread.
class Judge {
 public:
  /// @param stretch  outlives it
  explicit Judge(const Stretch& stretch);
  bool fits(std::uint64_t record, PhraseFinder::Look look);
  /// All of the stretch that do, rising.
  std::vector<std::uint64_t> all(PhraseFinder::Look look);

 private:
  /// One of these.
  struct Any {
    std::vector<PhraseFinder> phrases;
    std::vector<bool> having;  ///< one of some terms, of the stretch's records; empty: there are no terms
  };
  const Stretch& stretch_;
  std::vector<Any> decisions_;
};

/// Records of a stretch, rising.
struct Candidates {
  std::vector<std::uint64_t> records;
  bool fit = true;  ///< all of them fit the query and have the phrases; else they may, and all that do are among them;
                    ///< within a scope they fit the query for certain
};
/// @param wants_all  they are looked into, however many they are
Candidates candidates_of(const Stretch& stretch, Judge& judge, bool wants_all);

/// Those of some candidates, rising, that fit a stretch's query and have its phrases.
std::vector<std::uint64_t> fitting(const Stretch& stretch, Judge& judge, std::span<const std::uint64_t> records);

}  // namespace vanthu::search
