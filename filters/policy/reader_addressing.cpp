// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/reader_addressing.hpp"

#include <set>

#include "directory/skeleton.hpp"
#include "filters/policy/match.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::filters {

std::string external_class(const AddressingRules& rules, const std::string& domain) {
  const std::string lower = text::ascii_lower(domain);
  for (const ExternalClass& cls : rules.external)
    if (std::any_of(cls.domains.begin(), cls.domains.end(),
                    [&](const std::string& pattern) { return glob(pattern, lower); }))
      return cls.name;
  return std::string(other_class);
}

namespace reading {
namespace {

constexpr auto outcomes = std::to_array<std::string_view>({"off", "record", "notice", "hold", "reject"});
constexpr auto line_outcomes = std::to_array<std::string_view>({"off", "record", "notice", "hold"});
constexpr auto path_actions = std::to_array<std::string_view>({"accept", "reject", "confirm"});  // as PathRule::Action
constexpr auto relations = std::to_array<std::string_view>({"self", "up", "down", "across", "outside"});
constexpr auto reply_to_words = std::to_array<std::string_view>({"own", "inside", "anywhere"});  // as enum ReplyTo
constexpr auto from_kinds = std::to_array<std::string_view>({"unit", "position", "person", "role", "system"});
constexpr auto to_kinds =
    std::to_array<std::string_view>({"unit", "position", "person", "role", "system", "group", "outside"});
constexpr auto roles = std::to_array<std::string_view>({"administrator", "unit-administrator", "archivist", "auditor"});

template <auto Field, const auto& Known, class Target>
void outcome(Faults& faults, const toml::node& node, Target& target) {
  std::string word;
  read_text(faults, node, word);
  if (node.is_string() && check_word(faults, node.source(), word, Known))
    target.*Field = static_cast<Outcome>(std::find(Known.begin(), Known.end(), word) - Known.begin());
}

void read_path_action(Faults& faults, const toml::node& node, PathRule& rule) {
  std::string word;
  read_text(faults, node, word);
  if (node.is_string() && check_word(faults, node.source(), word, path_actions))
    rule.action =
        static_cast<PathRule::Action>(std::find(path_actions.begin(), path_actions.end(), word) - path_actions.begin());
}

void read_relation(Faults& faults, const toml::node& node, PathRule& rule) {
  std::vector<std::string> list;
  read_list(faults, node, list);
  for (const std::string& word : list)
    if (!word.empty() && check_word(faults, node.source(), word, relations))
      rule.relation.push_back(
          static_cast<Relation>(std::find(relations.begin(), relations.end(), word) - relations.begin()));
}

constexpr auto condition_names = std::to_array<std::string_view>(
    {"from_unit", "from_unit_kind", "from_kind", "from_role", "relation", "to_unit", "to_unit_kind", "to_kind",
     "to_group", "to_position", "to_thuong_truc", "to_class", "mailboxes_over"});

constexpr auto path_keys = std::to_array<Key<PathRule>>({
    {"id", name<&PathRule::id>},
    {"description", text<&PathRule::description>},
    {"valid_from", valid_from<PathRule>},
    {"valid_to", valid_to<PathRule>},
    {"from_unit", list<&PathRule::from_unit>},
    {"from_unit_kind", list<&PathRule::from_unit_kind>},
    {"from_kind", words<&PathRule::from_kind, from_kinds>},
    {"from_role", words<&PathRule::from_role, roles>},
    {"relation", read_relation},
    {"to_unit", list<&PathRule::to_unit>},
    {"to_unit_kind", list<&PathRule::to_unit_kind>},
    {"to_kind", words<&PathRule::to_kind, to_kinds>},
    {"to_group", list<&PathRule::to_group>},
    {"to_position", list<&PathRule::to_position>},
    {"to_thuong_truc", yes_no<&PathRule::to_thuong_truc>},
    {"to_class", list<&PathRule::to_class>},
    {"mailboxes_over", number<&PathRule::mailboxes_over>},
    {"action", read_path_action},
    {"text_vi", text<&PathRule::text_vi>},
    {"text_en", text<&PathRule::text_en>},
});

void check_path_text(Faults& faults, const toml::table& table, std::string_view key, const std::string& words) {
  const auto* node = table.get(key);
  if (node == nullptr) return;
  if (words.size() > 300) faults.add(node->source(), std::string(key) + " is longer than 300 octets");
  if (shown(words, 1000) != words)
    faults.add(node->source(), std::string(key) + " has a line end or a control character");
}

/// Tables of one kind, each read by its rows.
template <class Target, std::size_t N, class Check>
void read_tables(Faults& faults, const toml::node& node, std::string_view called,
                 const std::array<Key<Target>, N>& rows, std::vector<Target>& into, Check check) {
  const toml::array* array = node.as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table))
    return faults.add(node.source(), "these are written as [[" + std::string(called) + "]]");
  for (const toml::node& item : *array) {
    Target target;
    read_keys(faults, *item.as_table(), rows, target);
    check(*item.as_table(), target);
    into.push_back(std::move(target));
  }
}

void read_path_rules(Faults& faults, const toml::node& node, AddressingRules& rules) {
  std::set<std::string> ids;
  read_tables(
      faults, node, "addressing.rule", path_keys, rules.rules, [&](const toml::table& table, const PathRule& rule) {
        const toml::source_region& where = table.source();
        if (rule.id.empty()) faults.add(where, "the rule has no id");
        if (table.get("action") == nullptr) faults.add(where, "the rule has no action");
        if (std::none_of(condition_names.begin(), condition_names.end(),
                         [&](std::string_view key) { return table.contains(key); }))
          faults.add(where, "a rule without conditions would meet all mail");
        if (rule.action != PathRule::Action::accept && (rule.text_vi.empty() || rule.text_en.empty()))
          faults.add(where, "whoever is refused or has to confirm is told why: text_vi and text_en are both needed");
        if (!rule.id.empty() && !ids.insert(rule.id).second)
          faults.add(where, "the id " + in_quotes(rule.id) + " is used twice");
        check_validity(faults, where, rule);
        check_path_text(faults, table, "text_vi", rule.text_vi);
        check_path_text(faults, table, "text_en", rule.text_en);
      });
}

constexpr auto external_keys = std::to_array<Key<ExternalClass>>({
    {"name", name<&ExternalClass::name>},
    {"domains", lower_list<&ExternalClass::domains>},
});

void read_external(Faults& faults, const toml::node& node, AddressingRules& rules) {
  read_tables(faults, node, "addressing.external", external_keys, rules.external,
              [&](const toml::table& table, const ExternalClass& cls) {
                if (cls.name.empty()) faults.add(table.source(), "the class has no name");
                if (cls.domains.empty()) faults.add(table.source(), "the class has no domains");
              });
}

using LineClass = RecipientLineRules::Class;
constexpr auto class_keys = std::to_array<Key<LineClass>>({
    {"name", name<&LineClass::name>},
    {"lines", list<&LineClass::lines>},
    {"unit_kinds", list<&LineClass::unit_kinds>},
    {"own", yes_no<&LineClass::own>},
    {"external", yes_no<&LineClass::external>},
    {"valid_from", valid_from<LineClass>},
    {"valid_to", valid_to<LineClass>},
});

void read_line_classes(Faults& faults, const toml::node& node, RecipientLineRules& rules) {
  read_tables(faults, node, "addressing.recipients.class", class_keys, rules.classes,
              [&](const toml::table& table, const LineClass& cls) {
                const toml::source_region& where = table.source();
                if (cls.name.empty()) faults.add(where, "the class has no name");
                if (cls.lines.empty()) faults.add(where, "the class has no lines");
                if (int(cls.own) + int(cls.external) + int(!cls.unit_kinds.empty()) != 1)
                  faults.add(where, "a class is one of: unit_kinds = [...], own = true, external = true");
                for (const std::string& line : cls.lines) {
                  if (const auto star = line.find('*', 1); star != std::string::npos && star + 1 != line.size())
                    faults.add(where, "'*' may only stand at the beginning or end of " + in_quotes(line));
                  if (line.find_first_not_of("* ") == std::string::npos)
                    faults.add(where, "the line " + in_quotes(line) + " would meet everybody");
                }
                check_validity(faults, where, cls);
              });
}

void read_abbreviations(Faults& faults, const toml::node& node, RecipientLineRules& rules) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return faults.add(node.source(), "wants a section of its own");
  for (const auto& [key, value] : *table) {
    std::string words;
    read_text(faults, value, words);
    if (value.is_string() && words.empty()) faults.add(value.source(), "an abbreviation of nothing");
    rules.abbreviations.emplace_back(std::string(key.str()), std::move(words));
  }
}

void read_min_confidence(Faults& faults, const toml::node& node, RecipientLineRules& rules) {
  const auto value = node.value<double>();
  if (!node.is_number() || !value || !(*value > 0 && *value <= 1))
    return faults.add(node.source(), "wants a number above 0, at most 1");
  rules.min_confidence = *value;
}

constexpr auto recipient_keys = std::to_array<Key<RecipientLineRules>>({
    {"noi_nhan", outcome<&RecipientLineRules::noi_nhan, line_outcomes, RecipientLineRules>},
    {"min_confidence", read_min_confidence},
    {"abbreviations", read_abbreviations},
    {"class", read_line_classes},
});

template <auto Field>
void hours(Faults& faults, const toml::node& node, AddressingRules& rules) {
  number<Field>(faults, node, rules);
  if (node.is_integer() && (rules.*Field < 1 || rules.*Field > 24 * 60))
    faults.add(node.source(), "wants 1 to 1440 hours");
}

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
    {"size_times_recipients_mb", number<&AddressingRules::size_times_recipients_mb>},
    {"decide_hours", hours<&AddressingRules::decide_hours>},
    {"personal_papers", outcome<&AddressingRules::personal_papers, outcomes, AddressingRules>},
    {"thuong_truc", list<&AddressingRules::thuong_truc>},
    {"rule", read_path_rules},
    {"external", read_external},
    {"recipients", section<&AddressingRules::recipients, recipient_keys>},
});

}  // namespace

void read_addressing(Faults& faults, const toml::node& node, AddressingRules& rules) {
  if (const toml::table* table = node.as_table())
    read_keys(faults, *table, addressing_keys, rules);
  else
    faults.add(node.source(), "wants a section of its own");
}

}  // namespace reading
}  // namespace vanthu::filters
