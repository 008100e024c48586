// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/matching.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <span>
#include <system_error>
#include <thread>

#include "gateway/search/candidates.hpp"
#include "gateway/search/limits.hpp"

namespace vanthu::search {
namespace {

/// How many have it, when the first of them, so many as are counted, were found on so many of all numbers.
std::uint64_t estimate(std::uint64_t counted, std::uint64_t numbers, const Stretch& stretch) {
  const auto all = static_cast<double>(stretch.last - stretch.first + 1);
  return static_cast<std::uint64_t>(static_cast<double>(counted) * all / static_cast<double>(numbers));
}

/// Asks about those alone that come near enough to be shown, and about the first ones, to count them: of what very many
/// records have, it is not looked into all.
class NearEnough final : public Xapian::MatchDecider {
 public:
  explicit NearEnough(const Stretch& stretch) : stretch_(stretch), judge_(stretch) {}
  bool operator()(const Xapian::Document& document) const override {
    const Xapian::docid record = document.get_docid();
    if (!judge_.fits(record)) return false;
    if (++found_ == limits::counted + 1) counted_to_ = record;
    return true;
  }
  bool exact() const { return counted_to_ == 0; }
  std::uint64_t records() const {
    return exact() ? found_ : estimate(limits::counted + 1, counted_to_ - stretch_.first + 1, stretch_);
  }

 private:
  const Stretch& stretch_;
  mutable Judge judge_;
  mutable std::size_t found_ = 0;
  mutable Xapian::docid counted_to_ = 0;
};

/// Of what may have the phrases, and is very much.
Matches nearest_of(const Stretch& stretch, std::size_t which, std::size_t most, std::vector<std::uint64_t> candidates) {
  const NearEnough near(stretch);
  Xapian::Enquire enquire(stretch.database);
  enquire.set_docid_order(Xapian::Enquire::DESCENDING);
  enquire.set_query(among(stretch.query, std::move(candidates)));
  const auto wanted = static_cast<Xapian::doccount>(most);
  const Xapian::MSet set =
      enquire.get_mset(0, wanted, std::max<Xapian::doccount>(wanted, limits::counted + 1), nullptr, &near);
  Matches part;
  for (Xapian::MSetIterator hit = set.begin(); hit != set.end(); ++hit)
    part.best.push_back({*hit, hit.get_weight(), which});
  part.exact = near.exact();
  part.records = near.records();
  return part;
}

/// The same where nothing ranks: from the last one on, until there are enough.
Matches newest_of(const Stretch& stretch, std::size_t which, std::size_t most,
                  const std::vector<std::uint64_t>& candidates) {
  const std::size_t enough = std::max(most, limits::counted + 1);
  Matches part;
  part.exact = true;
  for (std::size_t end = candidates.size(); end > 0;) {
    const std::size_t begin = end - std::min(end, limits::looked_into_at_once);
    Xapian::Enquire enquire(stretch.database);
    enquire.set_weighting_scheme(Xapian::BoolWeight());
    enquire.set_docid_order(Xapian::Enquire::DESCENDING);
    enquire.set_query(among(stretch.query, with_phrases(stretch, std::span(candidates).subspan(begin, end - begin))));
    const auto some = static_cast<Xapian::doccount>(end - begin);
    const Xapian::MSet set = enquire.get_mset(0, some, some);
    for (Xapian::MSetIterator hit = set.begin(); hit != set.end(); ++hit) {
      ++part.records;
      if (part.best.size() < most) part.best.push_back({*hit, 0, which});
    }
    end = begin;
    if (part.records < enough || end == 0) continue;
    part.exact = false;
    part.records = estimate(part.records, stretch.last - candidates[begin] + 1, stretch);
    break;
  }
  return part;
}

Matches part_of(const Stretch& stretch, std::size_t which, bool ranked, std::size_t most, FacetSpy* counted) {
  const bool decided = !stretch.decisions.empty();
  Xapian::Query query = between_numbers(stretch.query, stretch.first, stretch.last);
  if (decided) {
    Candidates candidates = candidates_of(stretch, counted != nullptr);
    if (!candidates.have_phrases && ranked) return nearest_of(stretch, which, most, std::move(candidates.records));
    if (!candidates.have_phrases) return newest_of(stretch, which, most, candidates.records);
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
