// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/matching.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <numeric>
#include <span>
#include <system_error>
#include <thread>

#include "gateway/search/candidates.hpp"
#include "gateway/search/limits.hpp"

namespace vanthu::search {
namespace {

/// So many of a stretch were found from the newest on down to a record: how many that makes of all. Of what was asked
/// for alone it is made, and says nothing of other records.
std::uint64_t estimate(const Stretch& stretch, std::size_t counted, std::uint64_t down_to) {
  const auto numbers = static_cast<double>(stretch.last - stretch.first + 1),
             looked_through = static_cast<double>(stretch.last - down_to + 1);
  return static_cast<std::uint64_t>(static_cast<double>(counted) * numbers / looked_through);
}

/// What is asked of every thread.
struct Wanted {
  bool ranked = false;
  std::size_t most = 0;
  std::size_t counted = 0;  ///< records of a stretch that have the phrases
};

/// How many fit, told by those that were found.
/// @param newest_first  all there are, or more than are counted
void tell(Matches& part, const Stretch& stretch, const Wanted& wanted, std::span<const std::uint64_t> newest_first) {
  part.exact = newest_first.size() <= wanted.counted;
  part.least = part.exact ? newest_first.size() : wanted.counted + 1;
  part.records = part.exact ? part.least : estimate(stretch, wanted.counted + 1, newest_first[wanted.counted]);
}

/// Records that fit, the newest first, of those that may have the phrases: looked into until there are enough.
std::vector<std::uint64_t> newest_of(const Stretch& stretch, Judge& judge, std::span<const std::uint64_t> rest,
                                     std::size_t enough) {
  std::vector<std::uint64_t> newest;
  while (!rest.empty() && newest.size() < enough) {
    const std::size_t some = std::min(rest.size(), limits::looked_into_at_once);
    const std::vector<std::uint64_t> found = fitting(stretch, judge, rest.last(some));
    newest.insert(newest.end(), found.rbegin(), found.rend());
    rest = rest.first(rest.size() - some);
  }
  return newest;
}

/// Asks about those alone that come near enough to be shown.
class NearEnough final : public Xapian::MatchDecider {
 public:
  explicit NearEnough(Judge& judge) : judge_(judge) {}
  bool operator()(const Xapian::Document& document) const override {
    return judge_.fits(document.get_docid(), PhraseFinder::Look::some);
  }

 private:
  Judge& judge_;
};

/// The best of very many that may have the phrases.
Matches best_of_many(const Stretch& stretch, Judge& judge, std::size_t which, const Wanted& wanted,
                     std::vector<std::uint64_t> candidates) {
  std::vector<std::uint64_t> newest =
      newest_of(stretch, judge, candidates, std::max(wanted.ranked ? 0 : wanted.most, wanted.counted + 1));
  Matches part;
  tell(part, stretch, wanted, newest);
  if (!wanted.ranked) {
    newest.resize(std::min(newest.size(), wanted.most));
    for (const std::uint64_t record : newest) part.best.push_back({record, 0, which});
    part.records = std::max<std::uint64_t>(part.records, part.best.size());
    return part;
  }
  if (part.exact) candidates.assign(newest.rbegin(), newest.rend());
  const NearEnough near(judge);
  Xapian::Enquire enquire(stretch.database);
  enquire.set_docid_order(Xapian::Enquire::DESCENDING);
  enquire.set_query(among(stretch.query, std::move(candidates)));
  const Xapian::MSet set =
      enquire.get_mset(0, static_cast<Xapian::doccount>(wanted.most), 0, nullptr, part.exact ? nullptr : &near);
  for (Xapian::MSetIterator hit = set.begin(); hit != set.end(); ++hit)
    part.best.push_back({*hit, hit.get_weight(), which});
  part.records = std::max<std::uint64_t>(part.records, part.best.size());
  return part;
}

Matches part_of(const Stretch& stretch, std::size_t which, const Wanted& wanted, FacetSpy* counted) {
  const bool decided = !stretch.decisions.empty();
  Xapian::Query query = between_numbers(stretch.query, stretch.first, stretch.last);
  Matches part;
  // How exactly it is told may not hang on how it was looked for, which hangs on others' records.
  bool told = false;
  if (decided) {
    Judge judge(stretch);
    Candidates candidates = candidates_of(stretch, judge, counted != nullptr);
    if (!candidates.fit) return best_of_many(stretch, judge, which, wanted, std::move(candidates.records));
    told = stretch.scoped && counted == nullptr;
    if (told) tell(part, stretch, wanted, std::vector(candidates.records.rbegin(), candidates.records.rend()));
    query = among(stretch.query, std::move(candidates.records));
  }
  Xapian::Database database = stretch.database;
  const Xapian::doccount all = database.get_doccount();
  Xapian::Enquire enquire(database);
  if (!wanted.ranked) enquire.set_weighting_scheme(Xapian::BoolWeight());
  enquire.set_docid_order(Xapian::Enquire::DESCENDING);
  enquire.set_query(query);
  if (counted != nullptr) enquire.add_matchspy(counted);
  const auto most = static_cast<Xapian::doccount>(wanted.most);
  // Records that fit may still be outside of what is asked for: whether, is looked at last.
  const bool looks_at_all = counted != nullptr || decided || stretch.scoped;
  const Xapian::doccount looked_at = std::max<Xapian::doccount>(most, limits::counted + 1);
  const Xapian::MSet set = enquire.get_mset(0, most, looks_at_all ? all : looked_at);
  for (Xapian::MSetIterator hit = set.begin(); hit != set.end(); ++hit)
    part.best.push_back({*hit, hit.get_weight(), which});
  if (told) {
    part.records = std::max<std::uint64_t>(part.records, part.best.size());
    return part;
  }
  part.least = set.get_matches_lower_bound();
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
  Wanted wanted{ranked, most, limits::counted / stretches.size()};
  const auto work = [&](std::size_t i) {
    try {
      parts[i] = part_of(stretches[i], i, wanted, spies[i].get());
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
  // Of so few in all that they are to be counted, most may be in one stretch.
  const auto least = std::accumulate(parts.begin(), parts.end(), std::uint64_t{0},
                                     [](std::uint64_t sum, const Matches& part) { return sum + part.least; });
  wanted.counted = limits::counted;
  for (std::size_t i = 0; i < stretches.size() && least <= limits::counted && counted == nullptr; ++i)
    if (!parts[i].exact && !wrong[i]) work(i);
  for (const std::exception_ptr& one : wrong)
    if (one) std::rethrow_exception(one);
  Matches matches;
  matches.exact = true;
  for (const Matches& part : parts) {
    matches.best.insert(matches.best.end(), part.best.begin(), part.best.end());
    matches.records += part.records;
    matches.least += part.least;
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
