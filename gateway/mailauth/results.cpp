// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/results.hpp"

#include <algorithm>

#include "gateway/base/text.hpp"

namespace vanthu::mailauth {
namespace {
/// A value of a property: a token, or quoted where a name holds what RFC 2045 §5.1 calls special. Names from the DNS
/// and the envelope hold printable ASCII without quotes and backslashes; whatever else comes is shown as "?".
std::string value(std::string_view text) {
  std::string shown;
  bool token = !text.empty();
  for (const char c : text) {
    const bool plain = c > ' ' && c < 0x7f && c != '"' && c != '\\';
    shown += plain ? c : '?';
    token = token && plain && std::string_view("()<>@,;:/[]?=").find(c) == std::string_view::npos;
  }
  return token ? shown : '"' + shown + '"';
}

std::string property(const char* name, std::string_view text) {
  return text.empty() ? "" : std::string(" ") + name + "=" + value(text);
}

/// Words of our own only: parentheses and quotes of others would end the comment.
std::string comment(std::string_view words) { return words.empty() ? "" : " (" + std::string(words) + ")"; }
}  // namespace

std::string results_field(const filters::Authentication& authentication, std::string_view authserv_id) {
  std::string field = "Authentication-Results: " + std::string(authserv_id);
  const auto& spf = authentication.spf;
  if (!spf.domain.empty())
    field += ";\r\n\tspf=" + spf.result + property(spf.identity == "helo" ? "smtp.helo" : "smtp.mailfrom", spf.domain);
  if (authentication.dkim.empty()) field += ";\r\n\tdkim=none";
  for (const auto& dkim : authentication.dkim)
    field += ";\r\n\tdkim=" + dkim.result + comment(dkim.why) + property("header.d", dkim.domain) +
             property("header.s", dkim.selector) + property("header.a", dkim.algorithm);
  const auto& dmarc = authentication.dmarc;
  field += ";\r\n\tdmarc=" + dmarc.result + (dmarc.policy.empty() ? "" : comment("p=" + dmarc.policy)) +
           property("header.from", dmarc.domain);
  return field + "\r\n";
}

std::uint32_t count_forged(const std::vector<Field>& fields, std::string_view authserv_id) {
  return static_cast<std::uint32_t>(std::count_if(fields.begin(), fields.end(), [&](const Field& field) {
    if (!text::ascii_iequals(field.name, "authentication-results")) return false;
    // The id comes first; comments and quotes before and around it would be read by some, so a look anywhere before the
    // first result is on the safe side.
    const std::string before = text::ascii_lower(field.value().substr(0, field.value().find(';')));
    return before.find(text::ascii_lower(authserv_id)) != std::string::npos;
  }));
}

}  // namespace vanthu::mailauth
