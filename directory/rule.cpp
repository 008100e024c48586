// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/rule.hpp"

#include <array>
#include <optional>

#include "gateway/base/limits.hpp"

namespace vanthu::directory {
namespace {

struct FieldRow {
  std::string_view name;
  Rule::Field field;
  Rule::Of of;
  std::string_view allowed;  ///< separated by '|'; empty: any id
};
constexpr std::array fields{
    FieldRow{"unit_kind", Rule::Field::unit_kind, Rule::Of::units, ""},
    FieldRow{"parent", Rule::Field::parent, Rule::Of::units, ""},
    FieldRow{"unit", Rule::Field::unit, Rule::Of::units, ""},
    FieldRow{"registers_mail", Rule::Field::registers_mail, Rule::Of::mailboxes, "yes|no"},
    FieldRow{"status", Rule::Field::status, Rule::Of::mailboxes, "active|dormant"},
    FieldRow{"kind", Rule::Field::kind, Rule::Of::mailboxes, "unit|position|person|role|system"}};

bool is_one_of(std::string_view value, std::string_view allowed) {
  for (;;) {
    const std::size_t bar = allowed.find('|');
    if (value == allowed.substr(0, bar)) return true;
    if (bar == std::string_view::npos) return false;
    allowed.remove_prefix(bar + 1);
  }
}

/// Words of letters, digits, '_', '-', '.'; the signs = ( ) , ; nothing else.
std::optional<std::vector<std::string_view>> tokens(std::string_view text) {
  std::vector<std::string_view> list;
  for (std::size_t i = 0; i < text.size();) {
    const auto in_word = [&](std::size_t at) {
      const char c = text[at];
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
             c == '.';
    };
    if (text[i] == ' ') {
      ++i;
    } else if (text[i] == '=' || text[i] == '(' || text[i] == ')' || text[i] == ',') {
      list.push_back(text.substr(i++, 1));
    } else if (in_word(i)) {
      const std::size_t start = i;
      while (i < text.size() && in_word(i)) ++i;
      list.push_back(text.substr(start, i - start));
    } else {
      return std::nullopt;
    }
  }
  return list;
}

class Reader {
 public:
  explicit Reader(std::vector<std::string_view> list) : list_(std::move(list)) {}
  bool at_end() const { return at_ == list_.size(); }
  bool take(std::string_view token) {
    if (at_end() || list_[at_] != token) return false;
    ++at_;
    return true;
  }
  std::optional<std::string_view> word() {
    if (at_end() || is_one_of(list_[at_], "=|(|)|,")) return std::nullopt;
    return list_[at_++];
  }

 private:
  std::vector<std::string_view> list_;
  std::size_t at_ = 0;
};

Error wrong(const std::string& what) { return fail(status::bad_arguments, what); }

std::string field_names() {
  std::string names;
  for (const FieldRow& row : fields) names.append(names.empty() ? "" : ", ").append(row.name);
  return names;
}

/// Reads what follows a field's name: "= value" or "in (value, …)".
Result<std::vector<std::string>> read_values(Reader& reader, const FieldRow& row) {
  std::vector<std::string> values;
  const auto value = [&]() -> bool {
    const auto word = reader.word();
    if (word) values.emplace_back(*word);
    return word.has_value();
  };
  if (reader.take("=")) {
    if (!value()) return wrong("a value is missing after \"" + std::string(row.name) + " =\"");
  } else if (reader.take("in")) {
    if (!reader.take("(")) return wrong("write " + std::string(row.name) + " in (a,b)");
    do {
      if (!value()) return wrong("a value is missing in the list of " + std::string(row.name));
    } while (reader.take(","));
    if (!reader.take(")")) return wrong("')' is missing after the list of " + std::string(row.name));
  } else {
    return wrong("after " + std::string(row.name) + " write \"= value\" or \"in (a,b)\"");
  }
  for (const std::string& one : values)
    if (!row.allowed.empty() && !is_one_of(one, row.allowed))
      return wrong("'" + one + "' is no value of " + std::string(row.name) + ", use one of " +
                   std::string(row.allowed));
  return values;
}
}  // namespace

Result<Rule> parse_rule(std::string_view text) {
  if (text.size() > limits::directory_rule_octets) return wrong("the rule is too long");
  auto list = tokens(text);
  if (!list) return wrong("a character that a rule does not know");
  if (list->empty()) return wrong("the rule is empty");
  Reader reader(*std::move(list));
  Rule rule;
  std::optional<Rule::Of> of;
  do {
    Rule::Of wants = Rule::Of::units;
    if (reader.take("valid")) {
      const bool document = reader.take("on") && reader.take("the") && reader.take("date") && reader.take("of") &&
                            reader.take("the") && reader.take("document");
      if (!document && !reader.take("today"))
        return wrong("after valid write \"today\" or \"on the date of the document\"");
    } else {
      const auto name = reader.word();
      const FieldRow* row = nullptr;
      for (const FieldRow& one : fields)
        if (name && *name == one.name) row = &one;
      if (row == nullptr)
        return wrong("'" + std::string(name.value_or("")) + "' is no field of a rule, use " + field_names());
      wants = row->of;
      auto values = read_values(reader, *row);
      if (!values) return values.error();
      rule.conditions.push_back({row->field, *std::move(values)});
    }
    if (of && *of != wants) return wrong("a rule chooses units or mailboxes, not both");
    of = wants;
  } while (reader.take("and"));
  if (!reader.at_end()) return wrong("write \"and\" between conditions");
  if (rule.conditions.empty()) return wrong("name at least one field, or the rule would choose everything");
  rule.of = *of;
  return rule;
}

}  // namespace vanthu::directory
