// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/matching.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <system_error>
#include <thread>

#include "gateway/search/limits.hpp"
#include "gateway/search/terms.hpp"

namespace vanthu::search {
namespace {

/// Whether records have the phrases, as far as that stands in their sequences. They are asked for by their rising
/// numbers.
class Judge {
 public:
  explicit Judge(const Stretch& stretch)
      : stretch_(stretch),
        at_(stretch.database.valuestream_begin(slot::sequence)),
        end_(stretch.database.valuestream_end(slot::sequence)) {}

  bool fits(Xapian::docid record) {
    return at_ != end_ && at_.check(record) && at_ != end_ && at_.get_docid() == record && fits_here();
  }
  /// All of the stretch that do.
  std::vector<std::uint64_t> all() {
    std::vector<std::uint64_t> records;
    if (at_ == end_) return records;
    for (at_.skip_to(stretch_.first); at_ != end_ && at_.get_docid() <= stretch_.last; ++at_)
      if (fits_here()) records.push_back(at_.get_docid());
    return records;
  }

 private:
  bool fits_here() const {
    const std::string place = *at_;
    return std::all_of(stretch_.decisions.begin(), stretch_.decisions.end(), [&](const Decision& decision) {
      const Sequence sequence = decision.sequences->sequence(place);
      return std::any_of(decision.any.begin(), decision.any.end(),
                         [&](const Phrase& phrase) { return phrase.stands_in(sequence); });
    });
  }
  const Stretch& stretch_;
  Xapian::ValueIterator at_, end_;
};

/// Whether so many records fit a query that to find them costs more than to look at all.
bool is_common(const Stretch& stretch) {
  Xapian::Enquire enquire(stretch.database);
  enquire.set_weighting_scheme(Xapian::BoolWeight());
  enquire.set_query(stretch.query);
  const Xapian::doccount none = 0;
  return enquire.get_mset(none, none, none).get_matches_estimated() >
         stretch.database.get_doccount() / limits::common_share;
}

/// The records of a stretch that have the phrases, rising: all that have the words too, and where these are common
/// perhaps others. Nothing is ranked yet: what does not have the phrases is most of it.
std::vector<std::uint64_t> fitting(const Stretch& stretch) {
  Judge judge(stretch);
  if (is_common(stretch)) return judge.all();
  std::vector<std::uint64_t> records;
  Xapian::Enquire enquire(stretch.database);
  enquire.set_weighting_scheme(Xapian::BoolWeight());
  enquire.set_query(if_met(between_numbers(stretch.query, stretch.first, stretch.last), [&](Xapian::docid record) {
    if (judge.fits(record)) records.push_back(record);
    return false;  // nothing is to be ranked
  }));
  enquire.get_mset(0, 1, stretch.database.get_doccount());
  return records;
}

Matches part_of(const Stretch& stretch, std::size_t which, bool ranked, std::size_t most, FacetSpy* counted) {
  const bool decided = !stretch.decisions.empty();
  Xapian::Database database = stretch.database;
  const Xapian::doccount all = database.get_doccount();
  Xapian::Query query = between_numbers(stretch.query, stretch.first, stretch.last);
  if (decided) query = among(stretch.query, fitting(stretch));
  Xapian::Enquire enquire(database);
  if (!ranked) enquire.set_weighting_scheme(Xapian::BoolWeight());
  enquire.set_docid_order(Xapian::Enquire::DESCENDING);
  enquire.set_query(query);
  if (counted != nullptr) enquire.add_matchspy(counted);
  const auto wanted = static_cast<Xapian::doccount>(most);
  // Records that fit may still be outside of what is asked for: whether, is looked at last.
  const bool looks_at_all = counted != nullptr || decided || stretch.counts;
  const Xapian::doccount looked_at = std::max<Xapian::doccount>(wanted, limits::counted + 1);
  const Xapian::MSet set = enquire.get_mset(0, wanted, looks_at_all ? all : looked_at);
  Matches part;
  for (Xapian::MSetIterator hit = set.begin(); hit != set.end(); ++hit)
    part.best.push_back({*hit, hit.get_weight(), which});
  part.exact = set.get_matches_lower_bound() == set.get_matches_upper_bound();
  part.records = set.get_matches_estimated();
  if (part.exact || all == 0) return part;
  // An estimate knows nothing of stretches.
  const auto share =
      static_cast<double>(stretch.last - stretch.first + 1) / static_cast<double>(database.get_lastdocid());
  part.records = std::clamp(static_cast<Xapian::doccount>(static_cast<double>(part.records) * std::min(share, 1.0)),
                            set.get_matches_lower_bound(), set.get_matches_upper_bound());
  return part;
}

}  // namespace

Matches best_of(const std::vector<Stretch>& stretches, bool ranked, std::size_t most, FacetSpy* counted) {
  std::vector<Matches> parts(stretches.size());
  std::vector<std::exception_ptr> wrong(stretches.size());
  std::vector<std::unique_ptr<FacetSpy>> spies(stretches.size());
  if (counted != nullptr)
    for (auto& spy : spies) spy = counted->empty_one();
  const auto work = [&](std::size_t i) {
    try {
      parts[i] = part_of(stretches[i], i, ranked, most, spies[i].get());
    } catch (...) {
      wrong[i] = std::current_exception();
    }
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < stretches.size(); ++i) {
    try {
      others.emplace_back(work, i);
    } catch (const std::system_error&) {  // the machine has no thread left: it takes longer
      work(i);
    }
  }
  work(0);
  others.clear();  // waits for them
  for (const std::exception_ptr& one : wrong)
    if (one) std::rethrow_exception(one);
  Matches matches;
  matches.exact = true;
  for (const Matches& part : parts) {
    matches.best.insert(matches.best.end(), part.best.begin(), part.best.end());
    matches.records += part.records;
    matches.exact = matches.exact && part.exact;
  }
  std::sort(matches.best.begin(), matches.best.end(), [](const Match& a, const Match& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.number > b.number;
  });
  if (matches.best.size() > most) matches.best.resize(most);
  if (counted != nullptr)
    for (const auto& spy : spies) counted->add(*spy);
  return matches;
}

}  // namespace vanthu::search
