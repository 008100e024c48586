// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/plan.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "gateway/archive/terms.hpp"
#include "gateway/base/lmdb.hpp"
#include "gateway/base/text.hpp"
#include "gateway/search/fields.hpp"
#include "gateway/search/sources.hpp"
#include "gateway/search/terms.hpp"

namespace vanthu::search {
namespace {
using Xapian::Query;

Query any_of(const std::vector<Query>& queries) { return Query(Query::OP_OR, queries.begin(), queries.end()); }
Query all_of(const std::vector<Query>& queries) { return Query(Query::OP_AND, queries.begin(), queries.end()); }
/// Query::MatchAll counts its references without regard to other threads.
Query everything() { return Query(std::string()); }
/// The records that have a term.
Query having(const std::string& term, const Indexed& indexed) {
  return indexed.everywhere && indexed.everywhere(term) ? everything() : Query(term);
}
/// The records that have one of some values.
template <class Values>
Query one_of(std::string_view prefix, const Values& values, const Indexed& indexed) {
  std::vector<Query> terms;
  for (const std::string& value : values) terms.push_back(having(term_of(prefix, value), indexed));
  return terms.empty() ? Query::MatchNothing : any_of(terms);
}
/// What decides and does not rank.
Query only_filter(const Query& query) { return Query(Query::OP_SCALE_WEIGHT, query, 0.0); }

Query of_classes(const std::set<std::string>& classes, const Indexed& indexed) {
  std::vector<std::string> names;
  for (const std::string& name : classes) names.push_back(text::ascii_lower(name));
  return one_of(prefix::record_class, names, indexed);
}
/// Those of a part's classes.
Query kept_to_classes(const Query& query, const Part& part, const Indexed& indexed) {
  return part.classes ? Query(Query::OP_FILTER, query, of_classes(*part.classes, indexed)) : query;
}

std::string packed(const Date& day) {
  std::string text = iso(day);
  text.erase(std::remove(text.begin(), text.end(), '-'), text.end());
  return text;
}

Query range(unsigned slot, const std::string& from, const std::string& to) {
  if (from.empty()) return Query(Query::OP_VALUE_LE, slot, to);
  if (to.empty()) return Query(Query::OP_VALUE_GE, slot, from);
  return Query(Query::OP_VALUE_RANGE, slot, from, to);
}

std::string last_day_of(const std::string& month) {
  using namespace std::chrono;
  const year_month_day_last last{
      year{std::stoi(month.substr(0, 4))} /
      month_day_last{std::chrono::month{static_cast<unsigned>(std::stoi(month.substr(4, 2)))}}};
  return month + std::to_string(static_cast<unsigned>(last.day()));
}

/// Days by the years and months that records have as terms: of a range's values alone each record would be looked at.
Query days(std::string_view prefix, unsigned slot, const std::string& from, const std::string& to,
           const Indexed& indexed) {
  constexpr int most_years = 60;
  if (from.size() != 8 || to.size() != 8) return range(slot, from, to);
  const int first = std::stoi(from.substr(0, 4)), last = std::stoi(to.substr(0, 4));
  if (last - first > most_years) return range(slot, from, to);
  std::vector<Query> spans;
  for (int year = first; year <= last; ++year) {
    const std::string name = std::to_string(10000 + year).substr(1);
    const bool whole = name + "0101" >= from && name + "1231" <= to;
    if (whole) spans.push_back(having(term_of(prefix, name), indexed));
    for (unsigned month = 1; !whole && month <= 12; ++month) {
      const std::string part = name + std::to_string(100 + month).substr(1);
      if (part >= from.substr(0, 6) && part <= to.substr(0, 6)) spans.push_back(having(term_of(prefix, part), indexed));
    }
  }
  if (spans.empty()) return Query::MatchNothing;
  const bool whole_months = from.ends_with("01") && to == last_day_of(to.substr(0, 6));
  return only_filter(whole_months ? any_of(spans) : between(any_of(spans), slot, from, to));
}

class Planner {
 public:
  Planner(const Knowledge& knowledge, const Scope& scope, const Indexed& indexed, bool loosely, Plan& plan)
      : knowledge_(knowledge), scope_(scope), indexed_(indexed), loosely_(loosely), plan_(plan) {}

  // NOLINTNEXTLINE(misc-no-recursion): bounded by limits::query_depth
  Result<Query> of(const Node& node) {
    switch (node.kind) {
      case Node::Kind::all:
        return everything();
      case Node::Kind::word:
        ranked();
        return word(node.value);
      case Node::Kind::phrase:
        ranked();
        return words_in_row(spelled(node.value), prefix::word);
      case Node::Kind::field:
        return field(node);
      case Node::Kind::without:
        return without(everything(), {&node});
      case Node::Kind::both: {
        std::vector<Query> wanted;
        std::vector<const Node*> unwanted;
        for (std::size_t i = 0; i < node.children.size(); ++i) {
          const Node& child = node.children[i];
          if (child.kind == Node::Kind::without) {
            unwanted.push_back(&child);
            continue;
          }
          if (auto spelled_out = abbreviated(node.children, i)) {
            wanted.push_back(*std::move(spelled_out));
            continue;
          }
          auto query = of(child);
          if (!query) return query;
          wanted.push_back(*std::move(query));
        }
        const Query base = wanted.empty() ? everything() : all_of(wanted);
        return unwanted.empty() ? Result<Query>(base) : without(base, unwanted);
      }
      case Node::Kind::either: {
        const Choosing choosing(must_);
        std::vector<Query> queries;
        for (const Node& child : node.children) {
          auto query = of(child);
          if (!query) return query;
          queries.push_back(*std::move(query));
        }
        return any_of(queries);
      }
    }
    return Query();
  }

  std::size_t leaves() const { return leaves_; }

 private:
  /// While one of several parts will do, no phrase in them is decided for all.
  class Choosing {
   public:
    explicit Choosing(bool& must) : must_(must), before_(std::exchange(must, false)) {}
    Choosing(const Choosing&) = delete;
    Choosing& operator=(const Choosing&) = delete;
    ~Choosing() { must_ = before_; }

   private:
    bool& must_;
    const bool before_;
  };

  void ranked() {
    if (unwanted_ == 0) plan_.ranked = true;
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  Result<Query> without(const Query& base, const std::vector<const Node*>& nodes) {
    std::vector<Query> queries;
    const Choosing choosing(must_);
    ++unwanted_;
    for (const Node* node : nodes) {
      auto query = of(node->children[0]);
      if (!query) return query;
      queries.push_back(*std::move(query));
    }
    --unwanted_;
    return Query(Query::OP_AND_NOT, base, any_of(queries));
  }

  /// All of some words, or the abbreviation of just these in a row; `at` goes to the last of them.
  std::optional<Query> abbreviated(const std::vector<Node>& nodes, std::size_t& at) {
    std::vector<Spelling> words;
    for (std::size_t i = at; i < nodes.size() && nodes[i].kind == Node::Kind::word; ++i) {
      const std::vector<Spelling> here = spelled(nodes[i].value);
      if (here.size() != 1) break;
      words.push_back(here[0]);
    }
    for (; words.size() > 1; words.pop_back()) {
      const std::vector<std::string> written = abbreviations(words);
      if (written.empty()) continue;
      ranked();
      std::vector<Query> all, ways;
      for (const Spelling& one : words) all.push_back(word_query(one, prefix::word));
      ways.push_back(all_of(all));
      for (const std::string& one : written) ways.push_back(row({{one, one}}, prefix::word));
      at += words.size() - 1;
      return any_of(ways);
    }
    return {};
  }

  std::vector<Spelling> spelled(std::string_view value) {
    const std::string text = readable(value);
    std::vector<Spelling> words;
    for (const std::string_view word : words_in(text)) words.push_back(speller_.of(word));
    return words;
  }

  /// The terms of one word: itself when it has marks, else every way to mark it.
  std::vector<std::string> terms(const Spelling& word) {
    if (word.has_marks()) plan_.marks = true;
    const bool exact = word.has_marks() && !loosely_;
    std::vector<std::string> found{exact ? word.marked : word.bare};
    if (!exact && indexed_.marked)
      for (std::string& one : indexed_.marked(word.bare)) found.push_back(std::move(one));
    leaves_ += found.size();
    if (unwanted_ == 0)
      plan_.lights.insert_or_assign(
          found[0], Plan::Light{exact ? word : Spelling{word.bare, word.bare}, choice_of(found, word.bare)});
    return found;
  }
  /// All ways to mark one word.
  static Choice choice_of(const std::vector<std::string>& marked, const std::string& bare) {
    std::vector<std::uint32_t> numbers;
    for (const std::string& one : marked) numbers.push_back(word_number(one, bare));
    return Choice(std::move(numbers));
  }

  /// One word, ranked as one whatever its marks.
  Query word_query(const Spelling& word, std::string_view prefix) {
    return one_word_of(terms(word), prefix, Query::OP_SYNONYM);
  }

  Query one_word_of(const std::vector<std::string>& marked, std::string_view prefix, Query::op together) const {
    std::vector<Query> queries;
    for (const std::string& one : marked) queries.push_back(having(std::string(prefix) + one, indexed_));
    return queries.size() == 1 ? queries[0] : Query(together, queries.begin(), queries.end());
  }

  /// Words in a row: records that have all of them, looked at one by one.
  Query row(const std::vector<Spelling>& words, std::string_view prefix) {
    if (words.size() == 1) return word_query(words[0], prefix);
    Phrase phrase;
    const Query all = words_of_row(words, prefix, phrase);
    return all_of({all, in_a_row(std::move(phrase), indexed_.sequences)});
  }
  /// All of them, and the phrase that they are to be.
  Query words_of_row(const std::vector<Spelling>& words, std::string_view prefix, Phrase& phrase) {
    std::vector<Query> all;
    phrase.anywhere = prefix == prefix::word;
    phrase.area = prefix == prefix::name ? Area::name : Area::subject;
    for (const Spelling& one : words) {
      std::vector<std::string> found = terms(one);
      phrase.words.push_back(choice_of(found, one.bare));
      all.push_back(one_word_of(std::move(found), prefix, Query::OP_OR));
    }
    return all_of(all);
  }

  /// Words in a row, the abbreviations that say the same, and what an abbreviation stands for.
  Query words_in_row(const std::vector<Spelling>& words, std::string_view prefix) {
    std::vector<std::vector<Spelling>> written{words};
    if (words.size() == 1)
      for (const std::string_view text : expansions(words[0].bare)) written.push_back(spelled(text));
    else
      for (const std::string& one : abbreviations(words)) written.push_back({{one, one}});
    if (written.size() == 1 && words.size() == 1) return word_query(words[0], prefix);
    std::vector<Query> ways;
    Decision decision{{}, {}, indexed_.sequences};
    for (const std::vector<Spelling>& way : written) {
      if (!must_) {
        ways.push_back(row(way, prefix));
      } else if (way.size() == 1) {
        const std::vector<std::string> found = terms(way[0]);
        for (const std::string& one : found) decision.terms.push_back(std::string(prefix) + one);
        ways.push_back(one_word_of(found, prefix, Query::OP_SYNONYM));
      } else {
        Phrase phrase;
        ways.push_back(words_of_row(way, prefix, phrase));
        decision.phrases.push_back(std::move(phrase));
      }
    }
    if (must_) plan_.decisions.push_back(std::move(decision));
    return any_of(ways);
  }

  Query word(const std::string& value) {
    const std::vector<Spelling> words = spelled(value);
    if (!archive::looks_like_symbol(value)) return words_in_row(words, prefix::word);
    // A paper has it, or a text speaks of it. Numbers are written with and without a zero in front.
    std::vector<Query> ways{having(term_of(prefix::symbol, archive::symbol_key(value)), indexed_)};
    ways.push_back(symbol_in_text(words));
    const std::string& first = words[0].bare;
    if (first.size() == 2 && first[0] == '0') ways.push_back(symbol_in_text(with_first(words, first.substr(1))));
    if (first.size() == 1 && first[0] >= '0' && first[0] <= '9')
      ways.push_back(symbol_in_text(with_first(words, '0' + first)));
    return any_of(ways);
  }
  static std::vector<Spelling> with_first(std::vector<Spelling> words, const std::string& first) {
    words[0] = {first, first};
    return words;
  }
  /// Đ = D in symbols, whatever was typed.
  Query symbol_in_text(std::vector<Spelling> words) {
    for (Spelling& one : words) one.marked = one.bare;
    return row(words, prefix::word);
  }

  Query words_of_field(const Node& node, std::string_view prefix) {
    std::vector<Query> queries;
    const auto lights = plan_.lights;  // these words stand in no text
    for (const Spelling& one : spelled(node.value)) queries.push_back(word_query(one, prefix));
    plan_.lights = lights;
    return only_filter(all_of(queries));
  }

  static bool is_address(std::string_view value) {
    const std::size_t at = value.find('@');
    return at != std::string_view::npos && at != 0 && at + 1 < value.size();
  }

  Query one_of(std::string_view prefix, const std::vector<std::string>& values) const {
    return only_filter(search::one_of(prefix, values, indexed_));
  }

  /// Something that is said of who has a blind copy: the term of all records of which it is, and those of the units,
  /// each of the records where it is said of this unit's.
  struct OfBlind {
    std::string any;
    std::vector<std::pair<std::string, std::string>> units{};  ///< unit, term
  };
  /// Of who has some word, or an address.
  OfBlind of_blind(std::string_view any, std::string_view of_unit, const std::string& value) const {
    OfBlind of{term_of(any, value)};
    const std::string beginning = blind_term(of_unit, value);
    if (scope_.parts && indexed_.behind)
      for (const std::string& unit : indexed_.behind(beginning)) of.units.emplace_back(unit, beginning + unit);
    return of;
  }
  /// The records of which that is told within the scope: archive::is_told() as terms. All that are the sender's, else
  /// of what is said of one's own units.
  Query told(const OfBlind& of) {
    if (!scope_.parts) return having(of.any, indexed_);
    if (of.units.empty()) return Query::MatchNothing;  // it is said of nobody
    std::vector<Query> ways;
    for (const Part& part : *scope_.parts) {
      std::vector<Query> here{having(of.any, indexed_)};
      if (part.units) {
        here[0] = all_of({here[0], search::one_of(prefix::blind_sender, *part.units, indexed_)});
        for (const auto& [unit, term] : of.units)
          if (!unit.empty() && part.has_unit(unit)) here.push_back(having(term, indexed_));
      }
      leaves_ += here.size();
      ways.push_back(kept_to_classes(any_of(here), part, indexed_));
    }
    return ways.empty() ? Query::MatchNothing : any_of(ways);
  }

  /// An address of a recipient, or words of it or of a name.
  Query to(const Node& node) {
    if (is_address(node.value)) {
      const std::string address = text::ascii_lower(node.value);
      return only_filter(any_of({having(term_of(prefix::to_address, address), indexed_),
                                 told(of_blind(prefix::blind_address, prefix::blind_address_of_unit, address))}));
    }
    std::vector<Query> all;
    const auto lights = plan_.lights;  // these words stand in no text
    for (const Spelling& one : spelled(node.value)) {
      std::vector<Query> ways;
      for (const std::string& marked : terms(one)) {
        ways.push_back(having(term_of(prefix::to, marked), indexed_));
        ways.push_back(told(of_blind(prefix::blind, prefix::blind_of_unit, marked)));
      }
      all.push_back(any_of(ways));
    }
    plan_.lights = lights;
    return only_filter(all_of(all));
  }

  Result<Query> field(const Node& node) {
    switch (node.field) {
      case Field::from:
        if (is_address(node.value)) return one_of(prefix::from_address, {text::ascii_lower(node.value)});
        return words_of_field(node, prefix::from);
      case Field::to:
        return to(node);
      case Field::subject:
        ranked();
        return words_in_row(spelled(node.value), prefix::subject);
      case Field::name:
        ranked();
        return words_in_row(spelled(node.value), prefix::name);
      case Field::kind:
        return one_of(prefix::kind, kinds_named(node.value));
      case Field::symbol:
        return one_of(prefix::symbol, {node.value});
      case Field::unit:
        return unit(node);
      case Field::term:
        return days_of_term(node);
      case Field::secrecy:
        return one_of(prefix::secrecy, {node.value});
      case Field::urgency:
        return one_of(prefix::urgency, {node.value});
      case Field::direction:
        return one_of(prefix::direction, {node.value});
      case Field::record_class:
        return one_of(prefix::record_class, {node.value});
      case Field::has:
        return one_of(prefix::has, {node.value});
      case Field::type:
        return one_of(prefix::type, {node.value});
      case Field::sha256:
        return one_of(prefix::sha256, {node.value});
      case Field::message_id:
        return one_of(prefix::message_id, {node.value});
      case Field::id:
        return one_of(prefix::id, {node.value});
      case Field::date:
        return days(prefix::date, slot::date, node.value, node.upper, indexed_);
      case Field::received:
        return days(prefix::received, slot::received, node.value, node.upper, indexed_);
      case Field::record: {
        const auto key = [](const std::string& number) {
          return number.empty() ? std::string() : lmdb::key_of(std::stoull(number));
        };
        return range(slot::number, key(node.value), key(node.upper));
      }
      case Field::file:
      case Field::fonds:
      case Field::registered:
        return by_the_books(node, node.value);
      case Field::held: {
        if (node.value != "no") return by_the_books(node, node.value);
        auto held = by_the_books(node, "yes");
        if (!held) return held;
        return Query(Query::OP_AND_NOT, everything(), *held);
      }
    }
    return Query();
  }

  Result<Query> by_the_books(const Node& node, const std::string& value) {
    const std::string at = "cột " + std::to_string(node.column) + ": " + row_of(node.field).name + ": ";
    if (!knowledge_.records_of)
      return fail(status::bad_arguments,
                  at + "hồ sơ, lệnh giữ và sổ chưa mở, hãy bỏ điều kiện này (files, holds and registers are not open)");
    auto records = knowledge_.records_of(node.field, value, scope_);
    if (!records) return fail(status::bad_arguments, at + records.error().detail);
    return of_records(*std::move(records));
  }

  Result<Query> unit(const Node& node) {
    const std::string& id = node.value;
    std::vector<std::string> units;
    // A unit that the directory has no more, and records have, is found by its id.
    const bool had = indexed_.somewhere && indexed_.somewhere(term_of(prefix::unit, id));
    if (const std::string why = knowledge_.unknown_unit && !had ? knowledge_.unknown_unit(id) : ""; !why.empty())
      return fail(status::bad_arguments, "cột " + std::to_string(node.column) + ": unit: " + why);
    if (knowledge_.with_predecessors)
      for (const std::string& one : knowledge_.with_predecessors(id)) units.push_back(text::ascii_lower(one));
    if (std::find(units.begin(), units.end(), id) == units.end()) units.push_back(id);
    std::vector<Query> ways;
    for (const std::string& one : units) {
      const Query having_it = having(term_of(prefix::unit, one), indexed_);
      const std::string blindly = term_of(prefix::blind_unit, one);
      ways.push_back(scope_.parts ? any_of({Query(Query::OP_AND_NOT, having_it, having(blindly, indexed_)),
                                            told({blindly, {{one, blindly}}})})
                                  : having_it);
    }
    return only_filter(any_of(ways));
  }

  Result<Query> days_of_term(const Node& node) {
    const std::string at = "cột " + std::to_string(node.column) + ": term: ";
    if (!knowledge_.term_days)
      return fail(status::bad_arguments, at + "danh bạ chưa mở, hãy nêu ngày bằng date: (the directory is not open)");
    const auto days = knowledge_.term_days(node.value);
    if (!days) return fail(status::bad_arguments, at + days.error().detail);
    return vanthu::search::days(prefix::date, slot::date, days->first ? packed(*days->first) : "0",
                                days->last ? packed(*days->last) : "", indexed_);
  }

  const Knowledge& knowledge_;
  const Scope& scope_;
  const Indexed& indexed_;
  bool loosely_;
  Plan& plan_;
  Speller speller_;
  int unwanted_ = 0;  // NOTs around
  bool must_ = true;  // every record must fit what is looked at
  std::size_t leaves_ = 0;
};
}  // namespace

Result<Plan> make_plan(const Node& node, const Knowledge& knowledge, const Scope& scope, const Indexed& indexed,
                       bool loosely) {
  Plan plan;
  Planner planner(knowledge, scope, indexed, loosely, plan);
  auto query = planner.of(node);
  if (!query) return query.error();
  if (planner.leaves() > limits::query_leaves)
    return fail(status::bad_arguments,
                "cột 1: quá nhiều từ không dấu, hãy viết có dấu hoặc hỏi ít hơn (too many words without marks)");
  plan.query = *std::move(query);
  return plan;
}

Xapian::Query within(const Xapian::Query& query, const Scope& scope, const Indexed& indexed) {
  Query kept = query;
  if (scope.parts) {
    std::vector<Query> parts;
    for (const Part& part : *scope.parts) {
      Query all = everything();
      if (part.units) all = Query(Query::OP_FILTER, all, one_of(prefix::unit, *part.units, indexed));
      parts.push_back(kept_to_classes(all, part, indexed));
    }
    kept = parts.empty() ? Query::MatchNothing : Query(Query::OP_FILTER, kept, any_of(parts));
  }
  if (!scope.without_classes.empty()) kept = Query(Query::OP_AND_NOT, kept, of_classes(scope.without_classes, indexed));
  if (!scope.without.empty()) kept = Query(Query::OP_AND_NOT, kept, of_records(scope.without));
  return kept;
}

}  // namespace vanthu::search
