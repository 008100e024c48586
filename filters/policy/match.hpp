// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "filters/policy/fill.hpp"
#include "filters/policy/policy.hpp"

/// Conditions against what is known about a message.
namespace vanthu::filters {

struct Match {
  bool holds = false;
  std::string because;                     ///< the facts that made it hold, for the explanation
  Quotes quotes;                           ///< of the first part and finding that met it, for the rule's text
  std::string finding{};                   ///< id of the one that is quoted
  std::vector<const Finding*> findings{};  ///< that met it
  std::vector<std::string> recipients{};   ///< forward-paths that met the conditions on recipients; none given: empty
};

/// Findings that a rule has met already; the pattern "*" leaves them out.
using Met = std::set<const Finding*>;

Match match(const Conditions& when, const Context& context, const RuleBook& book, const Met& met = {});

/// Whether anything in the message carries a secrecy marking, or something about it that we cannot read as "none".
bool is_marked(const Facts& facts);

/// "bao-cao.zip/bao-cao.pdf" for the part path "1.2/bao-cao.pdf": the part's own file name, then the way inside it.
std::string part_label(const Facts& facts, std::string_view path, Language language);

/// '*' is any run, '?' one octet; case as given.
bool glob(std::string_view pattern, std::string_view text);

}  // namespace vanthu::filters
