// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/matching.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <thread>

#include "gateway/search/candidates.hpp"
#include "gateway/search/limits.hpp"

namespace vanthu::search {
namespace {

/// So many of a stretch as are counted were found from the newest on down to a record: how many that makes of all. Of
/// what was asked for alone it is made, and says nothing of other records.
std::uint64_t estimate(const Stretch& stretch, std::uint64_t down_to) {
  const auto numbers = static_cast<double>(stretch.last - stretch.first + 1),
             looked_through = static_cast<double>(stretch.last - down_to + 1);
  return static_cast<std::uint64_t>(static_cast<double>(limits::counted + 1) * numbers / looked_through);
}

/// Records of a stretch that fit, the newest first: as many as are shown or counted.
struct Newest {
  std::vector<std::uint64_t> records;
  bool all = false;        ///< that there are
  std::uint64_t told = 0;  ///< how many there are, or an estimate
};
/// Looks into records that may have the phrases from the newest on, until there are enough.
Newest newest_of(const Stretch& stretch, std::size_t most, std::span<const std::uint64_t> rest) {
  Newest newest;
  const std::size_t enough = std::max(most, limits::counted + 1);
  while (!rest.empty() && newest.records.size() < enough) {
    const std::size_t some = std::min(rest.size(), limits::looked_into_at_once);
    const std::vector<std::uint64_t> found = fitting(stretch, rest.last(some));
    newest.records.insert(newest.records.end(), found.rbegin(), found.rend());
    rest = rest.first(rest.size() - some);
  }
  newest.all = newest.records.size() <= limits::counted;
  newest.told = newest.records.size();
  if (!newest.all) newest.told = std::max(newest.told, estimate(stretch, newest.records[limits::counted]));
  return newest;
}

/// Asks about those alone that come near enough to be shown.
class NearEnough final : public Xapian::MatchDecider {
 public:
  explicit NearEnough(const Stretch& stretch) : judge_(stretch) {}
  bool operator()(const Xapian::Document& document) const override {
    return judge_.fits(document.get_docid(), PhraseFinder::Look::some);
  }

 private:
  mutable Judge judge_;
};

/// The best of very many that may have the phrases.
Matches best_of_many(const Stretch& stretch, std::size_t which, bool ranked, std::size_t most,
                     std::vector<std::uint64_t> candidates) {
  Newest newest = newest_of(stretch, ranked ? 0 : most, candidates);
  Matches part;
  part.exact = newest.all;
  part.records = newest.told;
  if (!ranked) {
    newest.records.resize(std::min(newest.records.size(), most));
    for (const std::uint64_t record : newest.records) part.best.push_back({record, 0, which});
    return part;
  }
  if (newest.all) candidates.assign(newest.records.rbegin(), newest.records.rend());
  const NearEnough near(stretch);
  Xapian::Enquire enquire(stretch.database);
  enquire.set_docid_order(Xapian::Enquire::DESCENDING);
  enquire.set_query(among(stretch.query, std::move(candidates)));
  const Xapian::MSet set =
      enquire.get_mset(0, static_cast<Xapian::doccount>(most), 0, nullptr, newest.all ? nullptr : &near);
  for (Xapian::MSetIterator hit = set.begin(); hit != set.end(); ++hit)
    part.best.push_back({*hit, hit.get_weight(), which});
  return part;
}

Matches part_of(const Stretch& stretch, std::size_t which, bool ranked, std::size_t most, FacetSpy* counted) {
  const bool decided = !stretch.decisions.empty();
  Xapian::Query query = between_numbers(stretch.query, stretch.first, stretch.last);
  std::optional<std::uint64_t> told;
  if (decided) {
    Candidates candidates = candidates_of(stretch, counted != nullptr);
    if (!candidates.fit) return best_of_many(stretch, which, ranked, most, std::move(candidates.records));
    // How exactly is told may not hang on how it was looked for, which hangs on others' records.
    if (stretch.scoped && counted == nullptr && candidates.records.size() > limits::counted)
      told = estimate(stretch, candidates.records[candidates.records.size() - limits::counted - 1]);
    query = among(stretch.query, std::move(candidates.records));
  }
  Xapian::Database database = stretch.database;
  const Xapian::doccount all = database.get_doccount();
  Xapian::Enquire enquire(database);
  if (!ranked) enquire.set_weighting_scheme(Xapian::BoolWeight());
  enquire.set_docid_order(Xapian::Enquire::DESCENDING);
  enquire.set_query(query);
  if (counted != nullptr) enquire.add_matchspy(counted);
  const auto wanted = static_cast<Xapian::doccount>(most);
  // Records that fit may still be outside of what is asked for: whether, is looked at last.
  const bool looks_at_all = counted != nullptr || decided || stretch.scoped;
  const Xapian::doccount looked_at = std::max<Xapian::doccount>(wanted, limits::counted + 1);
  const Xapian::MSet set = enquire.get_mset(0, wanted, looks_at_all ? all : looked_at);
  Matches part;
  for (Xapian::MSetIterator hit = set.begin(); hit != set.end(); ++hit)
    part.best.push_back({*hit, hit.get_weight(), which});
  if (told) {
    part.records = std::max<std::uint64_t>(*told, part.best.size());
    return part;
  }
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
