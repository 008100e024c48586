// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/search_request.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/clock.hpp"
#include "gateway/base/text.hpp"
#include "gateway/imap/command.hpp"
#include "gateway/reading_room/grammar.hpp"
#include "gateway/reading_room/limits.hpp"

namespace vanthu::reading_room {
namespace {
using imap::take_astring;
using imap::take_atom;
using imap::take_space;

/// "1-Feb-2026", in quotes or not; nothing for what is no day.
std::optional<std::string> take_day(std::string_view& rest) {
  const auto text = take_astring(rest);
  if (!text) return std::nullopt;
  static constexpr std::string_view months = "janfebmaraprmayjunjulaugsepoctnovdec";
  std::string_view r = *text;
  const auto day = take_u64(r);
  if (!day || !take_char(r, '-') || r.size() < 8) return std::nullopt;
  const std::size_t month = months.find(text::ascii_lower(r.substr(0, 3)));
  r.remove_prefix(3);
  if (month == std::string_view::npos || month % 3 != 0 || !take_char(r, '-')) return std::nullopt;
  const auto year = take_u64(r);
  if (!year || !r.empty() || *year > 9999 || *year < 1000 || *day > 31) return std::nullopt;
  const auto two = [](std::uint64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  std::string iso = std::to_string(*year) + '-' + two(month / 3 + 1) + '-' + two(*day);
  if (!parse_date(iso)) return std::nullopt;
  return iso;
}

class KeyReader {
 public:
  explicit KeyReader(std::string_view& rest) : rest_(rest) {}
  bool modseq() const { return modseq_; }

  /// Keys up to the end or a closing parenthesis, all of which must hold.
  // NOLINTNEXTLINE(misc-no-recursion): bounded by limits::search_depth
  bool all_of(SearchKey& all, std::size_t depth) {
    all.kind = SearchKey::Kind::both;
    do {
      all.children.emplace_back();
      if (!one(all.children.back(), depth)) return false;
    } while (take_space(rest_));
    return true;
  }

 private:
  using Kind = SearchKey::Kind;
  struct Row {
    std::string_view name;
    Kind kind;
    SearchKey::When when;
    std::string_view field;
  };

  // NOLINTNEXTLINE(misc-no-recursion): bounded by limits::search_depth
  bool one(SearchKey& key, std::size_t depth) {
    if (depth > limits::search_depth || ++keys_ > limits::search_keys) return false;
    if (take_char(rest_, '(')) return all_of(key, depth + 1) && take_char(rest_, ')');
    if (!rest_.empty() &&
        ((rest_.front() >= '0' && rest_.front() <= '9') || rest_.front() == '*' || rest_.front() == '$')) {
      auto set = take_set(rest_);
      if (!set) return false;
      key.kind = Kind::numbers;
      key.set = *std::move(set);
      return true;
    }
    const auto word = take_atom(rest_);
    if (!word) return false;
    const std::string name = upper(*word);
    if (name == "NOT" || name == "FUZZY") {
      if (!take_space(rest_)) return false;
      key.kind = name == "NOT" ? Kind::without : Kind::both;
      key.fuzzy = name == "FUZZY";
      key.children.emplace_back();
      return one(key.children.back(), depth + 1);
    }
    if (name == "OR") {
      key.kind = Kind::either;
      for (int i = 0; i < 2; ++i) {
        key.children.emplace_back();
        if (!take_space(rest_) || !one(key.children.back(), depth + 1)) return false;
      }
      return true;
    }
    static constexpr auto bare = std::to_array<std::pair<std::string_view, Kind>>({{"ALL", Kind::all},
                                                                                   {"SEEN", Kind::all},
                                                                                   {"OLD", Kind::all},
                                                                                   {"UNANSWERED", Kind::all},
                                                                                   {"UNDELETED", Kind::all},
                                                                                   {"UNDRAFT", Kind::all},
                                                                                   {"UNFLAGGED", Kind::all},
                                                                                   {"SAVEDATESUPPORTED", Kind::all},
                                                                                   {"ANSWERED", Kind::none},
                                                                                   {"DELETED", Kind::none},
                                                                                   {"DRAFT", Kind::none},
                                                                                   {"FLAGGED", Kind::none},
                                                                                   {"NEW", Kind::none},
                                                                                   {"RECENT", Kind::none},
                                                                                   {"UNSEEN", Kind::none}});
    for (const auto& [bare_name, kind] : bare)
      if (name == bare_name) {
        key.kind = kind;
        return true;
      }
    if (!take_space(rest_)) return false;
    if (name == "KEYWORD" || name == "UNKEYWORD") {
      key.kind = name == "KEYWORD" ? Kind::none : Kind::all;
      return bool(take_atom(rest_));
    }
    using When = SearchKey::When;
    static constexpr auto days = std::to_array<Row>({{"BEFORE", Kind::received, When::before, ""},
                                                     {"ON", Kind::received, When::on, ""},
                                                     {"SINCE", Kind::received, When::since, ""},
                                                     {"SENTBEFORE", Kind::sent, When::before, ""},
                                                     {"SENTON", Kind::sent, When::on, ""},
                                                     {"SENTSINCE", Kind::sent, When::since, ""},
                                                     {"SAVEDBEFORE", Kind::saved, When::before, ""},
                                                     {"SAVEDON", Kind::saved, When::on, ""},
                                                     {"SAVEDSINCE", Kind::saved, When::since, ""}});
    for (const Row& row : days)
      if (name == row.name) {
        key.kind = row.kind;
        key.when = row.when;
        auto day = take_day(rest_);
        if (day) key.day = *std::move(day);
        return !key.day.empty();
      }
    static constexpr auto numbers = std::to_array<std::pair<std::string_view, Kind>>(
        {{"LARGER", Kind::larger}, {"SMALLER", Kind::smaller}, {"OLDER", Kind::older}, {"YOUNGER", Kind::younger}});
    for (const auto& [number_name, kind] : numbers)
      if (name == number_name) {
        key.kind = kind;
        const auto number = take_u64(rest_);
        key.number = number.value_or(0);
        return bool(number);
      }
    if (name == "UID") {
      auto set = take_set(rest_);
      if (!set) return false;
      key.kind = Kind::uids;
      key.set = *std::move(set);
      return true;
    }
    if (name == "MODSEQ") {
      if (rest_.starts_with('"')) {  // of one flag only: no flag ever changes
        if (!take_astring(rest_) || !take_space(rest_) || !take_atom(rest_) || !take_space(rest_)) return false;
      }
      const auto number = take_u64(rest_);
      key.kind = Kind::modseq;
      key.number = number.value_or(0);
      modseq_ = true;
      return bool(number);
    }
    if (name == "EMAILID" || name == "THREADID") {
      const auto id = take_astring(rest_);
      key.kind = name == "EMAILID" ? Kind::email_id : Kind::none;
      key.text = id.value_or("");
      return bool(id);
    }
    if (name == "HEADER") {
      const auto field = take_astring(rest_);
      if (!field || field->empty() || !take_space(rest_)) return false;
      key.name = text::ascii_lower(*field);
    } else if (name == "FROM" || name == "TO" || name == "CC" || name == "BCC" || name == "SUBJECT") {
      key.name = text::ascii_lower(name);
    } else if (name != "BODY" && name != "TEXT") {
      return false;
    }
    key.kind = name == "BODY" ? Kind::body : name == "TEXT" ? Kind::text : Kind::header;
    const auto text = take_astring(rest_);
    if (!text) return false;
    key.text = text::nfc(*text);
    return true;
  }

  std::string_view& rest_;
  std::size_t keys_ = 0;
  bool modseq_ = false;
};

Result<Done> take_return(std::string_view& rest, SearchRequest& request) {
  static constexpr std::string_view word = "RETURN ";
  if (!text::ascii_iequals(rest.substr(0, word.size()), word)) return done;
  rest.remove_prefix(word.size());
  if (!take_char(rest, '(')) return wrong_arguments("RETURN wants a list");
  request.extended = true;
  bool any = false;
  while (!rest.starts_with(')')) {
    if (any && !take_space(rest)) return wrong_arguments("RETURN wants a list");
    any = true;
    const std::string name = take_name(rest);
    if (name == "MIN")
      request.min = true;
    else if (name == "MAX")
      request.max = true;
    else if (name == "ALL")
      request.all = true;
    else if (name == "COUNT")
      request.count = true;
    else if (name == "SAVE")
      request.save = true;
    else if (name == "PARTIAL" && take_space(rest)) {
      request.partial = take_positions(rest);
      if (!request.partial) return wrong_arguments("PARTIAL wants a range");
    } else {
      return wrong_arguments("RETURN: unknown option");
    }
  }
  rest.remove_prefix(1);
  if (!any) request.all = true;
  if (!take_space(rest)) return wrong_arguments("SEARCH wants keys");
  return done;
}

Result<Done> check_charset(std::string_view name) {
  if (text::ascii_iequals(name, "UTF-8") || text::ascii_iequals(name, "US-ASCII")) return done;
  return fail(status::not_implemented, "charset");
}

Result<Done> take_keys(std::string_view& rest, SearchRequest& request) {
  KeyReader reader(rest);
  if (!reader.all_of(request.key, 0) || !rest.empty()) return wrong_arguments("SEARCH: a key is not understood");
  request.modseq = reader.modseq();
  return done;
}
}  // namespace

Result<SearchRequest> parse_search(std::string_view rest) {
  SearchRequest request;
  if (auto taken = take_return(rest, request); !taken) return taken.error();
  static constexpr std::string_view word = "CHARSET ";
  if (text::ascii_iequals(rest.substr(0, word.size()), word)) {
    rest.remove_prefix(word.size());
    const auto charset = take_astring(rest);
    if (!charset || !take_space(rest)) return wrong_arguments("CHARSET which?");
    if (auto known = check_charset(*charset); !known) return known.error();
  }
  if (auto taken = take_keys(rest, request); !taken) return taken.error();
  return request;
}

Result<SortRequest> parse_sort(std::string_view rest) {
  SortRequest sort;
  if (auto taken = take_return(rest, sort.search); !taken) return taken.error();
  if (!take_char(rest, '(')) return wrong_arguments("SORT wants criteria");
  bool reverse = false;
  do {
    using By = SortRequest::Criterion::By;
    static constexpr auto known = std::to_array<std::pair<std::string_view, By>>({{"ARRIVAL", By::arrival},
                                                                                  {"CC", By::cc},
                                                                                  {"DATE", By::date},
                                                                                  {"FROM", By::from},
                                                                                  {"SIZE", By::size},
                                                                                  {"SUBJECT", By::subject},
                                                                                  {"TO", By::to}});
    const std::string name = take_name(rest);
    if (name == "REVERSE" && !reverse) {
      reverse = true;
      continue;
    }
    const auto* const row =
        std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.first == name; });
    if (row == known.end() || sort.criteria.size() >= 10) return wrong_arguments("SORT by what?");
    sort.criteria.push_back({row->second, std::exchange(reverse, false)});
  } while (take_space(rest));
  if (reverse || sort.criteria.empty() || !take_char(rest, ')') || !take_space(rest))
    return wrong_arguments("SORT by what?");
  const auto charset = take_astring(rest);
  if (!charset || !take_space(rest)) return wrong_arguments("SORT wants a charset");
  if (auto known = check_charset(*charset); !known) return known.error();
  if (auto taken = take_keys(rest, sort.search); !taken) return taken.error();
  return sort;
}

Result<ThreadRequest> parse_thread(std::string_view rest) {
  ThreadRequest thread;
  const std::string name = take_name(rest);
  using Algorithm = ThreadRequest::Algorithm;
  if (name == "ORDEREDSUBJECT")
    thread.algorithm = Algorithm::ordered_subject;
  else if (name != "REFERENCES")
    return wrong_arguments("THREAD by what?");
  const auto charset = take_space(rest) ? take_astring(rest) : std::nullopt;
  if (!charset || !take_space(rest)) return wrong_arguments("THREAD wants a charset");
  if (auto known = check_charset(*charset); !known) return known.error();
  if (auto taken = take_keys(rest, thread.search); !taken) return taken.error();
  return thread;
}

}  // namespace vanthu::reading_room
