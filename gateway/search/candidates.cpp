// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/candidates.hpp"

#include <algorithm>

#include "gateway/search/limits.hpp"
#include "gateway/search/terms.hpp"

namespace vanthu::search {
namespace {

/// Whether so many records fit a query that to find them costs more than to look at all.
bool is_common(const Stretch& stretch) {
  Xapian::Enquire enquire(stretch.database);
  enquire.set_weighting_scheme(Xapian::BoolWeight());
  enquire.set_query(stretch.query);
  const Xapian::doccount none = 0;
  return enquire.get_mset(none, none, none).get_matches_estimated() >
         stretch.database.get_doccount() / limits::common_share;
}

}  // namespace

Judge::Judge(const Stretch& stretch)
    : stretch_(stretch),
      at_(stretch.database.valuestream_begin(slot::sequence)),
      end_(stretch.database.valuestream_end(slot::sequence)) {
  for (const Decision& decision : stretch.decisions) {
    finders_.emplace_back();
    for (const Phrase& phrase : decision.any) finders_.back().emplace_back(phrase, decision.sequences);
  }
}

bool Judge::fits(Xapian::docid record) {
  return at_ != end_ && at_.check(record) && at_ != end_ && at_.get_docid() == record && all(&PhraseFinder::stands);
}

std::vector<std::uint64_t> Judge::candidates() {
  std::vector<std::uint64_t> records;
  if (at_ == end_) return records;
  for (at_.skip_to(stretch_.first); at_ != end_ && at_.get_docid() <= stretch_.last; ++at_)
    if (all(&PhraseFinder::may_stand)) records.push_back(at_.get_docid());
  return records;
}

bool Judge::all(bool (PhraseFinder::*met)(const std::string& place)) {
  const std::string place = *at_;
  return std::all_of(finders_.begin(), finders_.end(), [&](std::vector<PhraseFinder>& any) {
    return std::any_of(any.begin(), any.end(), [&](PhraseFinder& finder) { return (finder.*met)(place); });
  });
}

std::vector<std::uint64_t> with_phrases(const Stretch& stretch, std::span<const std::uint64_t> records) {
  Judge judge(stretch);
  std::vector<std::uint64_t> having;
  for (const std::uint64_t record : records)
    if (judge.fits(static_cast<Xapian::docid>(record))) having.push_back(record);
  return having;
}

Candidates candidates_of(const Stretch& stretch, bool wants_all) {
  Candidates found;
  if (is_common(stretch)) {
    found.records = Judge(stretch).candidates();
    found.have_phrases = wants_all || found.records.size() <= stretch.looked_through;
    if (found.have_phrases) found.records = with_phrases(stretch, found.records);
    return found;
  }
  Judge judge(stretch);
  Xapian::Enquire enquire(stretch.database);
  enquire.set_weighting_scheme(Xapian::BoolWeight());
  enquire.set_query(if_met(between_numbers(stretch.query, stretch.first, stretch.last), [&](Xapian::docid record) {
    if (judge.fits(record)) found.records.push_back(record);
    return false;  // nothing is to be ranked
  }));
  enquire.get_mset(0, 1, stretch.database.get_doccount());
  return found;
}

}  // namespace vanthu::search
