// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/mx.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <random>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::relay {
namespace asio = boost::asio;
namespace {
constexpr std::array<dns::Type, 2> address_types{dns::Type::aaaa, dns::Type::a};
using Level = TlsDemand::Level;
constexpr std::size_t addresses_of_one_host = 4;

Error dns_failed(const std::string& name, const dns::Answer& answer) {
  return fail(Reply(451, {4, 4, 3}, "the DNS gives no answer about " + name), name + ": " + answer.why);
}

/// Whether SMTP can go by that record: DANE-TA or DANE-EE (RFC 7672 §3.1.3), a digest of its right length.
bool usable(const dns::Tlsa& record) {
  const bool digest = record.matching == 0 || (record.matching == 1 && record.data.size() == 32) ||
                      (record.matching == 2 && record.data.size() == 64);
  return (record.usage == 2 || record.usage == 3) && record.selector <= 1 && digest && !record.data.empty();
}

Level level_of(const Route& route) {
  return route.tls == Route::Tls::none       ? Level::none
         : route.tls == Route::Tls::verified ? Level::verified
                                             : Level::opportunistic;
}
}  // namespace

Result<std::vector<dns::Mx>> order_mx(std::vector<dns::Mx> records, const std::string& our_name, unsigned random) {
  if (records.size() == 1 && records.front().exchange.empty())
    return fail(Reply(556, {5, 1, 10}, "the domain takes no mail (null MX)"), "null MX");
  std::erase_if(records, [](const dns::Mx& mx) { return mx.exchange.empty(); });
  std::minstd_rand generator(random);
  std::shuffle(records.begin(), records.end(), generator);
  std::stable_sort(records.begin(), records.end(),
                   [](const dns::Mx& a, const dns::Mx& b) { return a.preference < b.preference; });
  const auto we = std::find_if(records.begin(), records.end(),
                               [&](const dns::Mx& mx) { return text::ascii_iequals(mx.exchange, our_name); });
  if (we != records.end()) {
    const std::uint16_t ours = we->preference;
    std::erase_if(records, [&](const dns::Mx& mx) { return mx.preference >= ours; });
    if (records.empty())
      return fail(Reply(554, {5, 4, 6}, "the mail would come back: this system is the domain's best MX"), "MX loop");
  }
  if (records.empty()) return fail(Reply(550, {5, 1, 2}, "the domain names no mail host"), "no MX");
  return records;
}

asio::awaitable<MxFinder::Addresses> MxFinder::addresses(std::string host) {
  Addresses found;
  std::vector<std::string> six;
  std::vector<std::string> four;
  for (const dns::Type type : address_types) {
    const dns::Answer answer = co_await look_up_(host, type);
    found.failed = found.failed || answer.failure();
    found.secure = found.secure && answer.secure;
    if (!answer.canonical_name.empty() && answer.canonical_name != host) found.canonical = answer.canonical_name;
    std::vector<std::string>& list = type == dns::Type::a ? four : six;
    for (const std::string& rdata : answer.rdata)
      if (auto address = dns::parse_address(rdata)) list.push_back(*std::move(address));
  }
  // One of each kind in turn (RFC 5321 §5.1, RFC 8305 §4): a network without IPv6 must not cost four tries.
  for (std::size_t i = 0; found.list.size() < addresses_of_one_host && (i < six.size() || i < four.size()); ++i) {
    if (i < six.size()) found.list.push_back(six[i]);
    if (i < four.size() && found.list.size() < addresses_of_one_host) found.list.push_back(four[i]);
  }
  co_return found;
}

/// What the TLSA records of a host demand: `opportunistic` where there are none (RFC 7672 §2.2). They are looked for
/// under the name that an alias leads to, then under the host's own (§2.2.3).
asio::awaitable<Result<TlsDemand>> MxFinder::dane(std::string host, std::string canonical, std::string domain,
                                                  const Route& route) {
  std::vector<std::string> bases{host};
  if (!canonical.empty()) bases.insert(bases.begin(), std::move(canonical));
  for (const std::string& base : bases) {
    const std::string name = '_' + std::to_string(route.mx_port) + "._tcp." + base;
    const dns::Answer answer = co_await look_up_(name, dns::Type::tlsa);
    if (answer.failure()) co_return dns_failed(name, answer);
    if (!answer.found() || !answer.secure) continue;
    std::vector<TlsDemand::Tlsa> known;
    for (const std::string& rdata : answer.rdata)
      if (const auto record = dns::parse_tlsa(rdata); record && usable(*record))
        known.push_back({record->usage, record->selector, record->matching, record->data});
    if (known.empty()) co_return targets_.demand(Level::encrypted, route);
    auto demand = targets_.demand(Level::dane, route);
    if (demand) {
      demand->tlsa = std::move(known);
      demand->base = base;
      demand->names.push_back(std::move(domain));
      if (base != host) demand->names.push_back(std::move(host));
    }
    co_return demand;
  }
  co_return targets_.demand(level_of(route), route);
}

asio::awaitable<Result<std::vector<Target>>> MxFinder::find(std::string domain, const Route& route) {
  std::vector<Target> targets;
  if (domain.starts_with('[')) {  // an address literal (RFC 5321 §4.1.3)
    std::string literal = domain.substr(1, domain.size() - 2);
    if (text::ascii_lower(literal.substr(0, 5)) == "ipv6:") literal.erase(0, 5);
    boost::system::error_code code;
    asio::ip::make_address(literal, code);
    if (code) co_return fail(Reply(550, {5, 1, 2}, "not an address"), domain);
    auto demand = targets_.demand(level_of(route), route);
    if (!demand) co_return demand.error();
    Target target;
    target.host = target.address = literal;
    target.port = route.mx_port;
    target.tls = *std::move(demand);
    targets.push_back(std::move(target));
    co_return targets;
  }

  const dns::Answer answer = co_await look_up_(domain, dns::Type::mx);
  if (answer.failure()) co_return dns_failed(domain, answer);
  if (answer.outcome == dns::Answer::Outcome::no_name)
    co_return fail(Reply(550, {5, 1, 2}, "there is no such domain: " + domain), domain + ": NXDOMAIN");
  std::vector<dns::Mx> records;
  for (const std::string& rdata : answer.rdata)
    if (auto record = dns::parse_mx(rdata)) records.push_back(*std::move(record));
  const bool implicit = !answer.found();
  if (implicit) records.push_back({0, domain});  // RFC 5321 §5.1: then the domain itself is the host
  auto hosts = order_mx(std::move(records), our_name_, std::random_device{}());
  if (!hosts) co_return hosts.error();

  std::shared_ptr<const StsPolicy> policy;
  if (route.mta_sts && sts_ != nullptr) {
    auto verifying = targets_.demand(Level::verified, route);
    if (!verifying) co_return verifying.error();
    policy = co_await sts_->policy(domain, std::move(verifying->context));
  }
  const bool enforced = policy && policy->mode == StsPolicy::Mode::enforce;
  std::optional<Error> last;
  bool outside_policy = false;
  for (const dns::Mx& host : *hosts) {
    if (targets.size() >= limits::relay_hosts) break;
    const Addresses found = co_await addresses(host.exchange);
    // With DANE half an answer is none (RFC 7672 §2.1.2): who keeps the AAAA from us must not lead us past the TLSA.
    if (found.list.empty() || (route.dane && answer.secure && found.failed)) {
      if (found.failed)
        last = fail(Reply(451, {4, 4, 3}, "the DNS gives no address of " + host.exchange), host.exchange);
      continue;
    }
    Result<TlsDemand> demand = targets_.demand(level_of(route), route);
    if (route.dane && answer.secure && found.secure)
      demand = co_await dane(host.exchange, found.canonical, domain, route);
    if (demand && enforced && demand->level != Level::dane) {
      if (!names(*policy, host.exchange)) {
        log::Event("mta-sts.mismatch", log::Level::warning).with("domain", domain).with("host", host.exchange);
        outside_policy = true;
        continue;
      }
      demand = targets_.demand(Level::verified, route);
    }
    if (!demand) {
      last = demand.error();
      continue;
    }
    for (const std::string& address : found.list) {
      if (targets.size() >= limits::relay_hosts) break;
      Target target;
      target.host = host.exchange;
      target.address = address;
      target.port = route.mx_port;
      target.tls = *demand;
      targets.push_back(std::move(target));
    }
  }
  if (!targets.empty()) co_return targets;
  if (last) co_return *last;
  if (outside_policy)
    co_return fail(Reply(451, {4, 7, 5}, "no MX host is named by the domain's MTA-STS policy"), domain + ": MTA-STS");
  if (implicit)
    co_return fail(Reply(550, {5, 1, 2}, "the domain has neither MX nor address: " + domain), domain + ": no address");
  co_return fail(Reply(451, {4, 4, 4}, "no MX host of the domain has an address"), domain + ": no addresses");
}

}  // namespace vanthu::relay
