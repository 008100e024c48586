// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/mta_sts.hpp"

#include <array>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/dns/rdata.hpp"
#include "gateway/relay/https.hpp"

namespace vanthu::relay {
namespace asio = boost::asio;
namespace {
constexpr std::array<dns::Type, 2> address_types{dns::Type::aaaa, dns::Type::a};
constexpr std::chrono::minutes failure_age{5};  // RFC 8461 §3.3: no fetch more often than that after a failure
}  // namespace

std::optional<MtaSts::Kept> MtaSts::kept(const std::string& domain) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_domain_.find(domain);
  if (found == by_domain_.end() || found->second.until <= now()) return std::nullopt;
  return found->second;
}

void MtaSts::keep(const std::string& domain, Kept kept) {
  const std::lock_guard lock(mutex_);
  if (by_domain_.size() >= limits::sts_policies && by_domain_.find(domain) == by_domain_.end())
    by_domain_.erase(by_domain_.begin());
  by_domain_[domain] = std::move(kept);
}

asio::awaitable<std::shared_ptr<const StsPolicy>> MtaSts::policy(std::string domain, net::TlsContext context) {
  const auto known = kept(domain);
  const std::shared_ptr<const StsPolicy> old = known ? known->policy : nullptr;
  const std::string record_name = "_mta-sts." + domain;
  const dns::Answer record = co_await look_up_(record_name, dns::Type::txt);
  std::string id;
  std::size_t records = 0;
  for (const std::string& rdata : record.rdata) {
    const auto text = dns::parse_txt(rdata);
    if (!text || !text->starts_with("v=STSv1")) continue;
    ++records;
    id = parse_sts_record(*text).value_or("");
  }
  if (records != 1 || id.empty()) co_return old;  // §3.1: none, or not one: what we have goes on
  if (known && known->id == id) co_return old;

  const std::string host = "mta-sts." + domain;
  std::vector<std::string> addresses;
  for (const dns::Type type : address_types) {
    const dns::Answer answer = co_await look_up_(host, type);
    for (const std::string& rdata : answer.rdata)
      if (auto address = dns::parse_address(rdata); address && addresses.size() < limits::relay_hosts)
        addresses.push_back(*std::move(address));
  }
  const std::string path = "/.well-known/mta-sts.txt";
  auto text = co_await https_get(host, std::move(addresses), path, std::move(context));
  Result<StsPolicy> fresh = text ? parse_sts_policy(*text) : Result<StsPolicy>(text.error());
  if (!fresh) {
    log::Event("mta-sts.failed", log::Level::warning).with("domain", domain).with("why", fresh.error().detail);
    if (!old) keep(domain, {id, nullptr, now() + failure_age});
    co_return old;
  }
  log::Event("mta-sts.policy")
      .with("domain", domain)
      .with("mode", fresh->mode == StsPolicy::Mode::enforce   ? "enforce"
                    : fresh->mode == StsPolicy::Mode::testing ? "testing"
                                                              : "none");
  auto policy = std::make_shared<const StsPolicy>(*std::move(fresh));
  keep(domain, {id, policy, now() + policy->max_age});
  co_return policy;
}

}  // namespace vanthu::relay
