// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/mailbox_rules.hpp"

#include <algorithm>

#include "filters/policy/match.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::filters {

bool is_folder(const std::vector<std::string>& folders, const std::vector<std::string>& uses, std::string_view folder,
               std::string_view use) {
  if (folders.empty() && uses.empty()) return true;
  if (!use.empty() && std::find(uses.begin(), uses.end(), use) != uses.end()) return true;
  const std::string key = text::match_key(folder);
  return std::any_of(folders.begin(), folders.end(),
                     [&](const std::string& pattern) { return glob(text::match_key(pattern), key); });
}

bool is_address(const std::vector<std::string>& globs, std::string_view address) {
  const std::string lower = text::ascii_lower(address);
  return globs.empty() ||
         std::any_of(globs.begin(), globs.end(), [&](const std::string& pattern) { return glob(pattern, lower); });
}

}  // namespace vanthu::filters
