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

/// Whether records have the phrases, as far as that stands in their sequences. They are asked for by their rising
/// numbers. One thread.
class Judge {
 public:
  /// @param stretch  outlives it
  explicit Judge(const Stretch& stretch);
  bool fits(Xapian::docid record);
  /// All of the stretch that may, by the pairs of their words.
  std::vector<std::uint64_t> candidates();

 private:
  bool all(bool (PhraseFinder::*met)(const std::string& place));
  const Stretch& stretch_;
  Xapian::ValueIterator at_, end_;
  std::vector<std::vector<PhraseFinder>> finders_;  // of each decision
};

/// Records of a stretch, rising: all that have the phrases and the words, and perhaps others.
struct Candidates {
  std::vector<std::uint64_t> records;
  bool have_phrases = true;  ///< else they may
};
/// @param wants_all  they are looked into, however many they are
Candidates candidates_of(const Stretch& stretch, bool wants_all);

/// Those of some records, rising, that have the phrases.
std::vector<std::uint64_t> with_phrases(const Stretch& stretch, std::span<const std::uint64_t> records);

}  // namespace vanthu::search
