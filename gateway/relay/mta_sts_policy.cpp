// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/mta_sts_policy.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/base/trim.hpp"

namespace vanthu::relay {
namespace {
bool pattern(std::string_view text) {
  if (text.starts_with("*.")) text.remove_prefix(2);
  return !text.empty() && text.size() <= limits::domain_octets && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
         });
}

Error wrong(const char* what) { return fail(status::bad_line, std::string("MTA-STS policy: ") + what); }
}  // namespace

Result<StsPolicy> parse_sts_policy(std::string_view text) {
  if (text.size() > limits::sts_octets) return wrong("too long");
  StsPolicy policy;
  bool versioned = false;
  bool moded = false;
  bool aged = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (text::trimmed(line, " \t").empty()) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return wrong("a line without a colon");
    const std::string_view key = text::trimmed(line.substr(0, colon), " \t");
    const std::string_view value = text::trimmed(line.substr(colon + 1), " \t");
    if (!versioned) {
      if (key != "version" || value != "STSv1") return wrong("does not begin with version: STSv1");
      versioned = true;
    } else if (key == "mode" && !moded) {
      moded = true;
      if (value == "enforce")
        policy.mode = StsPolicy::Mode::enforce;
      else if (value == "testing")
        policy.mode = StsPolicy::Mode::testing;
      else if (value != "none")
        return wrong("mode is none, testing or enforce");
    } else if (key == "max_age" && !aged) {
      std::uint32_t seconds = 0;
      const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
      if (error != std::errc{} || rest != value.data() + value.size()) return wrong("max_age is no number");
      aged = true;
      policy.max_age = std::min(std::chrono::seconds(seconds), limits::sts_age);
    } else if (key == "mx") {
      std::string host = text::ascii_lower(value);
      if (!pattern(host)) return wrong("mx is no host name");
      if (policy.mx.size() >= limits::sts_hosts) return wrong("too many mx");
      policy.mx.push_back(std::move(host));
    }
  }
  if (!versioned || !moded || !aged) return wrong("lacks version, mode or max_age");
  if (policy.mx.empty() && policy.mode != StsPolicy::Mode::none) return wrong("names no mx");
  return policy;
}

std::optional<std::string> parse_sts_record(std::string_view text) {
  const auto field = [&]() {
    const std::size_t end = text.find(';');
    const std::string_view part = text::trimmed(text.substr(0, end), " \t");
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
  };
  if (field() != "v=STSv1") return std::nullopt;
  while (!text.empty()) {
    const std::string_view part = field();
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || text::trimmed(part.substr(0, equals), " \t") != "id") continue;
    const std::string_view id = text::trimmed(part.substr(equals + 1), " \t");
    const bool good = !id.empty() && id.size() <= 32 && std::all_of(id.begin(), id.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
    return good ? std::optional(std::string(id)) : std::nullopt;
  }
  return std::nullopt;
}

bool names(const StsPolicy& policy, std::string_view host) {
  return std::any_of(policy.mx.begin(), policy.mx.end(), [&](const std::string& known) {
    if (!known.starts_with("*.")) return host == known;
    const std::size_t dot = host.find('.');
    return dot != std::string_view::npos && dot > 0 && host.substr(dot + 1) == std::string_view(known).substr(2);
  });
}

}  // namespace vanthu::relay
