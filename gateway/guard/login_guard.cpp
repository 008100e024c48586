// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/guard/login_guard.hpp"

#include <algorithm>
#include <bit>

#include "gateway/base/limits.hpp"

namespace vanthu::guard {
namespace {
std::size_t set_of(std::uint64_t from, std::uint64_t account, std::size_t sets) {
  return static_cast<std::size_t>((from ^ std::rotl(account, 32)) >> 16) & (sets - 1);
}
}  // namespace

LoginGuard::LoginGuard(Rate stuffing, std::size_t entries)
    : stuffing_(stuffing.count != 0 ? stuffing : Rate{1, std::chrono::seconds(1)}, entries / 4),
      bounded_(stuffing.count != 0),
      failing_(std::bit_ceil(std::max<std::size_t>(entries, 2 * ways)) / ways),
      known_(failing_.size()) {}

bool LoginGuard::knows(const Who& who) const {
  const auto& set = known_[set_of(who.network, who.account, known_.size())];
  return std::any_of(set.begin(), set.end(),
                     [&](const Known& k) { return k.network == who.network && k.account == who.account; });
}

LoginGuard::Failing* LoginGuard::find(std::uint64_t from, std::uint64_t account, Clock::time_point now) {
  auto& set = failing_[set_of(from, account, failing_.size())];
  const auto at = std::find_if(
      set.begin(), set.end(), [&](const Failing& f) { return f.count != 0 && f.from == from && f.account == account; });
  if (at == set.end()) return nullptr;
  if (now < at->last + limits::login_failures_time) return &*at;
  *at = {};
  return nullptr;
}

LoginGuard::Answer LoginGuard::begins(const Who& who, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  Answer answer;
  answer.known = knows(who);
  const Failing* failing = find(answer.known ? who.client : who.network, who.account, now);
  if (failing != nullptr && now < failing->until)
    return {Verdict::wait, std::chrono::ceil<std::chrono::seconds>(failing->until - now), answer.known};
  if (bounded_ && !answer.known && !who.exempt)
    if (const auto look = stuffing_.look(who.network, now); !look.allowed)
      return {Verdict::wait_network, look.wait, false};
  unsigned& mine = under_way_[{who.network, who.account}];
  // Many guesses at once would all begin before the first has failed.
  if (mine >= limits::logins_under_way) return {Verdict::wait, std::chrono::seconds(1), answer.known};
  ++mine;
  return answer;
}

void LoginGuard::end_attempt(const Who& who) {
  const auto at = under_way_.find({who.network, who.account});
  if (at != under_way_.end() && --at->second == 0) under_way_.erase(at);
}

void LoginGuard::succeeded(const Who& who, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  end_attempt(who);
  for (const std::uint64_t from : {who.client, who.network})
    if (Failing* failing = find(from, who.account, now)) *failing = {};
  auto& set = known_[set_of(who.network, who.account, known_.size())];
  // Only who has the password gets in here, so the longest unused one may go.
  auto place = std::find_if(set.begin(), set.end(),
                            [&](const Known& k) { return k.network == who.network && k.account == who.account; });
  if (place == set.end())
    place = std::min_element(set.begin(), set.end(), [](const Known& a, const Known& b) { return a.last < b.last; });
  *place = {who.network, who.account, now};
}

unsigned LoginGuard::failed(const Who& who, std::uint64_t secret, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  end_attempt(who);
  const bool known = knows(who);
  const std::uint64_t from = known ? who.client : who.network;
  Failing* failing = find(from, who.account, now);
  if (failing != nullptr && secret != 0 && failing->secret == secret) {
    failing->last = now;
    return failing->count;
  }
  if (bounded_ && !known && !who.exempt) stuffing_.charge(who.network, 1, now);
  if (failing == nullptr) {
    auto& set = failing_[set_of(from, who.account, failing_.size())];
    // The one with the fewest failures makes room, the oldest among equals: who is held back stays so.
    failing = &*std::min_element(set.begin(), set.end(), [&](const Failing& a, const Failing& b) {
      return std::pair(a.count, a.last) < std::pair(b.count, b.last);
    });
    *failing = {};
    failing->from = from;
    failing->account = who.account;
  }
  failing->secret = secret;
  failing->last = now;
  ++failing->count;
  if (failing->count > limits::free_login_failures) {
    const unsigned doublings = std::min(failing->count - limits::free_login_failures, 12U);
    const std::chrono::seconds most = known ? limits::known_login_wait : std::chrono::seconds(limits::login_wait);
    failing->until = now + std::min(std::chrono::seconds(1ULL << doublings), most);
  }
  return failing->count;
}

void LoginGuard::abandoned(const Who& who) {
  const std::lock_guard lock(mutex_);
  end_attempt(who);
}

void LoginGuard::forget(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  for (auto& set : failing_)
    for (Failing& one : set)
      if (one.from == key || one.account == key) one = {};
  stuffing_.forget(key);
}

}  // namespace vanthu::guard
