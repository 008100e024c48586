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

Judge::Judge(const Stretch& stretch) : stretch_(stretch) {
  for (const Decision& decision : stretch.decisions) {
    Any& any = decisions_.emplace_back();
    for (const Phrase& phrase : decision.phrases) any.phrases.emplace_back(phrase, decision.sequences);
    if (!decision.terms.empty()) any.having.resize(stretch.last - stretch.first + 1);
    for (const std::string& term : decision.terms) {
      auto record = stretch.database.postlist_begin(term);
      const auto end = stretch.database.postlist_end(term);
      if (record != end) record.skip_to(stretch.first);
      for (; record != end && *record <= stretch.last; ++record) any.having[*record - stretch.first] = true;
    }
  }
}

bool Judge::fits(std::uint64_t record, Look look) {
  const SequencePlace place = stretch_.places.of(record);
  return std::all_of(decisions_.begin(), decisions_.end(), [&](Any& any) {
    if (!any.having.empty() && any.having[record - stretch_.first]) return true;
    return std::any_of(any.phrases.begin(), any.phrases.end(),
                       [&](PhraseFinder& finder) { return finder.stands(place, look); });
  });
}

std::vector<std::uint64_t> Judge::all(Look look) {
  std::vector<std::uint64_t> records;
  for (std::uint64_t record = stretch_.first; record <= stretch_.last; ++record)
    if (fits(record, look)) records.push_back(record);
  return records;
}

std::vector<std::uint64_t> fitting(const Stretch& stretch, Judge& judge, std::span<const std::uint64_t> records) {
  std::vector<std::uint64_t> having;
  for (const std::uint64_t record : records)
    if (judge.fits(record, Look::all)) having.push_back(record);
  // Within a scope candidates are those that fit the query.
  return stretch.scoped ? having : fitting_query(stretch, std::move(having));
}

Candidates candidates_of(const Stretch& stretch, Judge& judge, bool wants_all) {
  Candidates found;
  if (!is_common(stretch)) {
    const auto met = [&](Xapian::docid record) { return judge.fits(record, Look::some); };
    found.records = all_of(stretch, if_met(stretch.query, stretch.first, stretch.last, met));
    return found;
  }
  if (wants_all && !stretch.scoped) {
    found.records = fitting_query(stretch, judge.all(Look::all));
    return found;
  }
  found.records = judge.all(Look::pairs);
  // How many others have is nobody's to know: nothing of an answer hangs on it.
  if (stretch.scoped) found.records = fitting_query(stretch, std::move(found.records));
  found.fit = wants_all || found.records.size() <= stretch.looked_through;
  if (found.fit) found.records = fitting(stretch, judge, found.records);
  return found;
}

}  // namespace vanthu::search
