// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/service.hpp"

#include <gtest/gtest.h>

#include "gateway/mailauth/message.hpp"
#include "gateway/mailauth/results.hpp"
#include "tests/unit/mailauth/zone.hpp"

namespace vanthu::mailauth {
namespace {
namespace asio = boost::asio;
using filters::Authentication;

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() {
    config.hostname = "mail.tinhuy.example";
    config.authentication_check = true;
    zone.txt("x.example", "v=spf1 ip4:192.0.2.0/24 -all").txt("_dmarc.x.example", "v=DMARC1; p=reject");
  }
  ~ServiceTest() override { slow.join(); }

  Authentication check(const std::string& client, const std::string& plain_letter) {
    auto made = Service::make({config, zone.function(), slow, {}});
    EXPECT_TRUE(made);
    auto octets = Octets::of(plain_letter);
    const Subject subject{client, "out.x.example", mail::Mailbox{"a", "x.example"},
                          std::make_shared<const Octets>(*std::move(octets)), now()};
    return testing::run(both(**made, subject));
  }
  static asio::awaitable<Authentication> both(Service& service, Subject subject) {
    const auto begun = co_await service.begin(std::move(subject));
    EXPECT_NE(begun, nullptr);
    co_return co_await service.finish(begun);
  }
  Config config;
  testing::Zone zone;
  asio::thread_pool slow{1};
};
const std::string plain_letter = "From: a@x.example\r\n\r\nbody\r\n";

TEST_F(ServiceTest, PassesWhatComesFromWhereItShould) {
  const Authentication known = check("192.0.2.7", plain_letter);
  EXPECT_EQ(known.spf, (Authentication::Spf{"pass", "x.example", "mailfrom"}));
  EXPECT_EQ(known.dmarc, (Authentication::Dmarc{"pass", "x.example", "reject", "spf"}));
  EXPECT_EQ(known.forged_results, 0U);
}
TEST_F(ServiceTest, FailsWhatDoesNot) {
  const Authentication known = check("198.51.100.1", plain_letter);
  EXPECT_EQ(known.spf.result, "fail");
  EXPECT_EQ(known.dmarc, (Authentication::Dmarc{"fail", "x.example", "reject", ""}));
}
TEST_F(ServiceTest, LeavesSpfOutForOurOwnNetworksAndNamedHosts) {
  config.authentication_skipped = {"198.51.100.0/25"};
  for (const char* client : {"127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "::1", "fd00::1", "198.51.100.1"}) {
    const Authentication known = check(client, plain_letter);
    EXPECT_EQ(known.spf, Authentication::Spf{}) << client;
    EXPECT_EQ(known.dmarc.result, "none") << client;
  }
  EXPECT_EQ(check("198.51.100.129", plain_letter).spf.result, "fail");
}
TEST_F(ServiceTest, TellsTroubleWithTheDnsAsTrouble) {
  zone.fail("x.example").fail("_dmarc.x.example");
  const Authentication known = check("192.0.2.7", plain_letter);
  EXPECT_EQ(known.spf.result, "temperror");
  EXPECT_EQ(known.dmarc.result, "temperror");
}
TEST_F(ServiceTest, JudgesNobodysPolicyWithoutOneAuthor) {
  for (const char* header :
       {"From: a@x.example, b@y.example\r\n", "Subject: x\r\n", "From: a@x.example\r\nFrom: b@y.example\r\n"})
    EXPECT_EQ(check("192.0.2.7", std::string(header) + "\r\n").dmarc, (Authentication::Dmarc{"permerror", "", "", ""}));
  Authentication known = check("192.0.2.7", plain_letter);
  filters::Facts facts;
  facts.from_fields = 1;
  facts.from = {{"", "a@x.example"}};
  reconcile(known, facts);
  EXPECT_EQ(known.dmarc.result, "pass");
  facts.from = {{"", "a@y.example"}};  // the inspector read another author
  reconcile(known, facts);
  EXPECT_EQ(known.dmarc, (Authentication::Dmarc{"permerror", "", "", ""}));
}
TEST_F(ServiceTest, CountsResultsThatClaimToBeOurs) {
  const std::string forged =
      "Authentication-Results: (x) MAIL.tinhuy.example 1; dkim=pass\r\n"
      "Authentication-Results: other.example; dkim=pass\r\n";
  EXPECT_EQ(check("192.0.2.7", forged + plain_letter).forged_results, 1U);
}
TEST_F(ServiceTest, DoesNothingWhenItIsOff) {
  config.authentication_check = false;
  const auto made = Service::make({config, zone.function(), slow, {}});
  EXPECT_EQ(testing::run((*made)->begin({"192.0.2.7", "h", std::nullopt, nullptr, now()})), nullptr);
}
TEST_F(ServiceTest, RefusesAClientThatIsNoAddress) {
  for (const char* bad : {"relay.example", "192.0.2.0/33", "192.0.2.0/", "::1/129"}) {
    config.authentication_skipped = {bad};
    EXPECT_FALSE(Service::make({config, zone.function(), slow, {}})) << bad;
  }
}

TEST(Results, AreOneFieldThatNobodyCanBreakOut) {
  Authentication known;
  known.spf = {"pass", "x.example", "mailfrom"};
  known.dkim = {{"x.example", "s1", "rsa-sha256", "pass", ""},
                {"y;dkim=pass\r\n", "s(2", "rsa-sha256", "fail", "body hash did not verify"}};
  known.dmarc = {"pass", "x.example", "reject", "dkim"};
  EXPECT_EQ(
      results_field(known, "mail.tinhuy.example"),
      "Authentication-Results: mail.tinhuy.example;\r\n"
      "\tspf=pass smtp.mailfrom=x.example;\r\n"
      "\tdkim=pass header.d=x.example header.s=s1 header.a=rsa-sha256;\r\n"
      "\tdkim=fail (body hash did not verify) header.d=\"y;dkim=pass??\" header.s=\"s(2\" header.a=rsa-sha256;\r\n"
      "\tdmarc=pass (p=reject) header.from=x.example\r\n");
  EXPECT_EQ(results_field({}, "mail.tinhuy.example"),
            "Authentication-Results: mail.tinhuy.example;\r\n\tdkim=none;\r\n\tdmarc=none\r\n");
}
}  // namespace
}  // namespace vanthu::mailauth
