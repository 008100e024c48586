// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/reader_mailboxes.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace vanthu::filters::reading {
namespace {

constexpr auto owner_kinds = std::to_array<std::string_view>({"unit", "position", "person", "role", "system"});
constexpr auto modes = std::to_array<std::string_view>({"free", "organise", "read-only"});  // by MailboxRule::Mode

void read_mode(Faults& faults, const toml::node& node, MailboxRule& rule) {
  std::string word;
  read_text(faults, node, word);
  if (!node.is_string() || !check_word(faults, node.source(), word, modes)) return;
  rule.mode = static_cast<MailboxRule::Mode>(std::find(modes.begin(), modes.end(), word) - modes.begin());
}

void read_official(Faults& faults, const toml::node& node, MailboxRule& rule) {
  if (const auto* value = node.as_boolean())
    rule.official = value->get();
  else
    faults.add(node.source(), "wants true or false");
}

template <auto Field>
void said(Faults& faults, const toml::node& node, MailboxRule& rule) {
  read_text(faults, node, rule.*Field);
  if ((rule.*Field).size() > 400 || shown(rule.*Field, 1000) != rule.*Field)
    faults.add(node.source(), "wants one line of at most 400 octets");
}

constexpr auto rule_keys = std::to_array<Key<MailboxRule>>({
    {"id", name<&MailboxRule::id>},
    {"valid_from", valid_from<MailboxRule>},
    {"valid_to", valid_to<MailboxRule>},
    {"mailbox", lower_list<&MailboxRule::mailbox>},
    {"mailbox_kind", words<&MailboxRule::mailbox_kind, owner_kinds>},
    {"mailbox_unit", list<&MailboxRule::mailbox_unit>},
    {"user", lower_list<&MailboxRule::user>},
    {"folder", list<&MailboxRule::folder>},
    {"special_use", words<&MailboxRule::special_use, folder_uses>},
    {"official", read_official},
    {"mode", read_mode},
    {"text_vi", said<&MailboxRule::text_vi>},
    {"text_en", said<&MailboxRule::text_en>},
});

void read_rules(Faults& faults, const toml::node& node, MailboxRules& rules) {
  const toml::array* array = node.as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table))
    return faults.add(node.source(), "written as [[mailboxes.rule]]");
  std::set<std::string> ids;
  for (const toml::node& item : *array) {
    const toml::table& table = *item.as_table();
    MailboxRule rule;
    read_keys(faults, table, rule_keys, rule);
    if (rule.id.empty()) faults.add(table.source(), "the rule has no id");
    if (!rule.id.empty() && !ids.insert(rule.id).second)
      faults.add(table.source(), "the id " + in_quotes(rule.id) + " is used twice");
    if (table.get("mode") == nullptr) faults.add(table.source(), "the rule has no mode");
    if (rule.text_vi.empty() != rule.text_en.empty())
      faults.add(table.source(), "text_vi and text_en: both, or neither");
    if (rule.official && rule.mode != MailboxRule::Mode::organise)
      faults.add(table.source(), "official = true goes with mode = \"organise\"");
    check_validity(faults, table.source(), rule);
    rules.rules.push_back(std::move(rule));
  }
}

/// A list that may be empty: nothing is meant then.
template <auto Field, const auto& Known>
void maybe_words(Faults& faults, const toml::node& node, MailboxRules& rules) {
  (rules.*Field).clear();
  if (const toml::array* array = node.as_array(); array != nullptr && array->empty()) return;
  words<Field, Known>(faults, node, rules);
}

constexpr auto section_keys = std::to_array<Key<MailboxRules>>({
    {"audit", maybe_words<&MailboxRules::audit, owner_kinds>},
    {"not_archived", maybe_words<&MailboxRules::not_archived, folder_uses>},
    {"rule", read_rules},
});

}  // namespace

void read_mailbox_rules(Faults& faults, const toml::node& node, MailboxRules& rules) {
  if (const toml::table* table = node.as_table())
    read_keys(faults, *table, section_keys, rules);
  else
    faults.add(node.source(), "wants a section of its own");
}

}  // namespace vanthu::filters::reading
