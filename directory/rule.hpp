// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

namespace vanthu::directory {

/// Who belongs to a dynamic group:
///   rule      = condition *("and" condition)
///   condition = field "=" value / field "in" "(" value *("," value) ")" / "valid" "today"
///             / "valid" "on" "the" "date" "of" "the" "document"
/// A rule chooses units (unit_kind, parent, unit, valid …) or mailboxes (registers_mail, status, kind), never both.
/// Both "valid" forms mean the day that the question is asked for: today for new mail, the paper's date for an old one.
/// Of a chosen unit its registry mailbox is meant; what is closed that day is never chosen.
struct Rule {
  enum class Of : std::uint8_t { units, mailboxes } of = Of::units;
  enum class Field : std::uint8_t { unit_kind, parent, unit, registers_mail, status, kind };
  struct Condition {
    Field field;
    std::vector<std::string> values;  ///< any of them
  };
  std::vector<Condition> conditions;
};

/// @par Errors  bad_arguments; the detail says what is wrong and what is allowed
Result<Rule> parse_rule(std::string_view text);

}  // namespace vanthu::directory
