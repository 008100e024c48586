// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "filters/authentication.hpp"
#include "gateway/dns/answer.hpp"

/// Domain-based Message Authentication, Reporting and Conformance (RFC 7489). No reports are sent.
namespace vanthu::mailauth {

/// `v=DMARC1; p=…` (RFC 7489 §6.3)
struct DmarcRecord {
  std::string policy = "none", subdomain_policy;  ///< none, quarantine, reject; sp= is p= where it is not given
  bool strict_dkim = false, strict_spf = false;
  unsigned percent = 100;
};
/// Nothing for what is no DMARC record, or one that asks for nothing that can be done (§6.6.3).
std::optional<DmarcRecord> parse_dmarc(std::string_view text);

/// The domain that somebody registered, by the public suffix list (§3.2); the domain itself where it is a suffix.
std::string organizational_domain(const std::string& domain);

/// What the author's domain, or else its organizational domain, publishes (§6.6.3).
struct DmarcPolicy {
  enum class Outcome : std::uint8_t { none, found, failed } outcome = Outcome::failed;
  DmarcRecord record;
  bool of_organization = false;  ///< found above the author's domain
};
boost::asio::awaitable<DmarcPolicy> find_policy(dns::LookUp look_up, std::string domain);

/// §6.6.2. A policy with pct= below 100 counts as the next weaker one (§6.6.4 without the dice: the same message gets
/// the same judgement when it comes again).
/// @param spf  with an empty domain where SPF was left out: then nothing but DKIM can decide, and "fail" is never said
filters::Authentication::Dmarc judge_dmarc(const std::string& author_domain, const DmarcPolicy& policy,
                                           const filters::Authentication::Spf& spf,
                                           const std::vector<filters::Authentication::Dkim>& dkim);

}  // namespace vanthu::mailauth
