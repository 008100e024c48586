// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

/// What a domain says about the TLS of its MX hosts (RFC 8461 §3). Pure.
namespace vanthu::relay {

struct StsPolicy {
  enum class Mode : std::uint8_t { none, testing, enforce };
  Mode mode = Mode::none;
  std::vector<std::string> mx;  ///< "mx.example" or "*.example", lower case
  std::chrono::seconds max_age{0};
  friend bool operator==(const StsPolicy&, const StsPolicy&) = default;
};

/// The file mta-sts.txt. Unknown keys are skipped, a second `mode` or `max_age` as well (§3.2).
/// @par Errors  bad_line: no "version: STSv1" first, no mode, no max_age, no mx where the mode wants one
Result<StsPolicy> parse_sts_policy(std::string_view text);

/// The id of a TXT record at _mta-sts.DOMAIN, "v=STSv1; id=…" (§3.1); nothing for any other record.
std::optional<std::string> parse_sts_record(std::string_view text);

/// Whether the policy names that host (§4.1): "*." stands for one label.
bool names(const StsPolicy& policy, std::string_view host);

}  // namespace vanthu::relay
