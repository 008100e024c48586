// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <tuple>

#include "filters/policy/fill.hpp"
#include "filters/policy/findings.hpp"
#include "filters/policy/reader_addressing.hpp"
#include "filters/policy/reader_keys.hpp"
#include "filters/policy/reader_labels.hpp"
#include "filters/policy/reader_mailboxes.hpp"
#include "filters/policy/reader_tests.hpp"
#include "filters/policy/rule.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::filters {
namespace {
using namespace reading;  // the words of a table of keys

constexpr auto directions = std::to_array<std::string_view>({"in", "out", "append"});
constexpr auto markings = std::to_array<std::string_view>({"mat", "toi-mat", "tuyet-mat"});
constexpr auto urgencies = std::to_array<std::string_view>({"none", "khan", "thuong-khan", "hoa-toc"});
constexpr auto forms = std::to_array<std::string_view>({"party", "state"});
constexpr auto actions =
    std::to_array<std::string_view>({"accept", "hold", "defer", "reject", "confirm", "rewrite", "warn"});
constexpr auto time_outs = std::to_array<std::string_view>({"return", "release"});
constexpr auto spf_results =
    std::to_array<std::string_view>({"none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"});
constexpr auto dkim_results =
    std::to_array<std::string_view>({"none", "pass", "fail", "policy", "neutral", "temperror", "permerror"});
constexpr auto dmarc_results = std::to_array<std::string_view>({"none", "pass", "fail", "temperror", "permerror"});
constexpr auto clamd_results = std::to_array<std::string_view>({"clean", "found", "absent"});
constexpr auto rspamd_results = std::to_array<std::string_view>(
    {"no action", "greylist", "add header", "rewrite subject", "soft reject", "reject", "absent"});
constexpr auto dmarc_policies = std::to_array<std::string_view>({"none", "quarantine", "reject"});
constexpr auto familiar_kinds = std::to_array<std::string_view>({"person", "unit", "leader", "address", "domain"});
constexpr auto languages = std::to_array<std::string_view>({"vi", "en"});

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
  if (!node.is_string() || !check_word(faults, node.source(), word, actions)) return;
  rule.confirm = word == "confirm";  // of all but these three the place in the list is the action's value
  rule.rewrite = word == "rewrite";
  rule.warn = word == "warn";
  if (!rule.confirm && !rule.rewrite && !rule.warn)
    rule.action = static_cast<Action>(std::find(actions.begin(), actions.end(), word) - actions.begin());
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

constexpr auto opinion_keys = std::to_array<Key<OpinionConditions>>({
    {"clamd", words<&OpinionConditions::clamd, clamd_results>},
    {"rspamd", words<&OpinionConditions::rspamd, rspamd_results>},
    {"rspamd_score_over", number<&OpinionConditions::rspamd_score_over>},
});

void read_opinion(Faults& faults, const toml::node& node, Conditions& when) {
  const toml::table* table = node.as_table();
  if (table == nullptr || table->empty())
    return faults.add(node.source(), "wants what somebody said, as opinion.clamd = \"found\"");
  read_keys(faults, *table, opinion_keys, when.opinion);
}

template <auto Field>
void read_filing(Faults& faults, const toml::node& node, Conditions& when) {
  read_list(faults, node, when.filing.*Field);
}
void read_special_use(Faults& faults, const toml::node& node, Conditions& when) {
  words<&FilingConditions::special_use, folder_uses>(faults, node, when.filing);
}
template <auto Field>
void read_addresses(Faults& faults, const toml::node& node, Conditions& when) {
  lower_list<Field>(faults, node, when.filing);
}

constexpr auto condition_keys = std::to_array<Key<Conditions>>({
    {"direction", words<&Conditions::direction, directions>},
    {"sender_unit", list<&Conditions::sender_unit>},
    {"sender_kind", words<&Conditions::sender_kind, mailbox_kinds>},
    {"recipient_unit", list<&Conditions::recipient_unit>},
    {"recipient_kind", words<&Conditions::recipient_kind, mailbox_kinds>},
    {"recipient_class", list<&Conditions::recipient_class>},
    {"recipients_over", number<&Conditions::recipients_over>},
    {"octets_over", number<&Conditions::octets_over>},
    {"folder", read_filing<&FilingConditions::folder>},
    {"special_use", read_special_use},
    {"mailbox", read_addresses<&FilingConditions::mailbox>},
    {"user", read_addresses<&FilingConditions::user>},
    {"finding", read_findings},
    {"type", lower_list<&Conditions::type>},
    {"name_extension", lower_list<&Conditions::name_extension>},
    {"authentication", read_authentication},
    {"opinion", read_opinion},
    {"label", read_label_conditions},
    {"shows_name_of", words<&Conditions::shows_name_of, familiar_kinds>},
    {"secrecy", words<&Conditions::secrecy, markings>},
    {"urgency", words<&Conditions::urgency, urgencies>},
    {"paper", yes_no<&Conditions::paper>},
    {"paper_form", words<&Conditions::paper_form, forms>},
    {"paper_kind", list<&Conditions::paper_kind>},
    {"paper_symbol", list<&Conditions::paper_symbol>},
    {"paper_draft", yes_no<&Conditions::paper_draft>},
    {"paper_circulation", list<&Conditions::paper_circulation>},
    {"paper_signer", list<&Conditions::paper_signer>},
    {"paper_issuer", list<&Conditions::paper_issuer>},
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

void read_time_out(Faults& faults, const toml::node& node, Rule& rule) {
  read_text(faults, node, rule.on_timeout);
  if (node.is_string()) check_word(faults, node.source(), rule.on_timeout, time_outs);
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
    {"hours", number<&Rule::hours>},
    {"on_timeout", read_time_out},
    {"release_by", number<&Rule::release_by>},
});

void check_text(Faults& faults, const toml::table& table, std::string_view key, const Rule& rule,
                const std::string& text) {
  const auto* node = table.get(key);
  if (node == nullptr) return;
  if (text.size() > 400) faults.add(node->source(), std::string(key) + " is longer than 400 octets");
  if (shown(text, 1000) != text)
    faults.add(node->source(), std::string(key) + " has a line end or a control character");
  for (const std::string& wrong : unknown_placeholders(text))
    faults.add(node->source(),
               "unknown placeholder " + in_quotes(wrong) + " (of: {part}, {name}, {type}, {finding}, {contact})");
  // The contact is the policy's own; all other placeholders are of the message.
  if (!rule.when.secrecy.empty() && fill(text, {}) != fill(text, {"x", "x", "x", "x", ""}))
    faults.add(node->source(),
               "a text about a secrecy marking may not quote the message: {contact} alone may stand here");
}

/// Keys of what waits for somebody.
void check_waiting(Faults& faults, const toml::table& table, const Rule& rule, bool holds) {
  for (const char* key : {"hours", "on_timeout"})
    if (const auto* node = table.get(key); node != nullptr && !holds && !rule.confirm)
      faults.add(node->source(), std::string("only hold and confirm wait: no ") + key + " here");
  if (const auto* node = table.get("hours"); node != nullptr && (rule.hours == 0 || rule.hours > 8760))
    faults.add(node->source(), "wants 1 to 8760 hours");
  const auto* persons = table.get("release_by");
  if (persons == nullptr) return;
  if (!holds) faults.add(persons->source(), "only what is held is released: no release_by here");
  if (rule.release_by == 0 || rule.release_by > 9) faults.add(persons->source(), "wants 1 to 9 persons");
  if (rule.release_by > 1 && rule.on_timeout == "release")
    faults.add(persons->source(), "on_timeout = \"release\" would let it go without any of them");
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
  if (rule.confirm && (rule.text_vi.empty() || rule.text_en.empty()))
    faults.add(where, "whoever has to confirm is told why: text_vi and text_en are both needed");
  if (rule.rewrite && (rule.text_vi.empty() || rule.text_en.empty()))
    faults.add(where, "whose message cannot be rewritten is told why: text_vi and text_en are both needed");
  if (rule.warn && (rule.text_vi.empty() || rule.text_en.empty()))
    faults.add(where, "whoever is warned is told of what: text_vi and text_en are both needed");
  const bool holds = rule.action == Action::hold;
  if (holds && rule.text_vi.empty() != rule.text_en.empty())
    faults.add(where, "who hears why a letter is held hears it in both languages: text_vi and text_en, or neither");
  if (!refuses && !rule.confirm && !rule.rewrite && !rule.warn && !holds &&
      (table.get("text_vi") != nullptr || table.get("text_en") != nullptr))
    faults.add(where, "accept tells the sender nothing: no text_vi, text_en here");
  const bool from_outside_alone = rule.when.direction == std::vector<std::string>{"in"};
  if (rule.confirm && from_outside_alone) faults.add(where, "who writes from outside cannot be asked to confirm");
  if (rule.warn && from_outside_alone) faults.add(where, "who writes from outside is told nothing");
  check_waiting(faults, table, rule, holds);
  const int cls = rule.action == Action::reject || rule.rewrite ? 5 : rule.action == Action::defer ? 4 : 0;
  if (const auto* node = table.get("enhanced")) {
    if (rule.enhanced[0] != 0 && rule.enhanced[0] != cls)
      faults.add(node->source(), cls == 0 ? "only rewrite, defer and reject have an enhanced status code"
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
    {"purpose", list<&OfficialRules::purpose>},
    {"class", read_classes},
});

void read_language(Faults& faults, const toml::node& node, RuleBook& book) {
  std::string word;
  read_text(faults, node, word);
  if (node.is_string() && check_word(faults, node.source(), word, languages))
    book.language = word == "vi" ? Language::vi : Language::en;
}

/// Names of external classes that rules speak of must be there.
void check_classes(Faults& faults, const RuleBook& book) {
  std::vector<std::string_view> known{other_class};
  for (const ExternalClass& cls : book.addressing.external) known.push_back(cls.name);
  const auto check = [&](const std::vector<std::string>& names, const std::string& id) {
    for (const std::string& name : names)
      if (std::find(known.begin(), known.end(), name) == known.end())
        faults.add(1, "rule " + in_quotes(id) + ": no [[addressing.external]] is called " + in_quotes(name) +
                          "; the nearest one is '" + nearest_of(name, known) + "'");
  };
  for (const Rule& rule : book.rules) {
    check(rule.when.recipient_class, rule.id);
    if (rule.unless) check(rule.unless->recipient_class, rule.id);
  }
  for (const PathRule& rule : book.addressing.rules) check(rule.to_class, rule.id);
  for (const LabelModel::Clearance& one : book.labels.recipients) check(one.external, "labels.recipient");
}

/// A text that says whom to call needs somebody.
void check_contacts(Faults& faults, const RuleBook& book) {
  for (const Rule& rule : book.rules)
    for (const auto& [text, contact, key] :
         {std::tuple(&rule.text_vi, &book.contact_vi, "contact_vi"), {&rule.text_en, &book.contact_en, "contact_en"}})
      if (contact->empty() && text->find("{contact}") != std::string::npos)
        faults.add(1, "rule " + in_quotes(rule.id) + " names {contact}, and " + key + " is not set");
}

template <auto Field>
void read_contact(Faults& faults, const toml::node& node, RuleBook& book) {
  read_text(faults, node, book.*Field);
  if ((book.*Field).size() > 120 || shown(book.*Field, 1000) != book.*Field)
    faults.add(node.source(), "wants one line of at most 120 octets");
}

void read_reminder(Faults& faults, const toml::node& node, ReceiptRules& receipts) {
  number<&ReceiptRules::remind_after_hours>(faults, node, receipts);
  if (receipts.remind_after_hours > 8760) faults.add(node.source(), "wants 0 to 8760 hours");
}

constexpr auto receipt_keys = std::to_array<Key<ReceiptRules>>({
    {"acceptance", yes_no<&ReceiptRules::acceptance>},
    {"delivery", yes_no<&ReceiptRules::delivery>},
    {"opening", yes_no<&ReceiptRules::opening>},
    {"registration", yes_no<&ReceiptRules::registration>},
    {"slip", yes_no<&ReceiptRules::slip>},
    {"remind_after_hours", read_reminder},
});

constexpr auto book_keys = std::to_array<Key<RuleBook>>({
    {"name", text<&RuleBook::name>},
    {"language", read_language},
    {"contact_vi", read_contact<&RuleBook::contact_vi>},
    {"contact_en", read_contact<&RuleBook::contact_en>},
    {"test", read_tests},
    {"official", section<&RuleBook::official, official_keys>},
    {"receipts", section<&RuleBook::receipts, receipt_keys>},
    {"addressing",
     [](Faults& f, const toml::node& node, RuleBook& book) { read_addressing(f, node, book.addressing); }},
    {"labels", [](Faults& f, const toml::node& node, RuleBook& book) { read_label_model(f, node, book.labels); }},
    {"mailboxes",
     [](Faults& f, const toml::node& node, RuleBook& book) { read_mailbox_rules(f, node, book.mailboxes); }},
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
  check_classes(faults, book);
  check_contacts(faults, book);
  check_labels(faults, book);
  if (faults.none() && std::none_of(book.rules.begin(), book.rules.end(), refuses_every_marking))
    faults.add(1,
               "no rule refuses every secrecy marking (mat, toi-mat, tuyet-mat) always and without a further "
               "condition; the law wants one");
  if (!faults.none()) return fail(status::bad_configuration, faults.list());
  book.version = hex(sha256(toml)).substr(0, 16);
  return book;
}

}  // namespace vanthu::filters
