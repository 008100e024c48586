// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/guard/login_guard.hpp"

#include <gtest/gtest.h>

#include "gateway/base/limits.hpp"

namespace vanthu::guard {
namespace {
using namespace std::chrono_literals;
using Verdict = LoginGuard::Verdict;
const Clock::time_point begin{1000h};
const LoginGuard::Who office{11, 1, 100}, stranger{22, 2, 100};

class LoginGuardTest : public testing::Test {
 protected:
  bool allowed(const LoginGuard::Who& who) {
    const bool yes = guard_.begins(who, now_).verdict == Verdict::try_it;
    if (yes) guard_.abandoned(who);
    return yes;
  }
  /// Guesses as often as it may within that time, a new password each.
  unsigned guesses(const LoginGuard::Who& who, std::chrono::seconds time) {
    unsigned made = 0;
    for (const auto end = now_ + time; now_ < end; now_ += 1s)
      while (guard_.begins(who, now_).verdict == Verdict::try_it) {
        guard_.failed(who, ++secret_, now_);
        ++made;
      }
    return made;
  }
  LoginGuard guard_{Rate{20, 3600s}, 1024};
  Clock::time_point now_ = begin;
  std::uint64_t secret_ = 0;
};

TEST_F(LoginGuardTest, LetsAnHourOfGuessingTryTheFewTimesOfTheBackOff) {
  const unsigned made = guesses(stranger, 3600s);
  EXPECT_GT(made, limits::free_login_failures);
  EXPECT_LT(made, 20U);
}

TEST_F(LoginGuardTest, NeverLocksAnAccountForWhoComesFromElsewhere) {
  guesses(stranger, 600s);
  EXPECT_FALSE(allowed(stranger));
  EXPECT_TRUE(allowed(office));
}

TEST_F(LoginGuardTest, LetsTheOwnerBackInSoonWhereHeGotInBefore) {
  guard_.begins(office, now_);
  guard_.succeeded(office, now_);
  guesses(office, 600s);  // a worm on his own machine
  now_ += limits::known_login_wait;
  EXPECT_TRUE(allowed(office));
  const LoginGuard::Who neighbour{12, 1, 100};
  guesses(office, 100s);
  EXPECT_TRUE(allowed(neighbour)) << "another machine of his network is not held back with it";
}

TEST_F(LoginGuardTest, CountsTheSameWrongPasswordOnce) {
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(guard_.begins(stranger, now_).verdict, Verdict::try_it) << "a telephone with last year's password";
    guard_.failed(stranger, 7, now_);
    now_ += 10s;
  }
}

TEST_F(LoginGuardTest, HoldsANetworkThatTriesManyAccountsButNotForTheOnesItIsKnownFor) {
  const LoginGuard::Who own{33, 2, 7};
  guard_.begins(own, now_);
  guard_.succeeded(own, now_);
  for (std::uint64_t account = 1000; account < 1020; ++account) {
    const LoginGuard::Who other{22, 2, account};
    ASSERT_EQ(guard_.begins(other, now_).verdict, Verdict::try_it);
    guard_.failed(other, ++secret_, now_);
  }
  EXPECT_EQ(guard_.begins({22, 2, 5000}, now_).verdict, Verdict::wait_network);
  EXPECT_EQ(guard_.begins({22, 3, 5000}, now_).verdict, Verdict::try_it);
  EXPECT_EQ(guard_.begins({22, 2, 5000, true}, now_).verdict, Verdict::try_it) << "exempt";
  EXPECT_TRUE(allowed(own));
}

TEST_F(LoginGuardTest, DoesNotLetManyGuessesBeginAtOnce) {
  for (unsigned i = 0; i < limits::logins_under_way; ++i)
    ASSERT_EQ(guard_.begins(stranger, now_).verdict, Verdict::try_it);
  EXPECT_EQ(guard_.begins(stranger, now_).verdict, Verdict::wait);
  guard_.abandoned(stranger);
  EXPECT_EQ(guard_.begins(stranger, now_).verdict, Verdict::try_it);
}

TEST_F(LoginGuardTest, ForgetsFailuresAfterASuccessAndAfterAnHour) {
  guesses(stranger, 5s);
  EXPECT_FALSE(allowed(stranger));
  now_ += limits::login_failures_time + 1s;
  EXPECT_TRUE(allowed(stranger));
  for (unsigned i = 0; i < limits::free_login_failures; ++i) {
    guard_.begins(stranger, now_);
    guard_.failed(stranger, ++secret_, now_);
  }
  guard_.begins(stranger, now_);
  guard_.succeeded(stranger, now_);
  for (unsigned i = 0; i < limits::free_login_failures; ++i) {
    ASSERT_EQ(guard_.begins(stranger, now_).verdict, Verdict::try_it);
    EXPECT_EQ(guard_.failed(stranger, ++secret_, now_), i + 1);
  }
}

TEST_F(LoginGuardTest, IsToldToForget) {
  guesses(stranger, 60s);
  EXPECT_FALSE(allowed(stranger));
  guard_.forget(stranger.account);
  EXPECT_TRUE(allowed(stranger));
}

TEST_F(LoginGuardTest, KeepsWhoWaitsThroughAFloodOfOtherNames) {
  guesses(stranger, 120s);
  ASSERT_FALSE(allowed(stranger));
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    const LoginGuard::Who other{i, i * 0x9E3779B97F4A7C15ULL, i * 0xC2B2AE3D27D4EB4FULL};
    guard_.begins(other, now_);
    guard_.failed(other, ++secret_, now_);
  }
  EXPECT_FALSE(allowed(stranger));
}

}  // namespace
}  // namespace vanthu::guard
