// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "gateway/search/document.hpp"
#include "gateway/search/facets.hpp"
#include "gateway/search/limits.hpp"
#include "gateway/search/sequence.hpp"
#include "gateway/search/snippet.hpp"
#include "gateway/search/sources.hpp"
#include "gateway/search/state.hpp"
#include "gateway/search/terms.hpp"

/// From a query to an answer.
namespace vanthu::search {
namespace {

/// Where a page begins: behind a record, among those that were there when the first page was made.
struct After {
  std::uint64_t number = 0;
  std::uint64_t bound = 0;
};

/// "1234-5678": both in decimal digits.
Result<After> parse_after(const std::string& token) {
  After after;
  const char* end = token.data() + token.size();
  const auto first = std::from_chars(token.data(), end, after.number);
  if (first.ec == std::errc{} && first.ptr != end && *first.ptr == '-') {
    const auto second = std::from_chars(first.ptr + 1, end, after.bound);
    if (second.ec == std::errc{} && second.ptr == end && after.number > 0 && after.number <= after.bound) return after;
  }
  return fail(status::bad_arguments, "no place to go on from: " + token + "; give what the page before called 'next'");
}

std::string to_token(const After& after) { return std::to_string(after.number) + '-' + std::to_string(after.bound); }

/// The page behind a record in a ranked list: looked for ever deeper.
Result<Xapian::MSet> ranked_page(Xapian::Enquire& enquire, std::uint64_t behind, std::size_t most, std::size_t check,
                                 std::size_t& first) {
  first = 0;
  if (behind == 0)
    return enquire.get_mset(0, static_cast<Xapian::doccount>(most), static_cast<Xapian::doccount>(check));
  for (std::size_t depth = 4 * most;; depth *= 4) {
    depth = std::min(depth, limits::hits + most);
    Xapian::MSet set = enquire.get_mset(0, static_cast<Xapian::doccount>(depth),
                                        static_cast<Xapian::doccount>(std::max(check, depth)));
    for (Xapian::doccount i = 0; i < set.size(); ++i) {
      if (*set[i] != behind) continue;
      first = i + 1;
      if (first + most <= set.size() || set.size() < depth || depth == limits::hits + most) return set;
    }
    if (set.size() < depth || depth == limits::hits + most)
      return fail(status::bad_arguments,
                  "the list has no place to go on from: the record is no more, or lies too deep; narrow the query");
  }
}

/// Names of the places in which most of the query's words stand: one that has a few beside another that has twice as
/// many has them by chance.
std::vector<std::string> places_of(std::string_view sequence, const Kept& kept,
                                   const std::map<std::string, Plan::Light>& lights) {
  std::map<std::size_t, std::size_t> standing;  // index into kept.places -> different words in it
  std::size_t best = 0;
  for (const auto& [asked, light] : lights) {
    std::set<std::size_t> here;
    std::size_t place = 0;
    for (const std::size_t at : places_in(sequence, Choice(light.terms))) {
      while (place < kept.places.size() && kept.places[place].first <= at) ++place;
      if (place > 0) here.insert(place - 1);
    }
    for (const std::size_t i : here) best = std::max(best, ++standing[i]);
  }
  std::vector<std::string> names;
  for (const auto& [i, words] : standing) {
    if (2 * words <= best) continue;
    const Place& place = kept.places[i];
    std::string name;
    switch (place.what) {
      case Place::What::subject:
        name = "subject";
        break;
      case Place::What::text:
        name = "text";
        break;
      case Place::What::paper:
        name = "paper";
        break;
      case Place::What::name:
      case Place::What::attachment:
        name = place.name.empty() ? place.path : place.name;
        break;
    }
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    if (names.size() == limits::named_places) break;
  }
  return names;
}
}  // namespace

Result<Found> answer(const Xapian::Database& database, std::uint64_t generation, const Index::State& state,
                     const Request& request) {
  Found found;
  found.complete_up_to = reached(database).number;
  const auto reach = state.archive.reach();
  found.last = reach ? reach->last : found.complete_up_to;
  const std::size_t most = std::min(std::max<std::size_t>(request.most, 1), limits::hits);
  After after{0, found.complete_up_to};
  if (!request.after.empty()) {
    auto parsed = parse_after(request.after);
    if (!parsed) return parsed.error();
    after = *parsed;
  }

  const Marked marked = [&](const std::string& bare) {
    return std::vector<std::string>(database.synonyms_begin(bare), database.synonyms_end(bare));
  };
  const auto sequences = std::make_shared<const SequenceMap>(state.options.folder, sequences_of(database));
  for (const bool loosely : {false, true}) {
    auto plan = make_plan(request.query, state.knowledge, marked, sequences, loosely);
    if (!plan) return plan.error();
    const bool ranked = plan->ranked && request.order == Order::fitting;
    Xapian::Query query = within(plan->query, request.scope);
    if (after.bound < found.complete_up_to) query = up_to(query, after.bound);
    // By number a page begins below the last record of the one before; in a ranked list that record is looked for.
    const bool later = !ranked && after.number > 0;
    const Xapian::Query page = later ? up_to(query, after.number - 1) : query;
    Xapian::Enquire enquire(database);
    if (!ranked) enquire.set_weighting_scheme(Xapian::BoolWeight());
    enquire.set_docid_order(Xapian::Enquire::DESCENDING);
    enquire.set_query(page);
    FacetSpy spy(request.facets ? state.facets.of(database, generation) : FacetTable::Snapshot());
    const bool count_here = request.facets && !later;
    if (count_here) enquire.add_matchspy(&spy);
    const std::size_t check = count_here ? database.get_doccount() : most + 1;
    std::size_t first = 0;
    auto set = ranked_page(enquire, ranked ? after.number : 0, most + 1, check, first);
    if (!set) return set.error();
    if (set->empty() && after.number == 0 && plan->marks && !loosely) continue;

    found.loosely = loosely && !set->empty();
    found.records = set->get_matches_estimated();
    found.exact = set->get_matches_lower_bound() == set->get_matches_upper_bound();
    if (later) {
      // What fits on all pages, not behind this place alone.
      Xapian::Enquire all(database);
      all.set_weighting_scheme(Xapian::BoolWeight());
      all.set_query(query);
      if (request.facets) all.add_matchspy(&spy);
      const Xapian::MSet whole = all.get_mset(0, 1, request.facets ? database.get_doccount() : 1);
      found.records = whole.get_matches_estimated();
      found.exact = whole.get_matches_lower_bound() == whole.get_matches_upper_bound();
    }
    if (request.facets) found.facets = spy.facets();
    for (std::size_t i = first; i < set->size() && found.hits.size() < most; ++i) {
      const auto item = (*set)[static_cast<Xapian::doccount>(i)];
      auto summary = state.archive.summary(*item);
      if (!summary) continue;  // taken out of the archive a moment ago
      Hit hit{*std::move(summary), {}, {}};
      if (request.snippets) {
        const Xapian::Document document = item.get_document();
        if (const auto kept = parse_data(document.get_data())) {
          hit.snippet = snippet_of(kept->text, plan->lights);
          hit.places = places_of(sequences->at(document.get_value(slot::sequence)), *kept, plan->lights);
        }
      }
      found.hits.push_back(std::move(hit));
      after.number = *item;
    }
    if (first + most < set->size()) found.next = to_token(after);
    return found;
  }
  return found;
}

}  // namespace vanthu::search
