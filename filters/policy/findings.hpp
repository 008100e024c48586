// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/policy/words.hpp"

/// What policy knows about the inspector's findings (filters/inspect/README.md describes each).
namespace vanthu::filters {

std::vector<std::string_view> finding_ids();

/// Legal or merely untidy: counted in the explanation, met by no "prefix*" pattern. An id nobody knows is not harmless.
bool is_harmless(std::string_view finding);

/// In words for the sender; an unknown id stands for itself.
std::string finding_words(Language language, std::string_view finding);

/// Whether a pattern of a rule (an id, or "prefix*") meets a finding.
bool meets(std::string_view pattern, std::string_view finding);

}  // namespace vanthu::filters
