// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/guard/guard.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::guard {

/// One rate of one key of the configuration.
struct Guard::Limit {
  Scope scope;
  std::string name;
  std::unique_ptr<RateTable> table;
};

namespace {
constexpr std::size_t name_octets = 254;  // of an account as a stranger wrote it

std::vector<Network> exempt_networks(const Config& config) {
  std::vector<Network> networks;
  if (auto read = parse_networks(config.exempt)) networks = *std::move(read);
  if (config.trust_loopback)
    for (const char* loopback : {"127.0.0.0/8", "::1/128"}) networks.push_back(*parse_network(loopback));
  return networks;
}

Rate first_of(const std::string& rates) {
  const auto read = parse_rates(rates);
  return read && !read->empty() ? read->front() : Rate{0, std::chrono::seconds(1)};
}

/// What an account is counted under: "mailbox*login" is the login's.
std::string account_name(std::string_view given) {
  if (const std::size_t star = given.find('*'); star != std::string_view::npos) given.remove_prefix(star + 1);
  return text::ascii_lower(given.substr(0, name_octets));
}
}  // namespace

Guard::Guard(const Config& config, std::function<Clock::time_point()> now)
    : now_(std::move(now)),
      exempt_(exempt_networks(config)),
      connections_(read_limits(
          "connections", {{Scope::client, &config.client_connections}, {Scope::network, &config.network_connections}})),
      messages_(read_limits("messages", {{Scope::client, &config.client_messages},
                                         {Scope::network, &config.network_messages},
                                         {Scope::account, &config.account_messages},
                                         {Scope::unit, &config.unit_messages}})),
      recipients_(read_limits("recipients", {{Scope::client, &config.client_recipients},
                                             {Scope::network, &config.network_recipients},
                                             {Scope::account, &config.account_recipients},
                                             {Scope::unit, &config.unit_recipients}})),
      octets_(read_limits("octets", {{Scope::client, &config.client_octets},
                                     {Scope::network, &config.network_octets},
                                     {Scope::account, &config.account_octets},
                                     {Scope::unit, &config.unit_octets}})),
      unknown_(read_limits("unknown-recipients", {{Scope::client, &config.client_unknown_recipients},
                                                  {Scope::network, &config.network_unknown_recipients}})),
      filed_(read_limits("filed-octets", {{Scope::account, &config.account_filed_octets}})),
      read_(read_limits("read-octets", {{Scope::account, &config.account_read_octets}})),
      seats_(config.account_imap_sessions),
      logins_(first_of(config.network_login_failures), limits::login_entries) {}

Guard::~Guard() = default;

std::vector<Guard::Limit> Guard::read_limits(const char* kind,
                                             const std::vector<std::pair<Scope, const std::string*>>& rates) const {
  static constexpr std::array<const char*, 4> scopes{"client", "network", "account", "unit"};
  std::vector<Limit> limits;
  for (const auto& [scope, text] : rates) {
    const auto read = parse_rates(*text);
    if (!read) continue;  // read_config has checked them
    for (const Rate& rate : *read)
      limits.push_back({scope, std::string("limits.") + scopes.at(static_cast<std::size_t>(scope)) + '-' + kind,
                        std::make_unique<RateTable>(rate, limits::rate_entries)});
  }
  return limits;
}

std::uint64_t Guard::key(std::string_view kind, std::string_view name) const {
  std::string octets(kind);
  octets += '\0';
  octets += name;
  return hash_(octets);
}

Client Guard::client(std::string_view text) const {
  Client client;
  client.address = client.network = std::string(text);
  if (const auto address = parse_ip(text)) {
    client.address = format(*address);
    client.network = format(network_of(*address, limits::network_v4_bits, limits::network_v6_bits));
    client.client_key = key("client", format(network_of(*address, limits::client_v4_bits, limits::client_v6_bits)));
    client.exempt = contains(exempt_, *address);
  } else {
    client.client_key = key("client", text);
  }
  client.network_key = key("network", client.network);
  return client;
}

std::vector<Guard::Subject> Guard::subjects(const Client& client, const Account* account) const {
  std::vector<Subject> all;
  if (client.exempt) return all;
  // Who has logged in is counted as himself: a whole office may share one address.
  if (account == nullptr) {
    all.push_back({Scope::client, client.client_key, client.address});
    all.push_back({Scope::network, client.network_key, client.network});
    return all;
  }
  all.push_back({Scope::account, key("account", account_name(account->address)), account->address});
  if (!account->unit.empty()) all.push_back({Scope::unit, key("unit", account->unit), account->unit});
  return all;
}

Refusal Guard::refuse(const char* limit, std::string_view who, std::chrono::seconds wait, int code,
                      std::array<int, 3> enhanced, const char* what) {
  const auto now = now_();
  const Time today = vanthu::now();
  const std::lock_guard lock(mutex_);
  std::string name = std::string(limit) + ' ' + std::string(who);
  auto at = told_.find(name);
  if (at == told_.end()) {
    if (notices_.size() >= limits::guard_notices) {
      told_.erase(notices_.back().limit + ' ' + notices_.back().who);
      notices_.pop_back();
    }
    notices_.push_front({limit, std::string(who), today, today, today, 0});
    at = told_.emplace(std::move(name), Told{notices_.begin(), now - limits::guard_told_again, 0}).first;
  } else {
    notices_.splice(notices_.begin(), notices_, at->second.notice);
  }
  Told& told = at->second;
  told.notice->last = today;
  told.notice->until = today + wait;
  ++told.notice->times;
  ++told.silent;
  if (now >= told.logged + limits::guard_told_again) {
    log::Event("guard.limited", log::Level::warning)
        .with("limit", limit)
        .with("who", who)
        .with("times", told.silent)
        .with("seconds", static_cast<std::int64_t>(wait.count()));
    told.logged = now;
    told.silent = 0;
  }
  return {{code, enhanced, std::string(what) + ", try again in " + std::to_string(wait.count()) + " seconds"}, limit};
}

std::optional<Refusal> Guard::take(std::vector<Limit>& limits, const std::vector<Subject>& subjects, const char* what) {
  const auto now = now_();
  const auto each = [&](const auto& work) {
    for (Limit& limit : limits)
      for (const Subject& subject : subjects)
        if (subject.scope == limit.scope) work(limit, subject);
  };
  // First all are asked, then all are charged: a refusal costs nothing anywhere.
  std::optional<Refusal> refusal;
  each([&](Limit& limit, const Subject& subject) {
    if (refusal) return;
    if (const auto look = limit.table->look(subject.key, now); !look.allowed)
      refusal = refuse(limit.name.c_str(), subject.name, look.wait, 450, {4, 7, 1}, what);
  });
  if (!refusal) each([&](Limit& limit, const Subject& subject) { limit.table->charge(subject.key, 1, now); });
  return refusal;
}

std::optional<Refusal> Guard::connection(const Client& client) {
  auto refusal = take(connections_, subjects(client, nullptr), "too many connections");
  if (refusal) refusal->reply.code = 421;
  return refusal;
}

std::optional<Refusal> Guard::message(const Client& client, const Account* account) {
  const auto whom = subjects(client, account);
  const auto now = now_();
  for (const Limit& limit : octets_)
    for (const Subject& subject : whom)
      if (subject.scope == limit.scope)
        if (const auto look = limit.table->look(subject.key, now); !look.allowed)
          return refuse(limit.name.c_str(), subject.name, look.wait, 450, {4, 7, 1}, "too much mail");
  return take(messages_, whom, "too many messages");
}

std::optional<Refusal> Guard::recipient(const Client& client, const Account* account) {
  auto refusal = take(recipients_, subjects(client, account), "too many recipients");
  if (refusal) refusal->reply.code = 452;
  return refusal;
}

void Guard::octets(const Client& client, const Account* account, std::uint64_t octets) {
  const auto now = now_();
  for (const Subject& subject : subjects(client, account))
    for (Limit& limit : octets_)
      if (subject.scope == limit.scope) limit.table->charge(subject.key, octets, now);
}

std::optional<Refusal> Guard::look(const std::vector<Limit>& limits, const Client& client, const Account& account,
                                   const char* what) {
  const auto now = now_();
  for (const Limit& limit : limits)
    for (const Subject& subject : subjects(client, &account))
      if (subject.scope == limit.scope)
        if (const auto answer = limit.table->look(subject.key, now); !answer.allowed)
          return refuse(limit.name.c_str(), subject.name, answer.wait, 450, {4, 7, 1}, what);
  return std::nullopt;
}

void Guard::charge(std::vector<Limit>& limits, const Client& client, const Account& account, std::uint64_t octets) {
  const auto now = now_();
  for (const Subject& subject : subjects(client, &account))
    for (Limit& limit : limits)
      if (subject.scope == limit.scope) limit.table->charge(subject.key, octets, now);
}

std::optional<Refusal> Guard::filing(const Client& client, const Account& account) {
  return look(filed_, client, account, "too much mail was filed");
}
std::optional<Refusal> Guard::reading(const Client& client, const Account& account) {
  return look(read_, client, account, "too much was read");
}
void Guard::filed(const Client& client, const Account& account, std::uint64_t octets) {
  charge(filed_, client, account, octets);
}
void Guard::read(const Client& client, const Account& account, std::uint64_t octets) {
  charge(read_, client, account, octets);
}

Guard::Seated Guard::session(const Client& client, const Account& account) {
  Seated seated;
  if (client.exempt) return seated;
  auto seat = seats_.take(account_name(account.address));
  if (seat)
    seated.seat.emplace(*std::move(seat));
  else
    seated.refusal = refuse("limits.account-imap-sessions", account.address, std::chrono::seconds(60), 450, {4, 7, 1},
                            "too many sessions");
  return seated;
}

Guard::Tarpit Guard::unknown_recipient(const Client& client, std::size_t so_far) {
  Tarpit tarpit;
  if (!client.exempt && so_far > limits::free_unknown_recipients) {
    const auto over = static_cast<std::int64_t>(so_far - limits::free_unknown_recipients);
    tarpit.delay = std::min(std::chrono::seconds(over), limits::unknown_recipient_wait);
  }
  const auto whom = subjects(client, nullptr);
  tarpit.close = take(unknown_, whom, "too many unknown recipients");
  if (tarpit.close) tarpit.close->reply.code = 421;
  return tarpit;
}

Guard::Admitted Guard::login(const Client& client, std::string_view account) {
  const std::string name = account_name(account);
  const LoginGuard::Who who{client.client_key, client.network_key, key("account", name), client.exempt};
  const auto answer = logins_.begins(who, now_());
  if (answer.verdict == LoginGuard::Verdict::try_it) return {Attempt(*this, who), {}};
  const bool network = answer.verdict == LoginGuard::Verdict::wait_network;
  return {std::nullopt, refuse(network ? "limits.network-login-failures" : "login back-off",
                               network ? client.network : (answer.known ? client.address : client.network) + ' ' + name,
                               answer.wait, 454, {4, 7, 0}, "too many failed logins")};
}

Guard::Attempt::~Attempt() {
  if (guard_ != nullptr) guard_->logins_.abandoned(who_);
}

void Guard::Attempt::succeeded() {
  if (guard_ != nullptr) guard_->logins_.succeeded(who_, guard_->now_());
  guard_ = nullptr;
}

void Guard::Attempt::failed(std::string_view password) {
  if (guard_ != nullptr)
    guard_->logins_.failed(who_, password.empty() ? 0 : guard_->key("password", password), guard_->now_());
  guard_ = nullptr;
}

std::vector<Notice> Guard::notices() const {
  const std::lock_guard lock(mutex_);
  return {notices_.begin(), notices_.end()};
}

void Guard::clear(std::string_view who) {
  std::vector<std::uint64_t> keys{key("account", account_name(who)), key("unit", who), key("client", who)};
  std::string network(who);
  if (const auto address = parse_ip(who)) {
    const Client one = client(who);
    keys = {one.client_key, one.network_key};
    network = one.network;
  } else if (const auto named = parse_network(who)) {
    network = format(*named);
    keys.push_back(key("network", network));
  }
  for (const std::uint64_t one : keys) {
    for (auto* limits : {&connections_, &messages_, &recipients_, &octets_, &unknown_, &filed_, &read_})
      for (Limit& limit : *limits) limit.table->forget(one);
    logins_.forget(one);
  }
  const std::lock_guard lock(mutex_);
  for (auto notice = notices_.begin(); notice != notices_.end();) {
    const bool his = notice->who == who || notice->who == network || notice->who.ends_with(' ' + std::string(who)) ||
                     notice->who.starts_with(std::string(who) + ' ') || notice->who.starts_with(network + ' ');
    if (his) told_.erase(notice->limit + ' ' + notice->who);
    notice = his ? notices_.erase(notice) : std::next(notice);
  }
}

}  // namespace vanthu::guard
