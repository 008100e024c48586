// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/dmarc.hpp"

#include <libpsl.h>

#include <algorithm>
#include <charconv>

#include "gateway/base/text.hpp"
#include "gateway/dns/rdata.hpp"
#include "gateway/mailauth/tag_list.hpp"

namespace vanthu::mailauth {
namespace {
namespace asio = boost::asio;

bool is_policy(std::string_view word) { return word == "none" || word == "quarantine" || word == "reject"; }

std::string weaker(const std::string& policy) { return policy == "reject" ? "quarantine" : "none"; }

bool aligned(const std::string& domain, const std::string& author_domain, bool strict) {
  if (domain == author_domain) return true;
  return !strict && organizational_domain(domain) == organizational_domain(author_domain);
}

/// The one DMARC record among the TXT records; several are none (§6.6.3).
DmarcPolicy read(const dns::Answer& answer) {
  DmarcPolicy policy;
  if (answer.failure()) return policy;
  policy.outcome = DmarcPolicy::Outcome::none;
  std::size_t records = 0;
  for (const std::string& rdata : answer.rdata) {
    const auto text = dns::parse_txt(rdata);
    if (!text || !text->starts_with("v=DMARC1")) continue;
    ++records;
    if (auto record = parse_dmarc(*text)) {
      policy.outcome = DmarcPolicy::Outcome::found;
      policy.record = *std::move(record);
    }
  }
  if (records > 1) policy.outcome = DmarcPolicy::Outcome::none;
  return policy;
}
}  // namespace

std::optional<DmarcRecord> parse_dmarc(std::string_view text) {
  const auto tags = TagList::parse(text);
  if (!tags || tags->tags().empty() || tags->tags().front().name != "v" || tags->value("v") != "DMARC1")
    return std::nullopt;
  const auto word = [&](std::string_view tag) { return text::ascii_lower(tags->value(tag).value_or("")); };
  DmarcRecord record;
  record.policy = word("p");
  record.subdomain_policy = tags->find("sp") == nullptr ? record.policy : word("sp");
  if (!is_policy(record.policy) || !is_policy(record.subdomain_policy)) {
    if (!word("rua").starts_with("mailto:")) return std::nullopt;
    record.policy = record.subdomain_policy = "none";
  }
  record.strict_dkim = word("adkim") == "s";
  record.strict_spf = word("aspf") == "s";
  const std::string percent = word("pct");
  unsigned value = 0;
  const auto [rest, error] = std::from_chars(percent.data(), percent.data() + percent.size(), value);
  if (error == std::errc{} && rest == percent.data() + percent.size() && value < 100) record.percent = value;
  return record;
}

std::string organizational_domain(const std::string& domain) {
  // The list of the package publicsuffix where it is newer than the one built into the library.
  static psl_ctx_t* const list = psl_latest(nullptr);
  const char* registrable = list == nullptr ? nullptr : psl_registrable_domain(list, domain.c_str());
  return registrable == nullptr ? domain : registrable;
}

asio::awaitable<DmarcPolicy> find_policy(dns::LookUp look_up, std::string domain) {
  const std::string own = "_dmarc." + domain;
  const dns::Answer answer = co_await look_up(own, dns::Type::txt);
  DmarcPolicy policy = read(answer);
  if (policy.outcome != DmarcPolicy::Outcome::none) co_return policy;
  const std::string organization = organizational_domain(domain);
  if (organization == domain) co_return policy;
  const std::string above = "_dmarc." + organization;
  const dns::Answer second = co_await look_up(above, dns::Type::txt);
  policy = read(second);
  policy.of_organization = true;
  co_return policy;
}

filters::Authentication::Dmarc judge_dmarc(const std::string& author_domain, const DmarcPolicy& policy,
                                           const filters::Authentication::Spf& spf,
                                           const std::vector<filters::Authentication::Dkim>& dkim) {
  filters::Authentication::Dmarc dmarc;
  dmarc.domain = author_domain;
  if (policy.outcome != DmarcPolicy::Outcome::found) {
    dmarc.result = policy.outcome == DmarcPolicy::Outcome::failed ? "temperror" : "none";
    return dmarc;
  }
  const DmarcRecord& record = policy.record;
  dmarc.policy = policy.of_organization ? record.subdomain_policy : record.policy;
  if (record.percent < 100) dmarc.policy = weaker(dmarc.policy);
  bool later = false;  // something that could have passed got no answer
  for (const auto& one : dkim) {
    if (!aligned(one.domain, author_domain, record.strict_dkim)) continue;
    if (one.result == "pass") dmarc.aligned = "dkim";
    later = later || one.result == "temperror";
  }
  if (dmarc.aligned.empty() && !spf.domain.empty() && aligned(spf.domain, author_domain, record.strict_spf)) {
    if (spf.result == "pass") dmarc.aligned = "spf";
    later = later || spf.result == "temperror";
  }
  if (!dmarc.aligned.empty())
    dmarc.result = "pass";
  else if (later)
    dmarc.result = "temperror";
  else
    dmarc.result = spf.domain.empty() ? "none" : "fail";
  return dmarc;
}

}  // namespace vanthu::mailauth
