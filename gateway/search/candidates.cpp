// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/candidates.hpp"

#include <algorithm>
#include <utility>

#include "gateway/search/limits.hpp"
#include "gateway/search/terms.hpp"

namespace vanthu::search {
namespace {
using Look = PhraseFinder::Look;

/// Whether so many records fit a query that to find them costs more than to look at all.
bool is_common(const Stretch& stretch) {
  Xapian::Enquire enquire(stretch.database);
  enquire.set_weighting_scheme(Xapian::BoolWeight());
  enquire.set_query(stretch.query);
  const Xapian::doccount none = 0;
  return enquire.get_mset(none, none, none).get_matches_estimated() >
         stretch.database.get_doccount() / limits::common_share;
}

/// Writes down what fits all of a query, rising. What one source of it is asked about may not fit the others.
class Fitting final : public Xapian::MatchSpy {
 public:
  void operator()(const Xapian::Document& document, double) override { records.push_back(document.get_docid()); }
  std::vector<std::uint64_t> records;
};

std::vector<std::uint64_t> all_of(const Stretch& stretch, const Xapian::Query& query) {
  Fitting fitting;
  Xapian::Enquire enquire(stretch.database);
  enquire.set_weighting_scheme(Xapian::BoolWeight());
  enquire.set_query(query);
  enquire.add_matchspy(&fitting);
  enquire.get_mset(0, 1, stretch.database.get_doccount());
  return std::move(fitting.records);
}

std::vector<std::uint64_t> fitting_query(const Stretch& stretch, std::vector<std::uint64_t> records) {
  return all_of(stretch, among(stretch.query, std::move(records)));
}

}  // namespace

Judge::Judge(const Stretch& stretch)
    : stretch_(stretch),
      at_(stretch.database.valuestream_begin(slot::sequence)),
      end_(stretch.database.valuestream_end(slot::sequence)) {
  for (const Decision& decision : stretch.decisions) {
    Any& any = decisions_.emplace_back();
    for (const Phrase& phrase : decision.phrases) any.phrases.emplace_back(phrase, decision.sequences);
    for (const std::string& term : decision.terms) any.terms.push_back(stretch.database.postlist_begin(term));
  }
}

bool Judge::fits(Xapian::docid record, Look look) {
  return at_ != end_ && at_.check(record) && at_ != end_ && at_.get_docid() == record && fits_here(look);
}

std::vector<std::uint64_t> Judge::candidates() {
  std::vector<std::uint64_t> records;
  if (at_ == end_) return records;
  for (at_.skip_to(stretch_.first); at_ != end_ && at_.get_docid() <= stretch_.last; ++at_)
    if (fits_here(Look::pairs)) records.push_back(at_.get_docid());
  return records;
}

bool Judge::has(Any& any, const std::string& place, Look look) {
  const Xapian::docid record = at_.get_docid();
  const Xapian::PostingIterator end;
  for (Xapian::PostingIterator& posting : any.terms) {
    if (posting != end && *posting < record) posting.skip_to(record);
    if (posting != end && *posting == record) return true;
  }
  return std::any_of(any.phrases.begin(), any.phrases.end(),
                     [&](PhraseFinder& finder) { return finder.stands(place, look); });
}

bool Judge::fits_here(Look look) {
  const std::string place = *at_;
  return std::all_of(decisions_.begin(), decisions_.end(), [&](Any& any) { return has(any, place, look); });
}

std::vector<std::uint64_t> fitting(const Stretch& stretch, std::span<const std::uint64_t> records) {
  Judge judge(stretch);
  std::vector<std::uint64_t> having;
  for (const std::uint64_t record : records)
    if (judge.fits(static_cast<Xapian::docid>(record), Look::all)) having.push_back(record);
  // Within a scope candidates are those that fit the query.
  return stretch.scoped ? having : fitting_query(stretch, std::move(having));
}

Candidates candidates_of(const Stretch& stretch, bool wants_all) {
  Candidates found;
  Judge judge(stretch);
  if (!is_common(stretch)) {
    const auto met = [&](Xapian::docid record) { return judge.fits(record, Look::some); };
    found.records = all_of(stretch, if_met(stretch.query, stretch.first, stretch.last, met));
    return found;
  }
  found.records = judge.candidates();
  // How many others have is nobody's to know: nothing of an answer hangs on it.
  if (stretch.scoped) found.records = fitting_query(stretch, std::move(found.records));
  found.fit = wants_all || found.records.size() <= stretch.looked_through;
  if (found.fit) found.records = fitting(stretch, found.records);
  return found;
}

}  // namespace vanthu::search
