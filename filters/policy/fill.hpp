// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::filters {

/// What a rule's text may quote of the message, already fit for a reply (see shown()).
struct Quotes {
  std::string part;       ///< {part}: "bao-cao.zip/bao-cao.pdf"
  std::string name;       ///< {name}: the file's own name
  std::string type;       ///< {type}: its true type
  std::string finding;    ///< {finding}: in words
  std::string contact{};  ///< {contact}: whom to call, as the policy says
};

/// Replaces the placeholders; nothing that is put in is looked at again.
std::string fill(std::string_view text, const Quotes& quotes);

/// What stands in braces in `text` and is no placeholder.
std::vector<std::string> unknown_placeholders(std::string_view text);

}  // namespace vanthu::filters
