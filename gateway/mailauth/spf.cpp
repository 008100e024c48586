// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/spf.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/dns/rdata.hpp"
#include "gateway/mailauth/below.hpp"
#include "gateway/mailauth/spf_record.hpp"

namespace vanthu::mailauth {
namespace {
namespace asio = boost::asio;

enum class Spf : std::uint8_t { none, neutral, pass, fail, softfail, temperror, permerror };
constexpr std::array<std::string_view, 7> words{"none",     "neutral",   "pass",     "fail",
                                                "softfail", "temperror", "permerror"};

Spf of_qualifier(char qualifier) {
  return qualifier == '+' ? Spf::pass : qualifier == '-' ? Spf::fail : qualifier == '~' ? Spf::softfail : Spf::neutral;
}

/// A name of two labels or more that can be asked for (RFC 7208 §4.3).
bool askable(std::string_view domain) {
  return !domain.starts_with('[') && dns::is_name(domain) && domain.find('.') != std::string_view::npos &&
         domain.find('.') + 1 < domain.size();
}

/// One evaluation with its counters. Lives in the coroutine that runs it.
class Evaluation {
 public:
  Evaluation(dns::LookUp look_up, const Ip& ip, std::string client, std::string helo, std::string sender)
      : look_up_(std::move(look_up)),
        ip_(ip),
        client_(std::move(client)),
        helo_(std::move(helo)),
        sender_(std::move(sender)) {}

  /// check_host() of RFC 7208 §4
  asio::awaitable<Spf> check(std::string domain) {
    if (!askable(domain)) co_return Spf::none;
    const dns::Answer answer = co_await look_up_(domain, dns::Type::txt);
    if (answer.failure()) co_return Spf::temperror;
    std::optional<std::string> text;
    for (const std::string& rdata : answer.rdata) {
      auto candidate = dns::parse_txt(rdata);
      if (!candidate || !is_spf(*candidate)) continue;
      if (text) co_return Spf::permerror;
      text = std::move(candidate);
    }
    if (!text) co_return Spf::none;
    const auto record = parse_spf(*text);
    if (!record) co_return Spf::permerror;
    for (const Mechanism& mechanism : record->mechanisms) {
      const Match match = co_await meets(mechanism, domain);
      if (match == Match::temperror) co_return Spf::temperror;
      if (match == Match::permerror) co_return Spf::permerror;
      if (match == Match::yes) co_return of_qualifier(mechanism.qualifier);
    }
    if (record->redirect.empty()) co_return Spf::neutral;
    if (!count()) co_return Spf::permerror;
    const std::string target = co_await target_of(record->redirect, domain);
    const Spf result = co_await check(target);
    co_return result == Spf::none ? Spf::permerror : result;
  }

 private:
  enum class Match : std::uint8_t { no, yes, temperror, permerror };

  bool count() { return ++terms_ <= limits::spf_look_ups; }
  /// False where too many look-ups found nothing.
  bool count_void(const dns::Answer& answer) { return !answer.none() || ++voids_ <= limits::spf_void_look_ups; }

  asio::awaitable<Match> meets(const Mechanism& mechanism, const std::string& domain) {
    using Kind = Mechanism::Kind;
    if (mechanism.kind == Kind::all) co_return Match::yes;
    if (mechanism.kind == Kind::ip4 || mechanism.kind == Kind::ip6) co_return here(mechanism, mechanism.network);
    if (!count()) co_return Match::permerror;
    std::string target = domain;
    if (!mechanism.domain_spec.empty()) target = co_await target_of(mechanism.domain_spec, domain);
    switch (mechanism.kind) {
      case Kind::include: {
        const Spf result = co_await check(target);
        if (result == Spf::pass) co_return Match::yes;
        if (result == Spf::temperror) co_return Match::temperror;
        if (result == Spf::permerror || result == Spf::none) co_return Match::permerror;
        co_return Match::no;
      }
      case Kind::exists: {
        const dns::Answer answer = co_await look_up_(target, dns::Type::a);
        if (answer.failure()) co_return Match::temperror;
        if (!count_void(answer)) co_return Match::permerror;
        if (answer.found()) co_return Match::yes;
        co_return Match::no;
      }
      case Kind::ptr: {
        const std::vector<std::string> names = co_await validated_names(target, true);
        if (voids_ > limits::spf_void_look_ups) co_return Match::permerror;
        const bool any = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
          return same_or_below(name, text::ascii_lower(target));
        });
        co_return any ? Match::yes : Match::no;
      }
      case Kind::mx: {
        const Match match = co_await meets_mx(mechanism, target);
        co_return match;
      }
      default: {
        const dns::Answer answer = co_await addresses(target);
        if (!count_void(answer)) co_return Match::permerror;
        co_return any_here(mechanism, answer);
      }
    }
  }

  asio::awaitable<Match> meets_mx(const Mechanism& mechanism, std::string target) {
    const dns::Answer answer = co_await look_up_(target, dns::Type::mx);
    if (answer.failure()) co_return Match::temperror;
    if (!count_void(answer)) co_return Match::permerror;
    if (answer.rdata.size() > limits::spf_names) co_return Match::permerror;
    for (const std::string& rdata : answer.rdata) {
      const auto mx = dns::parse_mx(rdata);
      if (!mx || mx->exchange.empty()) continue;
      const dns::Answer hosts = co_await addresses(mx->exchange);
      const Match match = any_here(mechanism, hosts);
      if (match != Match::no) co_return match;
    }
    co_return Match::no;
  }

  /// The client's address is in that network.
  Match here(const Mechanism& mechanism, const Ip& network) const {
    return in_network(ip_, network, network.v6 ? mechanism.bits6 : mechanism.bits4) ? Match::yes : Match::no;
  }

  Match any_here(const Mechanism& mechanism, const dns::Answer& answer) const {
    if (answer.failure()) return Match::temperror;
    for (const std::string& rdata : answer.rdata) {
      Ip address;
      address.v6 = ip_.v6;
      if (rdata.size() != (ip_.v6 ? 16U : 4U)) continue;
      std::copy(rdata.begin(), rdata.end(), address.octets.begin());
      if (here(mechanism, address) == Match::yes) return Match::yes;
    }
    return Match::no;
  }

  /// Of the client's own family.
  asio::awaitable<dns::Answer> addresses(std::string name) {
    return look_up_(std::move(name), ip_.v6 ? dns::Type::aaaa : dns::Type::a);
  }

  /// The client's names that lead back to it (§5.5), those at or below `domain` first; failures are no names.
  /// @param counted  whether a reverse name that is not there counts as a look-up in vain
  asio::awaitable<std::vector<std::string>> validated_names(std::string domain, bool counted) {
    std::vector<std::string> names;
    const std::optional<std::string> reverse = dns::reverse_name(client_);
    if (!reverse) co_return names;
    const dns::Answer answer = co_await look_up_(*reverse, dns::Type::ptr);
    if (counted && !count_void(answer)) co_return names;
    std::size_t asked = 0;
    for (const std::string& rdata : answer.rdata) {
      const auto name = dns::parse_name(rdata);
      if (!name) continue;
      if (++asked > limits::spf_names) break;
      const dns::Answer back = co_await addresses(*name);
      Mechanism exact;
      if (any_here(exact, back) == Match::yes) names.push_back(*name);
    }
    std::stable_partition(names.begin(), names.end(),
                          [&](const std::string& name) { return same_or_below(name, text::ascii_lower(domain)); });
    co_return names;
  }

  asio::awaitable<std::string> target_of(std::string domain_spec, std::string domain) {
    MacroValues values{sender_, domain, ip_, helo_, "unknown"};
    if (wants_validated(domain_spec)) {
      const std::vector<std::string> names = co_await validated_names(domain, false);
      if (!names.empty()) values.validated = names.front();
    }
    co_return expand(domain_spec, values);
  }

  dns::LookUp look_up_;
  Ip ip_;
  std::string client_, helo_, sender_;
  std::size_t terms_ = 0, voids_ = 0;
};
}  // namespace

asio::awaitable<filters::Authentication::Spf> check_spf(dns::LookUp look_up, std::string client, std::string helo,
                                                        std::optional<mail::Mailbox> reverse_path) {
  filters::Authentication::Spf outcome;
  outcome.identity = reverse_path ? "mailfrom" : "helo";
  outcome.domain = reverse_path ? reverse_path->domain : text::ascii_lower(helo);
  const std::optional<Ip> ip = parse_ip(client);
  if (!ip) co_return outcome;
  std::string local_part = reverse_path ? reverse_path->local_part : "postmaster";
  Evaluation evaluation(std::move(look_up), *ip, client, helo, local_part + '@' + outcome.domain);
  const Spf result = co_await evaluation.check(outcome.domain);
  outcome.result = words[static_cast<std::size_t>(result)];
  co_return outcome;
}

}  // namespace vanthu::mailauth
