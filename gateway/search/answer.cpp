// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "gateway/search/document.hpp"
#include "gateway/search/facets.hpp"
#include "gateway/search/limits.hpp"
#include "gateway/search/matching.hpp"
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
  return fail(status::bad_arguments, "không phải chỗ để xem tiếp: " + token +
                                         "; viết như trang trước đã nêu sau --after (no place to go on from)");
}

std::string to_token(const After& after) { return std::to_string(after.number) + '-' + std::to_string(after.bound); }

/// One question, with what it is asked of.
struct Asked {
  std::vector<Stretch> stretches;  // all over the index
  Plan plan;                       // that of the first
};

/// The page behind a record in a ranked list: looked for ever deeper.
Result<Matches> ranked_page(const Asked& asked, std::uint64_t behind, std::size_t most, FacetSpy* counted,
                            std::size_t& first) {
  first = 0;
  if (behind == 0) return best_of(asked.stretches, true, most, counted);
  for (std::size_t depth = 4 * most;; depth *= 4) {
    depth = std::min(depth, limits::hits + most);
    // Facets are over all that fit: counted once, at the depth that will do.
    Matches matches = best_of(asked.stretches, true, depth, nullptr);
    if (matches.best.empty()) return matches;  // not even on the first page
    const auto found = std::find_if(matches.best.begin(), matches.best.end(),
                                    [&](const Match& match) { return match.number == behind; });
    const bool last = matches.best.size() < depth || depth == limits::hits + most;
    if (found != matches.best.end()) {
      first = static_cast<std::size_t>(found - matches.best.begin()) + 1;
      if (first + most > matches.best.size() && !last) continue;
      if (counted == nullptr) return matches;
      return best_of(asked.stretches, true, depth, counted);
    }
    if (last)
      return fail(status::bad_arguments,
                  "không xem tiếp được từ đó: bản ghi không còn, hoặc quá sâu; hãy thu hẹp câu tìm kiếm (the list has "
                  "no place to go on from)");
  }
}

/// Names of the places in which most of the query's words stand: one that has a few beside another that has twice as
/// many has them by chance.
std::vector<std::string> places_of(const Sequence& sequence, const Kept& kept,
                                   const std::map<std::string, Plan::Light>& lights) {
  std::map<std::size_t, std::size_t> standing;  // index into kept.places -> different words in it
  std::size_t best = 0;
  for (const auto& [asked, light] : lights) {
    std::set<std::size_t> here;
    std::size_t place = 0;
    for (const std::size_t at : places_in(sequence, light.words)) {
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

Result<Found> answer(const std::vector<Xapian::Database>& databases, std::uint64_t generation,
                     const Index::State& state, const Request& request) {
  const Xapian::Database& database = databases[0];
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

  Indexed indexed;
  indexed.marked = [&](const std::string& bare) {
    return std::vector<std::string>(database.synonyms_begin(bare), database.synonyms_end(bare));
  };
  indexed.somewhere = [&](const std::string& term) { return database.term_exists(term); };
  indexed.behind = [&](const std::string& beginning) {
    std::vector<std::string> ends;
    for (auto term = database.allterms_begin(beginning); term != database.allterms_end(beginning); ++term)
      ends.push_back((*term).substr(beginning.size()));
    return ends;
  };
  const Xapian::doccount all = database.get_doccount();
  if (all != database.get_lastdocid())
    indexed.everywhere = [&](const std::string& term) { return database.get_termfreq(term) == all; };
  // The books are asked once: each thread must see the same, and a list may be long.
  std::map<std::pair<Field, std::string>, Result<std::vector<std::uint64_t>>> listed;
  Knowledge knowledge = state.knowledge;
  if (knowledge.records_of)
    knowledge.records_of = [&](Field field, std::string_view value, const Scope& scope) {
      const auto [row, fresh] = listed.try_emplace({field, std::string(value)}, std::vector<std::uint64_t>());
      if (fresh) row->second = state.knowledge.records_of(field, value, scope);
      return row->second;
    };
  /// @param below  records from this number on are on pages before
  const auto ask = [&](bool loosely, std::uint64_t below) -> Result<Asked> {
    Asked asked;
    Xapian::docid last = database.get_lastdocid();
    if (below != 0) last = std::min(last, static_cast<Xapian::docid>(below - 1));
    for (std::size_t i = 0; i < databases.size(); ++i) {
      // A map and a plan for each: no thread touches another one's.
      indexed.sequences = std::make_shared<const SequenceReader>(state.options.folder, sequences_of(database));
      auto plan = make_plan(request.query, knowledge, request.scope, indexed, loosely);
      if (!plan) return plan.error();
      Xapian::Query query = within(plan->query, request.scope, indexed);
      if (after.bound < found.complete_up_to) query = up_to(query, after.bound);
      const auto edge = [&](std::size_t n) {
        return static_cast<Xapian::docid>(std::uint64_t{last} * n / databases.size());
      };
      asked.stretches.push_back(
          {databases[i], query, std::move(plan->decisions), edge(i) + 1, edge(i + 1), request.scope.parts.has_value()});
      if (!asked.stretches.back().decisions.empty()) asked.stretches.back().places = state.places.of(database);
      if (i == 0) asked.plan = *std::move(plan);
    }
    return asked;
  };
  const SequenceReader sequences(state.options.folder, sequences_of(database));
  for (const bool loosely : {false, true}) {
    auto asked = ask(loosely, 0);
    if (!asked) return asked.error();
    const bool ranked = asked->plan.ranked && request.order == Order::fitting;
    // By number a page begins below the last record of the one before; in a ranked list that record is looked for.
    const bool later = !ranked && after.number > 0;
    std::optional<FacetSpy> spy;
    if (request.facets) spy.emplace(state.facets.of(database, generation));
    FacetSpy* const counted = spy ? &*spy : nullptr;
    std::size_t first = 0;
    Result<Matches> page = Matches();
    if (ranked) {
      page = ranked_page(*asked, after.number, most + 1, counted, first);
      if (!page) return page.error();
    } else if (later) {
      auto rest = ask(loosely, after.number);
      if (!rest) return rest.error();
      page = best_of(rest->stretches, false, most + 1, nullptr);
    } else {
      page = best_of(asked->stretches, false, most + 1, counted);
    }
    // What fits on all pages, not behind this place alone.
    std::optional<Matches> whole;
    if (later) whole = best_of(asked->stretches, false, 1, counted);
    const Matches& all_pages = whole ? *whole : *page;
    if (all_pages.best.empty() && asked->plan.marks && !loosely) continue;

    found.loosely = loosely && !page->best.empty();
    found.records = all_pages.records;
    found.exact = all_pages.exact;
    if (spy) found.facets = spy->facets(request.scope);
    for (std::size_t i = first; i < page->best.size() && found.hits.size() < most; ++i) {
      const Match& match = page->best[i];
      auto summary = state.archive.summary(match.number);
      if (!summary) continue;  // taken out of the archive a moment ago
      request.scope.tell(*summary);
      Hit hit{*std::move(summary), {}, {}};
      if (request.snippets) {
        const Xapian::Document document =
            databases[match.stretch].get_document(static_cast<Xapian::docid>(match.number));
        if (const auto kept = parse_data(document.get_data())) {
          hit.snippet = snippet_of(kept->text, asked->plan.lights);
          hit.places =
              places_of(sequences.sequence(parse_place(document.get_value(slot::sequence))), *kept, asked->plan.lights);
        }
      }
      found.hits.push_back(std::move(hit));
      after.number = match.number;
    }
    if (first + most < page->best.size()) found.next = to_token(after);
    return found;
  }
  return found;
}

}  // namespace vanthu::search
