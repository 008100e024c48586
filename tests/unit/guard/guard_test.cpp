// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/guard/guard.hpp"

#include <gtest/gtest.h>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"

namespace vanthu::guard {
namespace {
using namespace std::chrono_literals;

class GuardTest : public testing::Test {
 protected:
  GuardTest() { log::set_level(log::Level::error); }
  Guard made() {
    return Guard(config_, [this] { return now_; });
  }
  Config config_;
  Clock::time_point now_{1000h};
};

TEST_F(GuardTest, CountsAnIpv4AddressAndAnIpv6SixtyFourAsOneClient) {
  const auto guard = made();
  EXPECT_EQ(guard.client("2001:db8::1").client_key, guard.client("2001:db8::ffff:2").client_key);
  EXPECT_NE(guard.client("2001:db8::1").client_key, guard.client("2001:db8:0:1::1").client_key);
  EXPECT_EQ(guard.client("2001:db8::1").network_key, guard.client("2001:db8:0:1::1").network_key);
  EXPECT_NE(guard.client("203.0.113.1").client_key, guard.client("203.0.113.2").client_key);
  EXPECT_EQ(guard.client("203.0.113.1").network, "203.0.113.0/24");
}

TEST_F(GuardTest, RefusesTheMessageBeyondTheClientsRateAndSaysHowLong) {
  config_.client_messages = "5/minute";
  auto guard = made();
  const Client client = guard.client("203.0.113.9");
  for (int i = 0; i < 5; ++i) ASSERT_FALSE(guard.message(client, nullptr)) << i;
  const auto refusal = guard.message(client, nullptr);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reply, Reply(450, {4, 7, 1}, "too many messages, try again in 12 seconds"));
  EXPECT_EQ(refusal->limit, "limits.client-messages");
  EXPECT_FALSE(guard.message(guard.client("203.0.113.10"), nullptr));
  const auto notices = guard.notices();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].who, "203.0.113.9");
  guard.clear("203.0.113.9");
  EXPECT_FALSE(guard.message(client, nullptr));
  EXPECT_TRUE(guard.notices().empty());
}

TEST_F(GuardTest, HoldsFilingAndReadingByImapToTheirRates) {
  config_.account_filed_octets = "1000/hour";
  config_.account_read_octets = "1000/hour";
  auto guard = made();
  const Client client = guard.client("203.0.113.9");
  const Account lan{"lan@x", "vptu"}, khoa{"khoa@x", "vptu"};
  EXPECT_FALSE(guard.filing(client, lan));
  guard.filed(client, lan, 2000);
  const auto refusal = guard.filing(guard.client("203.0.114.1"), lan);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->limit, "limits.account-filed-octets");
  EXPECT_FALSE(guard.filing(client, khoa));
  EXPECT_FALSE(guard.reading(client, lan));
  guard.read(client, lan, 2000);
  EXPECT_EQ(guard.reading(client, lan)->limit, "limits.account-read-octets");
  guard.clear("lan@x");
  EXPECT_FALSE(guard.filing(client, lan));
  EXPECT_FALSE(guard.reading(client, lan));
}

TEST_F(GuardTest, GivesALoginSoManySessionsAtOnce) {
  config_.account_imap_sessions = 2;
  config_.exempt = {"192.0.2.0/24"};
  auto guard = made();
  const Client client = guard.client("203.0.113.9");
  const Account lan{"lan@x", "vptu"};
  auto first = guard.session(client, lan);
  {
    const auto second = guard.session(client, lan);
    ASSERT_TRUE(second.seat);
    const auto third = guard.session(guard.client("203.0.114.1"), lan);
    ASSERT_TRUE(third.refusal);
    EXPECT_EQ(third.refusal->limit, "limits.account-imap-sessions");
    EXPECT_TRUE(guard.session(client, {"khoa@x", "vptu"}).seat);
    EXPECT_FALSE(guard.session(guard.client("192.0.2.1"), lan).refusal);
  }
  EXPECT_TRUE(guard.session(client, lan).seat);
}

TEST_F(GuardTest, CountsTheNetworkOverItsClients) {
  config_.network_connections = "5/minute";
  auto guard = made();
  for (int i = 1; i <= 5; ++i) ASSERT_FALSE(guard.connection(guard.client("203.0.113." + std::to_string(i))));
  const auto refusal = guard.connection(guard.client("203.0.113.200"));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reply.code, 421);
  EXPECT_FALSE(guard.connection(guard.client("203.0.114.1")));
}

TEST_F(GuardTest, CountsWhoHasLoggedInByAccountAndUnitOnly) {
  config_.client_messages = "1/hour";
  config_.account_messages = "2/hour";
  config_.unit_messages = "3/hour";
  auto guard = made();
  const Client client = guard.client("203.0.113.9");
  const Account a{"a@x.example", "vp"}, b{"b@x.example", "vp"};
  EXPECT_FALSE(guard.message(client, &a));
  EXPECT_FALSE(guard.message(client, &a));
  EXPECT_EQ(guard.message(client, &a)->limit, "limits.account-messages");
  EXPECT_FALSE(guard.message(client, &b));
  EXPECT_EQ(guard.message(client, &b)->limit, "limits.unit-messages");
}

TEST_F(GuardTest, ByDefaultLeavesAMailroomAloneAndHoldsAStolenAccount) {
  auto guard = made();
  const Client client = guard.client("203.0.113.9");
  const Account clerk{"clerk@x.example", "vp"}, thief{"stolen@x.example", "vp"};
  // A busy day: ten hours with sixty letters each, five of them to five hundred addresses.
  for (int hour = 0; hour < 10; ++hour)
    for (int letter = 0; letter < 60; ++letter, now_ += 60s) {
      ASSERT_FALSE(guard.message(client, &clerk)) << hour << ' ' << letter;
      const bool invitation = hour % 2 == 0 && letter == 0;
      for (int to = 0; to < (invitation ? 500 : 3); ++to) ASSERT_FALSE(guard.recipient(client, &clerk));
    }
  int messages = 0, recipients = 0;
  for (int minute = 0; minute < 24 * 60; ++minute, now_ += 1min)
    for (int i = 0; i < 60; ++i) {
      if (guard.message(client, &thief)) continue;
      ++messages;
      for (int to = 0; to < 10; ++to) recipients += guard.recipient(client, &thief) ? 0 : 1;
    }
  EXPECT_LE(messages, 4100);
  EXPECT_LE(recipients, 21000);
  EXPECT_FALSE(guard.message(client, &clerk)) << "his colleagues are not held back";
}

TEST_F(GuardTest, HoldsBackTheNextMessageWhenTheOctetsAreUsedUp) {
  config_.account_octets = "1M/hour";
  auto guard = made();
  const Client client = guard.client("203.0.113.9");
  const Account account{"a@x.example", "vp"};
  ASSERT_FALSE(guard.message(client, &account));
  guard.octets(client, &account, 2U << 20);
  const auto refusal = guard.message(client, &account);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->limit, "limits.account-octets");
  now_ += 1h + 1s;
  EXPECT_FALSE(guard.message(client, &account));
}

TEST_F(GuardTest, LeavesExemptNetworksAlone) {
  config_.client_messages = "1/hour";
  config_.exempt = {"203.0.113.0/24 2001:db8::/32"};
  auto guard = made();
  for (const char* address : {"203.0.113.9", "2001:db8::1"})
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(guard.message(guard.client(address), nullptr));
  EXPECT_FALSE(guard.message(guard.client("203.0.114.9"), nullptr));
  EXPECT_TRUE(guard.message(guard.client("203.0.114.9"), nullptr));
}

TEST_F(GuardTest, AnswersLaterAndLaterToWhoGuessesRecipientsThenClosesAndStillTakesMailForKnownOnes) {
  config_.client_unknown_recipients = "20/hour";
  auto guard = made();
  const Client client = guard.client("203.0.113.9");
  for (unsigned i = 1; i <= 20; ++i) {
    const auto tarpit = guard.unknown_recipient(client, i);
    ASSERT_FALSE(tarpit.close) << i;
    EXPECT_EQ(tarpit.delay == 0ms, i <= limits::free_unknown_recipients) << i;
    EXPECT_LE(tarpit.delay, limits::unknown_recipient_wait);
  }
  const auto closed = guard.unknown_recipient(client, 1);
  ASSERT_TRUE(closed.close);
  EXPECT_EQ(closed.close->reply.code, 421);
  EXPECT_FALSE(guard.recipient(client, nullptr));
}

TEST_F(GuardTest, HoldsBackGuessesAndForgetsThemOnRequest) {
  auto guard = made();
  const Client client = guard.client("203.0.113.9");
  for (unsigned i = 0; i <= limits::free_login_failures; ++i) {
    auto admitted = guard.login(client, "Box*A@x.example");
    ASSERT_TRUE(admitted.attempt) << i;
    admitted.attempt->failed("guess" + std::to_string(i));
  }
  const auto refused = guard.login(client, "a@X.example");
  ASSERT_FALSE(refused.attempt);
  EXPECT_EQ(refused.refusal.reply.code, 454);
  EXPECT_TRUE(guard.login(client, "b@x.example").attempt);
  EXPECT_TRUE(guard.login(guard.client("198.51.100.1"), "a@x.example").attempt);
  guard.clear("a@x.example");
  EXPECT_TRUE(guard.login(client, "a@x.example").attempt);
  EXPECT_TRUE(guard.notices().empty());
}

TEST_F(GuardTest, RemembersABoundedNumberOfNotices) {
  config_.client_messages = "1/hour";
  auto guard = made();
  for (unsigned i = 0; i < limits::guard_notices + 50; ++i) {
    const Client client = guard.client("10.0." + std::to_string(i / 250) + '.' + std::to_string(i % 250));
    guard.message(client, nullptr);
    guard.message(client, nullptr);
  }
  EXPECT_LE(guard.notices().size(), limits::guard_notices);
}

}  // namespace
}  // namespace vanthu::guard
