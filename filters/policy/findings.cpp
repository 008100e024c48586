// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/findings.hpp"

#include "filters/inspect/findings.hpp"

namespace vanthu::filters {

std::vector<std::string_view> finding_ids() {
  std::vector<std::string_view> ids;
  ids.reserve(inspect::finding_kinds.size());
  for (const inspect::FindingKind& kind : inspect::finding_kinds) ids.push_back(kind.id);
  return ids;
}

bool is_harmless(std::string_view finding) { return inspect::benign(finding); }

std::string finding_words(Language language, std::string_view finding) {
  const inspect::FindingKind* kind = inspect::finding_kind(finding);
  return kind == nullptr ? shown(finding, 64) : say(language, kind->words_vi, kind->words_en);
}

bool meets(std::string_view pattern, std::string_view finding) {
  if (!pattern.ends_with('*')) return pattern == finding;
  pattern.remove_suffix(1);
  return finding.starts_with(pattern) && !is_harmless(finding);
}

}  // namespace vanthu::filters
