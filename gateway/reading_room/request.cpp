// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/request.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/base/clock.hpp"
#include "gateway/base/text.hpp"
#include "gateway/imap/command.hpp"
#include "gateway/reading_room/limits.hpp"
#include "gateway/reading_room/names.hpp"

namespace vanthu::reading_room {
namespace {
using imap::take_astring;
using imap::take_atom;
using imap::take_space;

Error wrong(const char* words) { return fail(Reply(501, {5, 5, 4}, words), words); }

std::string upper(std::string_view text) {
  std::string all(text);
  for (char& c : all)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return all;
}

bool take_char(std::string_view& rest, char c) {
  if (!rest.starts_with(c)) return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<std::uint64_t> take_u64(std::string_view& rest) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc{}) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return number;
}

/// A word of letters, digits, dots and dashes.
std::string take_name(std::string_view& rest) {
  std::size_t length = 0;
  while (length < rest.size() &&
         ((rest[length] >= 'A' && rest[length] <= 'Z') || (rest[length] >= 'a' && rest[length] <= 'z') ||
          (rest[length] >= '0' && rest[length] <= '9') || rest[length] == '.' || rest[length] == '-' ||
          rest[length] == '=' || rest[length] == '\\'))
    ++length;
  std::string name = upper(rest.substr(0, length));
  rest.remove_prefix(length);
  return name;
}

/// "1:100", "-1:-100"
std::optional<std::pair<std::int64_t, std::int64_t>> take_positions(std::string_view& rest) {
  const auto take = [&]() -> std::optional<std::int64_t> {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc{} || number == 0 || number > 0xFFFFFFFFLL || number < -0xFFFFFFFFLL) return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return number;
  };
  const auto first = take();
  if (!first || !take_char(rest, ':')) return std::nullopt;
  const auto last = take();
  if (!last || (*first < 0) != (*last < 0)) return std::nullopt;
  return std::pair{*first, *last};
}

// ---- FETCH

/// Behind "BODY[" up to "]", and a partial.
bool take_section(std::string_view& rest, FetchItem& item) {
  std::string label;
  while (!rest.empty() && rest.front() >= '1' && rest.front() <= '9') {
    const auto number = take_u64(rest);
    if (!number || *number > 100'000 || item.part.size() > 100) return false;
    item.part.push_back(static_cast<std::uint32_t>(*number));
    label += (label.empty() ? "" : ".") + std::to_string(*number);
    if (!take_char(rest, '.')) break;
    if (rest.starts_with(']')) return false;
  }
  const bool numbered = !item.part.empty();
  if (!rest.starts_with(']')) {
    if (item.what != FetchItem::What::section) return false;
    std::size_t length = 0;
    while (length < rest.size() && rest[length] != ']' && rest[length] != ' ') ++length;
    const std::string word = upper(rest.substr(0, length));
    rest.remove_prefix(length);
    using Cut = FetchItem::Cut;
    if (word == "HEADER")
      item.cut = Cut::header;
    else if (word == "TEXT")
      item.cut = Cut::text;
    else if (word == "MIME" && numbered)
      item.cut = Cut::mime;
    else if (word == "HEADER.FIELDS")
      item.cut = Cut::fields;
    else if (word == "HEADER.FIELDS.NOT")
      item.cut = Cut::fields_not;
    else
      return false;
    label += (label.empty() ? "" : ".") + word;
    if (item.cut == Cut::fields || item.cut == Cut::fields_not) {
      if (!take_space(rest) || !take_char(rest, '(')) return false;
      label += " (";
      do {
        const auto name = take_astring(rest);
        if (!name || name->empty() || item.names.size() >= limits::header_names) return false;
        if (!item.names.empty()) label += ' ';
        std::string_view atom = *name;
        label += take_atom(atom) && atom.empty() ? *name : string_of(*name);
        item.names.push_back(text::ascii_lower(*name));
      } while (take_space(rest));
      if (!take_char(rest, ')')) return false;
      label += ')';
    }
  }
  if (!take_char(rest, ']')) return false;
  item.label += '[' + label + ']';
  if (item.what != FetchItem::What::binary_size && take_char(rest, '<')) {
    const auto from = take_u64(rest);
    if (!from || !take_char(rest, '.')) return false;
    const auto most = take_u64(rest);
    if (!most || *most == 0 || !take_char(rest, '>')) return false;
    item.partial = true;
    item.from = *from;
    item.most = *most;
    item.label += '<' + std::to_string(*from) + '>';
  }
  return true;
}

bool take_item(std::string_view& rest, std::vector<FetchItem>& items) {
  using What = FetchItem::What;
  const std::string name = take_name(rest);
  const auto add = [&](What what, std::string_view label) -> FetchItem& {
    items.push_back({});
    items.back().what = what;
    items.back().label = label;
    return items.back();
  };
  static constexpr auto simple = std::to_array<std::pair<std::string_view, What>>({
      {"UID", What::uid},
      {"FLAGS", What::flags},
      {"INTERNALDATE", What::internal_date},
      {"SAVEDATE", What::save_date},
      {"RFC822.SIZE", What::size},
      {"MODSEQ", What::modseq},
      {"EMAILID", What::email_id},
      {"THREADID", What::thread_id},
      {"ENVELOPE", What::envelope},
      {"BODYSTRUCTURE", What::body_structure},
  });
  for (const auto& [word, what] : simple)
    if (name == word) {
      add(what, word);
      return true;
    }
  if (name == "ALL" || name == "FAST" || name == "FULL") {
    add(What::flags, "FLAGS");
    add(What::internal_date, "INTERNALDATE");
    add(What::size, "RFC822.SIZE");
    if (name != "FAST") add(What::envelope, "ENVELOPE");
    if (name == "FULL") add(What::body, "BODY");
    return true;
  }
  if (name == "RFC822" || name == "RFC822.HEADER" || name == "RFC822.TEXT") {
    FetchItem& item = add(What::section, name);
    item.cut = name == "RFC822"          ? FetchItem::Cut::all
               : name == "RFC822.HEADER" ? FetchItem::Cut::header
                                         : FetchItem::Cut::text;
    return true;
  }
  if (name == "PREVIEW") {
    FetchItem& item = add(What::preview, name);
    static constexpr std::string_view lazy = " (LAZY)";
    if (text::ascii_iequals(rest.substr(0, lazy.size()), lazy)) {
      item.lazy = true;
      rest.remove_prefix(lazy.size());
    }
    return true;
  }
  if ((name == "BODY" || name == "BODY.PEEK") && take_char(rest, '['))
    return take_section(rest, add(What::section, "BODY"));
  if ((name == "BINARY" || name == "BINARY.PEEK") && take_char(rest, '['))
    return take_section(rest, add(What::binary, "BINARY"));
  if (name == "BINARY.SIZE" && take_char(rest, '[')) return take_section(rest, add(What::binary_size, "BINARY.SIZE"));
  if (name != "BODY") return false;
  add(What::body, "BODY");
  return true;
}
}  // namespace

Result<Fetch> parse_fetch(std::string_view rest, bool uid) {
  Fetch fetch;
  auto set = take_set(rest);
  if (!set || !take_space(rest)) return wrong("FETCH wants a set of messages and what to fetch");
  fetch.set = *std::move(set);
  if (take_char(rest, '(')) {
    do {
      if (!take_item(rest, fetch.items) || fetch.items.size() > limits::fetch_items) return wrong("FETCH what?");
    } while (take_space(rest));
    if (!take_char(rest, ')')) return wrong("FETCH what?");
  } else if (!take_item(rest, fetch.items)) {
    return wrong("FETCH what?");
  }
  if (take_space(rest)) {
    if (!take_char(rest, '(')) return wrong("FETCH: modifiers stand in parentheses");
    do {
      const std::string name = take_name(rest);
      if (name == "CHANGEDSINCE" && take_space(rest)) {
        fetch.changed_since = take_u64(rest);
        if (!fetch.changed_since) return wrong("CHANGEDSINCE wants a number");
      } else if (name == "VANISHED") {
        fetch.vanished = true;
      } else if (name == "PARTIAL" && take_space(rest)) {
        fetch.partial = take_positions(rest);
        if (!fetch.partial) return wrong("PARTIAL wants a range");
      } else {
        return wrong("FETCH: unknown modifier");
      }
    } while (take_space(rest));
    if (!take_char(rest, ')')) return wrong("FETCH: modifiers stand in parentheses");
  }
  if (!rest.empty()) return wrong("FETCH: something stands behind it");
  if (fetch.vanished && (!fetch.changed_since || !uid)) return wrong("VANISHED wants UID FETCH and CHANGEDSINCE");
  using What = FetchItem::What;
  const auto has = [&](What what) {
    return std::any_of(fetch.items.begin(), fetch.items.end(),
                       [&](const FetchItem& item) { return item.what == what; });
  };
  const auto add = [&](What what, std::string_view label) {
    if (has(what)) return;
    FetchItem item;
    item.what = what;
    item.label = label;
    fetch.items.insert(fetch.items.begin(), std::move(item));
  };
  if (fetch.changed_since) add(What::modseq, "MODSEQ");
  if (uid) add(What::uid, "UID");
  return fetch;
}

// ---- SEARCH

namespace {

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
  if (!take_char(rest, '(')) return wrong("RETURN wants a list");
  request.extended = true;
  bool any = false;
  while (!rest.starts_with(')')) {
    if (any && !take_space(rest)) return wrong("RETURN wants a list");
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
      if (!request.partial) return wrong("PARTIAL wants a range");
    } else {
      return wrong("RETURN: unknown option");
    }
  }
  rest.remove_prefix(1);
  if (!any) request.all = true;
  if (!take_space(rest)) return wrong("SEARCH wants keys");
  return done;
}

Result<Done> check_charset(std::string_view name) {
  if (text::ascii_iequals(name, "UTF-8") || text::ascii_iequals(name, "US-ASCII")) return done;
  return fail(status::not_implemented, "charset");
}

Result<Done> take_keys(std::string_view& rest, SearchRequest& request) {
  KeyReader reader(rest);
  if (!reader.all_of(request.key, 0) || !rest.empty()) return wrong("SEARCH: a key is not understood");
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
    if (!charset || !take_space(rest)) return wrong("CHARSET which?");
    if (auto known = check_charset(*charset); !known) return known.error();
  }
  if (auto taken = take_keys(rest, request); !taken) return taken.error();
  return request;
}

Result<SortRequest> parse_sort(std::string_view rest) {
  SortRequest sort;
  if (auto taken = take_return(rest, sort.search); !taken) return taken.error();
  if (!take_char(rest, '(')) return wrong("SORT wants criteria");
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
    if (row == known.end() || sort.criteria.size() >= 10) return wrong("SORT by what?");
    sort.criteria.push_back({row->second, std::exchange(reverse, false)});
  } while (take_space(rest));
  if (reverse || sort.criteria.empty() || !take_char(rest, ')') || !take_space(rest)) return wrong("SORT by what?");
  const auto charset = take_astring(rest);
  if (!charset || !take_space(rest)) return wrong("SORT wants a charset");
  if (auto known = check_charset(*charset); !known) return known.error();
  if (auto taken = take_keys(rest, sort.search); !taken) return taken.error();
  return sort;
}

// ---- LIST

std::optional<std::vector<std::string>> take_words(std::string_view& rest) {
  std::string_view r = rest;
  if (!take_char(r, '(')) return std::nullopt;
  std::vector<std::string> words;
  while (!take_char(r, ')')) {
    if (!words.empty() && !take_space(r)) return std::nullopt;
    std::string word = take_name(r);
    if (word.empty() || words.size() >= 50) return std::nullopt;
    words.push_back(std::move(word));
  }
  rest = r;
  return words;
}

namespace {
/// A pattern: an astring that may hold % and *.
std::optional<std::string> take_pattern(std::string_view& rest) {
  if (rest.starts_with('"') || rest.starts_with('{')) return take_astring(rest);
  std::size_t length = 0;
  while (length < rest.size() && static_cast<unsigned char>(rest[length]) > 0x20 && rest[length] != '(' &&
         rest[length] != ')' && rest[length] != '{' && rest[length] != '"' && rest[length] != '\x7F')
    ++length;
  if (length == 0) return std::nullopt;
  std::string pattern(rest.substr(0, length));
  rest.remove_prefix(length);
  return pattern;
}
}  // namespace

Result<ListRequest> parse_list(std::string_view rest) {
  ListRequest list;
  if (rest.starts_with('(')) {
    const auto options = take_words(rest);
    if (!options || !take_space(rest)) return wrong("LIST: options are not understood");
    list.extended = true;
    for (const std::string& option : *options) {
      if (option == "SUBSCRIBED")
        list.select_subscribed = true;
      else if (option == "REMOTE")
        list.select_remote = true;
      else if (option == "RECURSIVEMATCH")
        list.recursive = true;
      else if (option == "SPECIAL-USE")
        list.select_special = true;
      else
        return wrong("LIST: unknown option");
    }
    if (list.recursive && !list.select_subscribed && !list.select_special) return wrong("RECURSIVEMATCH of what?");
  }
  const auto reference = take_astring(rest);
  if (!reference || !take_space(rest)) return wrong("LIST wants a reference and a pattern");
  list.reference = *reference;
  if (take_char(rest, '(')) {
    list.extended = true;
    do {
      auto pattern = take_pattern(rest);
      if (!pattern || list.patterns.size() >= limits::patterns) return wrong("LIST: patterns are not understood");
      list.patterns.push_back(*std::move(pattern));
    } while (take_space(rest));
    if (!take_char(rest, ')')) return wrong("LIST: patterns are not understood");
  } else {
    auto pattern = take_pattern(rest);
    if (!pattern) return wrong("LIST wants a pattern");
    list.patterns.push_back(*std::move(pattern));
  }
  if (rest.empty()) return list;
  static constexpr std::string_view word = " RETURN (";
  if (!text::ascii_iequals(rest.substr(0, word.size()), word)) return wrong("LIST: something stands behind it");
  rest.remove_prefix(word.size());
  list.extended = true;
  bool any = false;
  while (!take_char(rest, ')')) {
    if (any && !take_space(rest)) return wrong("LIST: RETURN is not understood");
    any = true;
    const std::string name = take_name(rest);
    if (name == "SUBSCRIBED") {
      list.return_subscribed = true;
    } else if (name == "CHILDREN") {
      list.return_children = true;
    } else if (name == "SPECIAL-USE") {
      list.return_special = true;
    } else if (name == "STATUS" && take_space(rest)) {
      auto items = take_words(rest);
      if (!items || items->empty()) return wrong("STATUS of what?");
      list.status = *std::move(items);
    } else {
      return wrong("LIST: RETURN is not understood");
    }
  }
  if (!rest.empty()) return wrong("LIST: something stands behind it");
  return list;
}

}  // namespace vanthu::reading_room
