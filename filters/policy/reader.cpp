// SPDX-License-Identifier: GPL-3.0-or-later
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <sstream>

#include "directory/skeleton.hpp"
#include "filters/policy/fill.hpp"
#include "filters/policy/findings.hpp"
#include "filters/policy/rule.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/nearest.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::filters {
namespace {

constexpr auto directions = std::to_array<std::string_view>({"in", "out"});
constexpr auto mailbox_kinds =
    std::to_array<std::string_view>({"unit", "position", "person", "role", "system", "outside"});
constexpr auto markings = std::to_array<std::string_view>({"mat", "toi-mat", "tuyet-mat"});
constexpr auto urgencies = std::to_array<std::string_view>({"none", "khan", "thuong-khan", "hoa-toc"});
constexpr auto forms = std::to_array<std::string_view>({"party", "state"});
constexpr auto actions = std::to_array<std::string_view>({"accept", "hold", "defer", "reject"});  // as enum Action
constexpr auto spf_results =
    std::to_array<std::string_view>({"none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"});
constexpr auto dkim_results =
    std::to_array<std::string_view>({"none", "pass", "fail", "policy", "neutral", "temperror", "permerror"});
constexpr auto dmarc_results = std::to_array<std::string_view>({"none", "pass", "fail", "temperror", "permerror"});
constexpr auto dmarc_policies = std::to_array<std::string_view>({"none", "quarantine", "reject"});
constexpr auto familiar_kinds = std::to_array<std::string_view>({"person", "unit", "leader", "address", "domain"});
constexpr auto reply_to_words = std::to_array<std::string_view>({"own", "inside", "anywhere"});  // as enum ReplyTo
constexpr auto languages = std::to_array<std::string_view>({"vi", "en"});

std::string nearest_of(std::string_view wrong, std::span<const std::string_view> known) {
  return std::string(nearest(known, wrong.substr(0, 64)));  // what somebody wrote may be long, and the search is square
}

/// Everything that is wrong, so that one reading of the file tells it all.
class Faults {
 public:
  explicit Faults(std::string name) : name_(std::move(name)) {}
  void add(std::size_t line, const std::string& what) { found_.emplace_back(line, what); }
  void add(const toml::source_region& where, const std::string& what) { add(where.begin.line, what); }
  bool none() const { return found_.empty(); }
  std::string list() {
    std::stable_sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string all;
    for (const auto& [line, what] : found_) {
      if (!all.empty()) all += '\n';
      all += name_ + ':' + std::to_string(line) + ": " + what;
    }
    return all;
  }

 private:
  std::string name_;
  std::vector<std::pair<std::size_t, std::string>> found_;
};

std::string in_quotes(std::string_view text) { return "'" + shown(text, 64) + "'"; }

/// A row of a section's table: the key, and how its value reaches the target.
template <class Target>
struct Key {
  std::string_view name;
  void (*read)(Faults&, const toml::node&, Target&);
};

void read_text(Faults& faults, const toml::node& node, std::string& into) {
  if (const auto* text = node.as_string())
    into = text::nfc(text->get());
  else
    faults.add(node.source(), "wants a text in quotes");
}

void read_list(Faults& faults, const toml::node& node, std::vector<std::string>& into) {
  const auto take = [&](const toml::node& item) {
    std::string value;
    read_text(faults, item, value);
    if (value.empty() && item.is_string()) faults.add(item.source(), "an empty text fits nothing");
    into.push_back(std::move(value));
  };
  if (const toml::array* array = node.as_array()) {
    if (array->empty()) faults.add(node.source(), "an empty list fits nothing; leave the key out");
    for (const toml::node& item : *array) take(item);
  } else {
    take(node);
  }
}

bool check_word(Faults& faults, const toml::source_region& where, std::string_view word,
                std::span<const std::string_view> known) {
  if (std::find(known.begin(), known.end(), word) != known.end()) return true;
  std::string all;
  for (const std::string_view one : known) all += (all.empty() ? "" : ", ") + std::string(one);
  faults.add(where, "unknown value " + in_quotes(word) + "; the nearest known one is '" + nearest_of(word, known) +
                        "' (of: " + all + ")");
  return false;
}

template <auto Field, class Target>
void text(Faults& faults, const toml::node& node, Target& target) {
  read_text(faults, node, target.*Field);
}
template <auto Field, class Target>
void list(Faults& faults, const toml::node& node, Target& target) {
  read_list(faults, node, target.*Field);
}
template <auto Field, const auto& Known, class Target>
void words(Faults& faults, const toml::node& node, Target& target) {
  read_list(faults, node, target.*Field);
  for (const std::string& word : target.*Field)
    if (!word.empty()) check_word(faults, node.source(), word, Known);
}
template <auto Field, class Target>
void yes_no(Faults& faults, const toml::node& node, Target& target) {
  if (const auto* value = node.as_boolean())
    target.*Field = value->get();
  else
    faults.add(node.source(), "wants true or false");
}
template <auto Field, class Target>
void number(Faults& faults, const toml::node& node, Target& target) {
  const auto* value = node.as_integer();
  if (value != nullptr && value->get() >= 0)
    target.*Field = static_cast<std::uint64_t>(value->get());
  else
    faults.add(node.source(), "wants a whole number from 0");
}
template <auto Field, class Target>
void lower_list(Faults& faults, const toml::node& node, Target& target) {
  read_list(faults, node, target.*Field);
  for (std::string& item : target.*Field) item = text::ascii_lower(item);
}

std::optional<Date> read_day(Faults& faults, const toml::node& node) {
  std::string text;
  if (const auto* day = node.as_date()) {
    const Date date{std::chrono::year{day->get().year}, std::chrono::month{day->get().month},
                    std::chrono::day{day->get().day}};
    if (date.ok()) return date;
  } else if (const auto* words = node.as_string()) {
    if (const auto date = parse_date(words->get())) return *date;
  }
  faults.add(node.source(), "wants a day as 2026-11-24");
  return std::nullopt;
}
template <class Target>
void valid_from(Faults& faults, const toml::node& node, Target& target) {
  target.valid.from = read_day(faults, node);
}
template <class Target>
void valid_to(Faults& faults, const toml::node& node, Target& target) {
  target.valid.to = read_day(faults, node);
}
template <class Target>
void check_validity(Faults& faults, const toml::source_region& where, const Target& target) {
  if (target.valid.from && target.valid.to && *target.valid.to < *target.valid.from)
    faults.add(where, "valid_to is before valid_from");
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  });
}
template <auto Field, class Target>
void name(Faults& faults, const toml::node& node, Target& target) {
  read_text(faults, node, target.*Field);
  if (node.is_string() && !is_name(target.*Field))
    faults.add(node.source(), "wants 1 to 64 letters, digits, '.', '-' or '_', not " + in_quotes(target.*Field));
}

void read_direction(Faults& faults, const toml::node& node, Conditions& when) {
  std::string word;
  read_text(faults, node, word);
  if (node.is_string() && check_word(faults, node.source(), word, directions))
    when.direction = word == "in" ? mail::Direction::in : mail::Direction::out;
}

void read_findings(Faults& faults, const toml::node& node, Conditions& when) {
  read_list(faults, node, when.finding);
  for (const std::string& pattern : when.finding) {
    if (pattern.empty()) continue;
    const std::size_t star = pattern.find('*');
    if (star == std::string::npos) {
      const std::vector<std::string_view> known = finding_ids();
      if (std::find(known.begin(), known.end(), pattern) == known.end())
        faults.add(node.source(), "unknown finding " + in_quotes(pattern) + "; the nearest known one is '" +
                                      nearest_of(pattern, known) + "'");
    } else if (star + 1 != pattern.size()) {
      faults.add(node.source(), "'*' may only stand at the end of " + in_quotes(pattern));
    }
  }
}

void read_enhanced(Faults& faults, const toml::node& node, Rule& rule) {
  std::string code;
  read_text(faults, node, code);
  unsigned a = 0, b = 0, c = 0;
  char dot1 = 0, dot2 = 0;
  std::istringstream in(code);
  in >> a >> dot1 >> b >> dot2 >> c;
  if (in.fail() || !in.eof() || dot1 != '.' || dot2 != '.' || (a != 4 && a != 5) || b > 7 || c > 99)
    faults.add(node.source(), "wants an enhanced status code as \"5.7.1\" (RFC 3463), not " + in_quotes(code));
  else
    rule.enhanced = {static_cast<int>(a), static_cast<int>(b), static_cast<int>(c)};
}

void read_action(Faults& faults, const toml::node& node, Rule& rule) {
  std::string word;
  read_text(faults, node, word);
  if (node.is_string() && check_word(faults, node.source(), word, actions))
    rule.action = static_cast<Action>(std::find(actions.begin(), actions.end(), word) - actions.begin());
}

/// Reads the keys of `table` by `rows`; a key that is in none is a fault that names the nearest of rows and `others`.
/// @return keys that stand in `others`, left to the caller
template <class Target, std::size_t N>
void read_keys(Faults& faults, const toml::table& table, const std::array<Key<Target>, N>& rows, Target& target,
               std::span<const std::string_view> others = {}) {
  for (const auto& [key, node] : table) {
    const std::string_view called = key.str();
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.name == called; });
    if (row != rows.end()) {
      row->read(faults, node, target);
      continue;
    }
    if (std::find(others.begin(), others.end(), called) != others.end()) continue;
    std::vector<std::string_view> known(others.begin(), others.end());
    for (const auto& r : rows) known.push_back(r.name);
    faults.add(key.source(),
               "unknown key " + in_quotes(called) + "; the nearest known one is '" + nearest_of(called, known) + "'");
  }
}

constexpr auto authentication_keys = std::to_array<Key<AuthenticationConditions>>({
    {"spf", words<&AuthenticationConditions::spf, spf_results>},
    {"dkim", words<&AuthenticationConditions::dkim, dkim_results>},
    {"dmarc", words<&AuthenticationConditions::dmarc, dmarc_results>},
    {"dmarc_policy", words<&AuthenticationConditions::dmarc_policy, dmarc_policies>},
    {"forged_results", yes_no<&AuthenticationConditions::forged_results>},
});

void read_authentication(Faults& faults, const toml::node& node, Conditions& when) {
  const toml::table* table = node.as_table();
  if (table == nullptr || table->empty())
    return faults.add(node.source(), "wants what was found, as authentication.dmarc = \"fail\"");
  read_keys(faults, *table, authentication_keys, when.authentication);
}

constexpr auto condition_keys = std::to_array<Key<Conditions>>({
    {"direction", read_direction},
    {"sender_unit", list<&Conditions::sender_unit>},
    {"sender_kind", words<&Conditions::sender_kind, mailbox_kinds>},
    {"recipient_unit", list<&Conditions::recipient_unit>},
    {"recipient_kind", words<&Conditions::recipient_kind, mailbox_kinds>},
    {"recipients_over", number<&Conditions::recipients_over>},
    {"octets_over", number<&Conditions::octets_over>},
    {"finding", read_findings},
    {"type", lower_list<&Conditions::type>},
    {"name_extension", lower_list<&Conditions::name_extension>},
    {"authentication", read_authentication},
    {"shows_name_of", words<&Conditions::shows_name_of, familiar_kinds>},
    {"secrecy", words<&Conditions::secrecy, markings>},
    {"urgency", words<&Conditions::urgency, urgencies>},
    {"paper", yes_no<&Conditions::paper>},
    {"paper_form", words<&Conditions::paper_form, forms>},
    {"paper_kind", list<&Conditions::paper_kind>},
    {"paper_symbol", list<&Conditions::paper_symbol>},
});

constexpr auto condition_names = [] {
  std::array<std::string_view, condition_keys.size()> names{};
  std::transform(condition_keys.begin(), condition_keys.end(), names.begin(), [](const auto& row) { return row.name; });
  return names;
}();

void read_unless(Faults& faults, const toml::node& node, Rule& rule) {
  const toml::table* table = node.as_table();
  if (table == nullptr || table->empty()) return faults.add(node.source(), "wants conditions as { key = value }");
  read_keys(faults, *table, condition_keys, rule.unless.emplace());
  if (!rule.unless->secrecy.empty())
    faults.add(node.source(), "a secrecy marking is no exception: it is refused before any other rule is asked");
}

constexpr auto rule_keys = std::to_array<Key<Rule>>({
    {"id", name<&Rule::id>},
    {"description", text<&Rule::description>},
    {"valid_from", valid_from<Rule>},
    {"valid_to", valid_to<Rule>},
    {"unless", read_unless},
    {"action", read_action},
    {"enhanced", read_enhanced},
    {"text_vi", text<&Rule::text_vi>},
    {"text_en", text<&Rule::text_en>},
    {"record_class", name<&Rule::record_class>},
});

void check_text(Faults& faults, const toml::table& table, std::string_view key, const Rule& rule,
                const std::string& text) {
  const auto* node = table.get(key);
  if (node == nullptr) return;
  if (text.size() > 400) faults.add(node->source(), std::string(key) + " is longer than 400 octets");
  if (shown(text, 1000) != text)
    faults.add(node->source(), std::string(key) + " has a line end or a control character");
  for (const std::string& wrong : unknown_placeholders(text))
    faults.add(node->source(), "unknown placeholder " + in_quotes(wrong) + " (of: {part}, {name}, {type}, {finding})");
  if (!rule.when.secrecy.empty() && text.find('{') != std::string::npos)
    faults.add(node->source(), "a text about a secrecy marking may not quote the message: no placeholder here");
}

void check_rule(Faults& faults, const toml::table& table, Rule& rule) {
  const toml::source_region& where = table.source();
  const bool refuses = rule.action == Action::reject || rule.action == Action::defer;
  if (table.get("id") == nullptr) faults.add(where, "the rule has no id");
  if (table.get("action") == nullptr) faults.add(where, "the rule has no action");
  if (std::none_of(condition_names.begin(), condition_names.end(),
                   [&](std::string_view key) { return table.contains(key); }))
    faults.add(where, "a rule without conditions would meet all mail");
  if (refuses && (rule.text_vi.empty() || rule.text_en.empty()))
    faults.add(where, "whoever is refused is told why: text_vi and text_en are both needed");
  if (!refuses && (table.get("text_vi") != nullptr || table.get("text_en") != nullptr))
    faults.add(where, "only defer and reject tell the sender something: no text_vi, text_en here");
  const int cls = rule.action == Action::reject ? 5 : rule.action == Action::defer ? 4 : 0;
  if (const auto* node = table.get("enhanced")) {
    if (rule.enhanced[0] != 0 && rule.enhanced[0] != cls)
      faults.add(node->source(), cls == 0 ? "only defer and reject have an enhanced status code"
                                          : "the action wants an enhanced status code of class " + std::to_string(cls));
  } else if (cls != 0) {
    rule.enhanced = {cls, 7, 1};
  }
  check_validity(faults, where, rule);
  check_text(faults, table, "text_vi", rule, rule.text_vi);
  check_text(faults, table, "text_en", rule, rule.text_en);
  if (!rule.when.secrecy.empty() && rule.action != Action::reject)
    faults.add(where, "a secrecy marking can only be rejected: keeping such a paper here is itself an offence");
}

/// The one refusal that no policy file may drop, narrow or let expire.
bool refuses_every_marking(const Rule& rule) {
  Conditions only;
  only.secrecy = rule.when.secrecy;
  const std::set<std::string_view> named(rule.when.secrecy.begin(), rule.when.secrecy.end());
  return rule.action == Action::reject && rule.when == only && !rule.unless && !rule.valid.from && !rule.valid.to &&
         named.size() == markings.size();
}

void read_rules(Faults& faults, const toml::node& node, RuleBook& book) {
  const toml::array* array = node.as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table))
    return faults.add(node.source(), "rules are written as [[rule]]");
  std::set<std::string> ids;
  for (const toml::node& item : *array) {
    const toml::table& table = *item.as_table();
    Rule rule;
    read_keys(faults, table, rule_keys, rule, condition_names);
    for (const auto& row : condition_keys)
      if (const auto* value = table.get(row.name)) row.read(faults, *value, rule.when);
    check_rule(faults, table, rule);
    if (!rule.id.empty() && !ids.insert(rule.id).second)
      faults.add(table.source(), "the id " + in_quotes(rule.id) + " is used twice");
    book.rules.push_back(std::move(rule));
  }
}

constexpr auto class_keys = std::to_array<Key<OfficialRules::Class>>({
    {"kind", list<&OfficialRules::Class::kind>},
    {"form", words<&OfficialRules::Class::form, forms>},
    {"record_class", name<&OfficialRules::Class::record_class>},
    {"valid_from", valid_from<OfficialRules::Class>},
    {"valid_to", valid_to<OfficialRules::Class>},
});

void read_classes(Faults& faults, const toml::node& node, OfficialRules& official) {
  const toml::array* array = node.as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table))
    return faults.add(node.source(), "classes are written as [[official.class]]");
  for (const toml::node& item : *array) {
    OfficialRules::Class cls;
    read_keys(faults, *item.as_table(), class_keys, cls);
    if (cls.record_class.empty()) faults.add(item.source(), "the class has no record_class");
    if (cls.kind.empty() && cls.form.empty()) faults.add(item.source(), "the class names neither kind nor form");
    check_validity(faults, item.source(), cls);
    official.classes.push_back(std::move(cls));
  }
}

void read_confidence(Faults& faults, const toml::node& node, OfficialRules& official) {
  const auto value = node.value<double>();
  if (!node.is_number() || !value || !(*value > 0 && *value <= 1))
    return faults.add(node.source(), "wants a number above 0, at most 1");
  official.min_confidence = *value;
}

constexpr auto official_keys = std::to_array<Key<OfficialRules>>({
    {"registry_mailboxes", yes_no<&OfficialRules::registry_mailboxes>},
    {"min_confidence", read_confidence},
    {"record_class", name<&OfficialRules::record_class>},
    {"class", read_classes},
});

void read_reply_to(Faults& faults, const toml::node& node, AddressingRules& addressing) {
  std::string word;
  read_text(faults, node, word);
  if (node.is_string() && check_word(faults, node.source(), word, reply_to_words))
    addressing.reply_to =
        static_cast<ReplyTo>(std::find(reply_to_words.begin(), reply_to_words.end(), word) - reply_to_words.begin());
}

struct Leaders {
  std::vector<std::string> title, held_by;
};
constexpr auto leader_keys = std::to_array<Key<Leaders>>({
    {"title", list<&Leaders::title>},
    {"held_by", list<&Leaders::held_by>},
});

void read_leaders(Faults& faults, const toml::node& node, AddressingRules& addressing) {
  const toml::array* array = node.as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table))
    return faults.add(node.source(), "leaders' titles are written as [[addressing.leader]]");
  for (const toml::node& item : *array) {
    Leaders leaders;
    read_keys(faults, *item.as_table(), leader_keys, leaders);
    if (leaders.title.empty()) faults.add(item.source(), "the row names no title");
    for (std::string& title : leaders.title) {
      std::string skeleton = directory::skeleton(title);
      if (skeleton.empty() && !title.empty())
        faults.add(item.source(), "a title without a letter: " + in_quotes(title));
      addressing.leaders.push_back({std::move(title), leaders.held_by, std::move(skeleton)});
    }
  }
  if (addressing.leaders.size() > limits::policy_leader_titles)
    faults.add(node.source(), "more than " + std::to_string(limits::policy_leader_titles) + " leaders' titles");
}

constexpr auto addressing_keys = std::to_array<Key<AddressingRules>>({
    {"reply_to", read_reply_to},
    {"leader", read_leaders},
    {"display_names", yes_no<&AddressingRules::display_names>},
    {"neighbours", number<&AddressingRules::neighbours>},
});

template <auto Field, const auto& Keys>
void section(Faults& faults, const toml::node& node, RuleBook& book) {
  if (const toml::table* table = node.as_table())
    read_keys(faults, *table, Keys, book.*Field);
  else
    faults.add(node.source(), "wants a section of its own");
}

void read_language(Faults& faults, const toml::node& node, RuleBook& book) {
  std::string word;
  read_text(faults, node, word);
  if (node.is_string() && check_word(faults, node.source(), word, languages))
    book.language = word == "vi" ? Language::vi : Language::en;
}

constexpr auto book_keys = std::to_array<Key<RuleBook>>({
    {"name", text<&RuleBook::name>},
    {"language", read_language},
    {"official", section<&RuleBook::official, official_keys>},
    {"addressing", section<&RuleBook::addressing, addressing_keys>},
    {"rule", read_rules},
});

}  // namespace

Result<RuleBook> read_rule_book(std::string_view toml, const std::string& name) {
  Faults faults(name);
  RuleBook book;
  if (toml.size() > limits::policy_octets) {
    faults.add(1, "the file is larger than " + std::to_string(limits::policy_octets) + " octets");
    return fail(status::bad_configuration, faults.list());
  }
  if (!text::is_utf8(toml)) {
    faults.add(1, "the file is not UTF-8");
    return fail(status::bad_configuration, faults.list());
  }
  try {
    const toml::table document = toml::parse(toml);
    read_keys(faults, document, book_keys, book);
  } catch (const toml::parse_error& error) {
    faults.add(error.source(), shown(error.description(), 300));
  }
  if (faults.none() && std::none_of(book.rules.begin(), book.rules.end(), refuses_every_marking))
    faults.add(1,
               "no rule refuses every secrecy marking (mat, toi-mat, tuyet-mat) always and without a further "
               "condition; the law wants one");
  if (!faults.none()) return fail(status::bad_configuration, faults.list());
  book.version = hex(sha256(toml)).substr(0, 16);
  return book;
}

}  // namespace vanthu::filters
