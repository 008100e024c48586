// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/mta_sts.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/dns/rdata.hpp"
#include "gateway/net/offload.hpp"

namespace vanthu::relay {
namespace asio = boost::asio;
namespace {
constexpr std::array<dns::Type, 2> policy_host_types{dns::Type::aaaa, dns::Type::a};
constexpr std::chrono::minutes failure_age{5};  // RFC 8461 §3.3: no fetch more often than that after a failure
// §3.3, §10.2: long before it ends, so that whoever blocks the fetch on its last day gains nothing.
constexpr std::chrono::hours renewal_age{24};

std::string_view word(StsPolicy::Mode mode) {
  return mode == StsPolicy::Mode::enforce ? "enforce" : mode == StsPolicy::Mode::testing ? "testing" : "none";
}
}  // namespace

MtaSts::MtaSts(Services services, StsStore store) : services_(std::move(services)), store_(std::move(store)) {
  for (StoredPolicy& stored : store_.load()) {
    auto policy = parse_sts_policy(stored.text);
    if (!policy) continue;  // its digest is right: an older program took what this one does not
    Kept kept = kept_of(std::move(stored.id), std::make_shared<const StsPolicy>(*std::move(policy)), stored.fetched);
    if (kept.until <= now())
      store_.remove(stored.domain);
    else
      by_domain_[stored.domain] = std::move(kept);
  }
}

MtaSts::Kept MtaSts::kept_of(std::string id, std::shared_ptr<const StsPolicy> policy, Time fetched) {
  const std::chrono::seconds age = policy->max_age;
  return {std::move(id), std::move(policy), fetched + age,
          fetched + std::min<std::chrono::seconds>(age / 2, renewal_age), Time{}};
}

std::optional<MtaSts::Kept> MtaSts::kept(const std::string& domain) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_domain_.find(domain);
  if (found == by_domain_.end() || found->second.until <= now()) return std::nullopt;
  return found->second;
}

std::string MtaSts::keep(const std::string& domain, Kept kept) {
  const std::lock_guard lock(mutex_);
  std::string forgotten;
  if (by_domain_.size() >= limits::sts_policies && by_domain_.find(domain) == by_domain_.end()) {
    const auto first = std::min_element(by_domain_.begin(), by_domain_.end(),
                                        [](const auto& a, const auto& b) { return a.second.until < b.second.until; });
    forgotten = first->first;
    by_domain_.erase(first);
  }
  by_domain_[domain] = std::move(kept);
  return forgotten;
}

/// Of the record at _mta-sts.DOMAIN; empty: none, or not one (§3.1).
asio::awaitable<std::string> MtaSts::record_id(std::string domain) const {
  const std::string name = "_mta-sts." + domain;
  const dns::Answer record = co_await services_.look_up(name, dns::Type::txt);
  std::string id;
  std::size_t records = 0;
  for (const std::string& rdata : record.rdata) {
    const auto text = dns::parse_txt(rdata);
    if (!text || !text->starts_with("v=STSv1")) continue;
    ++records;
    id = parse_sts_record(*text).value_or("");
  }
  co_return records == 1 ? id : std::string();
}

asio::awaitable<Result<std::string>> MtaSts::fetch(std::string domain, net::TlsContext context) const {
  const std::string host = "mta-sts." + domain;
  std::vector<std::string> addresses;
  for (const dns::Type type : policy_host_types) {
    const dns::Answer answer = co_await services_.look_up(host, type);
    for (const std::string& rdata : answer.rdata)
      if (auto address = dns::parse_address(rdata); address && addresses.size() < limits::relay_hosts)
        addresses.push_back(*std::move(address));
  }
  const std::string path = "/.well-known/mta-sts.txt";
  co_return co_await services_.fetch(host, std::move(addresses), path, std::move(context));
}

asio::awaitable<void> MtaSts::write_down(StoredPolicy policy, std::string forgotten) const {
  const auto write = [&]() -> Result<Done> {
    if (!forgotten.empty()) store_.remove(forgotten);
    return store_.write(policy);
  };
  auto written = co_await net::offload(services_.slow, write);
  if (!written)  // in force it is all the same, until we stop
    log::Event("mta-sts.not-kept", log::Level::error).with("domain", policy.domain).with("why", written.error().detail);
}

asio::awaitable<std::shared_ptr<const StsPolicy>> MtaSts::policy(std::string domain, net::TlsContext context) {
  auto known = kept(domain);
  const std::shared_ptr<const StsPolicy> old = known ? known->policy : nullptr;
  const std::string id = co_await record_id(domain);
  if (id.empty()) co_return old;  // what we have goes on: a record that vanishes takes no policy back (§2)
  const Time at = now();
  if (known && ((known->id == id && old && at < known->renew) || at < known->again)) co_return old;
  if (old) {  // one fetches, the others go by the old one meanwhile
    known->again = at + failure_age;
    keep(domain, *known);
  }

  auto text = co_await fetch(domain, std::move(context));
  Result<StsPolicy> fresh = text ? parse_sts_policy(*text) : Result<StsPolicy>(text.error());
  if (!fresh) {
    log::Event("mta-sts.failed", log::Level::warning).with("domain", domain).with("why", fresh.error().detail);
    if (!old) keep(domain, {id, nullptr, now() + failure_age, Time{}, now() + failure_age});
    co_return old;
  }
  log::Event("mta-sts.policy").with("domain", domain).with("mode", word(fresh->mode));
  auto policy = std::make_shared<const StsPolicy>(*std::move(fresh));
  const Time fetched = now();
  std::string forgotten = keep(domain, kept_of(id, policy, fetched));
  StoredPolicy stored;
  stored.domain = domain;
  stored.id = id;
  stored.fetched = fetched;
  stored.text = *std::move(text);
  co_await write_down(std::move(stored), std::move(forgotten));
  co_return policy;
}

}  // namespace vanthu::relay
