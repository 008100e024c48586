// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "filters/verdict.hpp"

/// How a judgement is worded: in the policy's language, on one line, with the rule's id at the end.
namespace vanthu::filters {

enum class Language : std::uint8_t { vi, en };

inline std::string say(Language language, std::string_view vi, std::string_view en) {
  return std::string(language == Language::vi ? vi : en);
}

/// Text that came from a message (a file name, an address), made fit for a reply or an explanation: NFC, without
/// controls, line ends, zero-width and direction characters; at most `most` code points, then "…".
std::string shown(std::string_view untrusted, std::size_t most = 100);

/// `text [rule]`, at most limits::refusal_octets: a refusal, or with a 4yz code a deferral; the one Step says why.
/// @param rule     at most 64 octets
/// @param because  for the administrator, may say more than the peer is told
Verdict refused(std::string rule, int code, std::array<int, 3> enhanced, const std::string& text, std::string because);

/// Nothing against it. `because` says which right or fact let it pass.
Verdict passed(std::string rule, std::string because);

/// Nothing against it, but the administrator should see it.
Verdict noted(std::string rule, std::string because);

/// The directory cannot be asked: 451 4.3.0, never a "no".
Verdict directory_unavailable(Language language, std::string because);

}  // namespace vanthu::filters
