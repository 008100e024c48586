// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "gateway/guard/rate_table.hpp"

namespace vanthu::guard {

/// Slows down who guesses passwords and never locks an account: whatever strangers do, its owner still gets in from
/// where he got in before.
///
/// Failures are counted by the pair of client network and account. From the fourth on that pair waits, twice as long
/// each time, up to limits::login_wait; a pair that has logged in before waits at most limits::known_login_wait, and is
/// counted by client address, so that one machine does not hold up its neighbours. The same wrong password again counts
/// once: that is a program with an old password, not a guess. A network that fails for many accounts (stuffing of
/// stolen lists) is held up as a whole, but for the accounts that it is known for. Any thread.
class LoginGuard {
 public:
  /// @param stuffing  failures of one network for accounts it is not known for; count 0: no bound
  /// @param entries  of failing pairs, and as many of known ones
  LoginGuard(Rate stuffing, std::size_t entries);

  /// Keyed hashes of who tries: the client's address, its network, the account as it was typed.
  struct Who {
    std::uint64_t client = 0, network = 0, account = 0;
    bool exempt = false;  ///< the bound on a whole network does not hold (a webmail server, say)
    friend bool operator==(const Who&, const Who&) = default;
  };
  enum class Verdict : std::uint8_t { try_it, wait, wait_network };
  struct Answer {
    Verdict verdict = Verdict::try_it;
    std::chrono::seconds wait{0};
    bool known = false;
  };
  /// Before a password is looked at. After try_it exactly one of the three below follows.
  Answer begins(const Who& who, Clock::time_point now);
  void succeeded(const Who& who, Clock::time_point now);
  /// @param secret  keyed hash of the wrong password; 0: not known (SCRAM)
  /// @return failures of this pair in a row
  unsigned failed(const Who& who, std::uint64_t secret, Clock::time_point now);
  void abandoned(const Who& who);

  /// Administrator's word: everything under that account, network or client address is forgotten.
  void forget(std::uint64_t key);

 private:
  static constexpr std::size_t ways = 8;
  struct Failing {
    std::uint64_t from = 0, account = 0, secret = 0;
    Clock::time_point last{}, until{};
    std::uint32_t count = 0;
  };
  struct Known {
    std::uint64_t network = 0, account = 0;
    Clock::time_point last{};
  };
  bool knows(const Who& who) const;
  Failing* find(std::uint64_t from, std::uint64_t account, Clock::time_point now);
  void end_attempt(const Who& who);

  RateTable stuffing_;
  bool bounded_;
  std::mutex mutex_;
  std::vector<std::array<Failing, ways>> failing_;
  std::vector<std::array<Known, ways>> known_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, unsigned> under_way_;  // by (network, account)
};

}  // namespace vanthu::guard
