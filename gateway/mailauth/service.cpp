// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/service.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mailauth/dkim_verifier.hpp"
#include "gateway/mailauth/dmarc.hpp"
#include "gateway/mailauth/message.hpp"
#include "gateway/mailauth/results.hpp"
#include "gateway/mailauth/spf.hpp"
#include "gateway/net/offload.hpp"

namespace vanthu::mailauth {
namespace {
namespace asio = boost::asio;

/// What has no place on the Internet has no SPF record to be found in (RFC 6890).
constexpr auto private_networks =
    std::to_array<std::string_view>({"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
                                     "100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10"});

struct Parsed {
  Ip ip;
  unsigned bits = 0;
};
std::optional<Parsed> parse_network(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto ip = parse_ip(text.substr(0, slash));
  if (!ip) return std::nullopt;
  Parsed parsed{*ip, ip->v6 ? 128U : 32U};
  if (slash == text.size()) return parsed;
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc{} || rest != digits.data() + digits.size() || bits > parsed.bits) return std::nullopt;
  parsed.bits = bits;
  return parsed;
}
}  // namespace

/// Shared by the coroutines that work on it; all of them run on one executor, so nothing here needs a lock.
class Service::Check {
 public:
  Check(const asio::any_io_executor& executor, Subject subject)
      : subject_(std::move(subject)), done_(executor, limits::authentication_wait) {
    authentication.dmarc.result = "temperror";  // until something better is known
  }
  const Subject& subject() const { return subject_; }

  void part_begins() { ++parts_; }
  void part_ends() {
    if (--parts_ == 0) done_.cancel();
  }
  asio::awaitable<void> wait() {
    if (parts_ != 0) co_await done_.async_wait(asio::as_tuple(asio::use_awaitable));
  }

  filters::Authentication authentication;
  std::vector<SignatureCheck> signatures;
  std::string author_domain;
  std::optional<DmarcPolicy> policy;
  bool read = false;  ///< the message's header was

 private:
  Subject subject_;
  asio::steady_timer done_;
  unsigned parts_ = 0;
};

namespace {
/// A part of the check on its own; whatever breaks in it leaves its results at "temperror".
template <class Work>
void start_part(const asio::any_io_executor& executor, std::shared_ptr<Service::Check> check, Work work) {
  check->part_begins();
  asio::co_spawn(executor, std::move(work), [check](const std::exception_ptr& error) {
    if (error) log::Event("authentication.failed", log::Level::warning);
    check->part_ends();
  });
}
}  // namespace

Result<std::unique_ptr<Service>> Service::make(Services services) {
  std::unique_ptr<Service> service(new Service(std::move(services)));
  const Config& config = service->services_.config;
  service->authserv_id_ = config.authentication_id.empty() ? config.hostname : config.authentication_id;
  for (const std::string_view text : private_networks)
    if (const auto network = parse_network(text)) service->skipped_.push_back({network->ip, network->bits});
  for (const std::string& text : config.authentication_skipped) {
    const auto network = parse_network(text);
    if (!network) return fail(status::bad_configuration, "authentication.skip-client: no address or network: " + text);
    service->skipped_.push_back({network->ip, network->bits});
  }
  return service;
}

bool Service::skips_spf(const std::string& client) const {
  const auto ip = parse_ip(client);
  if (!ip) return true;
  return std::any_of(skipped_.begin(), skipped_.end(),
                     [&](const Network& network) { return in_network(*ip, network.ip, network.bits); });
}

asio::awaitable<void> Service::check_dkim(const Services& services, std::shared_ptr<Check> check) {
  const std::string authserv_id =
      services.config.authentication_id.empty() ? services.config.hostname : services.config.authentication_id;
  const auto read = [check, authserv_id] {
    const auto message = split(check->subject().octets->view());
    if (!message) return std::string();
    std::string domain = mailauth::author_domain(message->fields).value_or("");
    check->signatures = begin_checks(*message, domain, check->subject().at);
    check->authentication.forged_results = count_forged(message->fields, authserv_id);
    return domain;
  };
  // While the pool works on it nobody else looks at these members: finish() does so only after `read` is set.
  check->author_domain = co_await net::offload(services.slow, read);
  check->read = true;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  if (!check->author_domain.empty())
    start_part(executor, check, [check, look_up = services.look_up]() -> asio::awaitable<void> {
      check->policy = co_await find_policy(look_up, check->author_domain);
    });
  for (std::size_t i = 0; i < check->signatures.size(); ++i) {
    if (check->signatures[i].key_name.empty()) continue;
    start_part(executor, check, [check, i, look_up = services.look_up, &services]() -> asio::awaitable<void> {
      const dns::Answer key = co_await look_up(check->signatures[i].key_name, dns::Type::txt);
      SignatureCheck own = std::move(check->signatures[i]);
      check->signatures[i].outcome = own.outcome;
      const auto verify = [&] {
        finish_check(own, key);
        return 0;
      };
      co_await net::offload(services.slow, verify);
      check->signatures[i].outcome = own.outcome;
    });
  }
}

asio::awaitable<std::shared_ptr<Service::Check>> Service::begin(Subject subject) {
  if (!services_.config.authentication_check) co_return nullptr;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto check = std::make_shared<Check>(executor, std::move(subject));
  if (!skips_spf(check->subject().client)) {
    auto& spf = check->authentication.spf;
    spf.result = "temperror";
    spf.identity = check->subject().reverse_path ? "mailfrom" : "helo";
    spf.domain = check->subject().reverse_path ? check->subject().reverse_path->domain
                                               : text::ascii_lower(check->subject().helo);
    start_part(executor, check, [check, look_up = services_.look_up]() -> asio::awaitable<void> {
      const Subject& about = check->subject();
      check->authentication.spf = co_await check_spf(look_up, about.client, about.helo, about.reverse_path);
    });
  }
  start_part(executor, check,
             [check, &services = services_]() -> asio::awaitable<void> { return check_dkim(services, check); });
  co_return check;
}

asio::awaitable<filters::Authentication> Service::finish(std::shared_ptr<Check> check) {
  co_await check->wait();
  filters::Authentication authentication;
  authentication.spf = check->authentication.spf;
  authentication.dmarc = check->authentication.dmarc;
  if (!check->read) co_return authentication;
  authentication.forged_results = check->authentication.forged_results;
  for (const SignatureCheck& one : check->signatures) authentication.dkim.push_back(one.outcome);
  if (check->author_domain.empty())
    authentication.dmarc.result = "permerror";  // not exactly one author: nobody's policy
  else
    authentication.dmarc = judge_dmarc(check->author_domain, check->policy.value_or(DmarcPolicy{}), authentication.spf,
                                       authentication.dkim);
  co_return authentication;
}

asio::awaitable<std::string> Service::sign(std::string trace, std::shared_ptr<const Octets> octets,
                                           std::string author_domain, Time at) {
  const std::shared_ptr<const Signer> signer = services_.signer ? services_.signer() : nullptr;
  if (signer == nullptr || signer->keys_for(author_domain, day_of(at)).empty()) co_return std::string();
  const auto work = [&] { return signer->sign(trace, octets->view(), author_domain, at); };
  std::string signatures = co_await net::offload(services_.slow, work);
  co_return signatures;
}

std::string Service::results_field(const filters::Authentication& authentication) const {
  return mailauth::results_field(authentication, authserv_id_);
}

std::optional<std::string> author_domain(const filters::Facts& facts) {
  if (facts.from.size() != 1 || facts.from_fields != 1) return std::nullopt;
  const std::string& address = facts.from.front().address;
  const std::size_t at = address.rfind('@');
  if (at == std::string::npos) return std::nullopt;
  auto domain = text::domain_to_ascii(address.substr(at + 1));
  if (!domain) return std::nullopt;
  return *std::move(domain);
}

void reconcile(filters::Authentication& authentication, const filters::Facts& facts) {
  if (authentication.dmarc.domain.empty() || author_domain(facts) == authentication.dmarc.domain) return;
  authentication.dmarc = {"permerror", "", "", ""};
}

}  // namespace vanthu::mailauth
