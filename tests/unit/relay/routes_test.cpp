// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/routes.hpp"

#include <gtest/gtest.h>

#include "gateway/relay/alarms.hpp"
#include "gateway/relay/concurrency.hpp"

namespace vanthu::relay {
namespace {

Routes routes_of(const std::vector<std::string>& lines) {
  std::vector<Route> routes;
  for (const std::string& line : lines) {
    auto route = parse_route(line);
    if (!route) throw std::runtime_error(route.error().detail);
    routes.push_back(*std::move(route));
  }
  return Routes(std::move(routes));
}

mail::Delivery to(const std::string& domain, const std::string& next_hop, const std::string& unit = "") {
  mail::Delivery delivery;
  delivery.to = {"a", domain};
  delivery.next_hop = next_hop;
  delivery.unit = unit;
  return delivery;
}

TEST(Routes, TakeTheUnitThenTheDomainThenTheDefault) {
  const Routes routes = routes_of({"unit:vptu lmtp://u:24", "unit:hu-* lmtp://v:24", "unit:hu-canloc* lmtp://w:24",
                                   "domain:b.example smtp://b:25", "domain:*.example smtp://s:25",
                                   "domain:*.c.example mx", "local lmtp://l:24", "default mx"});
  EXPECT_EQ(routes.destination(to("ours.vn", "local", "vptu")), "unit:vptu");
  EXPECT_EQ(routes.destination(to("ours.vn", "local", "hu-kyanh")), "unit:hu-*");
  EXPECT_EQ(routes.destination(to("ours.vn", "local", "hu-canloc-vp")), "unit:hu-canloc*");
  EXPECT_EQ(routes.destination(to("ours.vn", "local", "btctu")), "local");
  EXPECT_EQ(routes.destination(to("b.example", "outside")), "domain:b.example");
  EXPECT_EQ(routes.destination(to("x.b.example", "outside")), "domain:*.example");
  EXPECT_EQ(routes.destination(to("y.c.example", "outside")), "mx:y.c.example");
  EXPECT_EQ(routes.destination(to("gmail.com", "outside")), "mx:gmail.com");
  EXPECT_EQ(routes.destination(to("example", "outside")), "mx:example") << "*. is what lies below";
}

TEST(Routes, KeepApartWhatADomainsDemandsAreNotFor) {
  const Routes routes = routes_of({"domain:*.example mx tls=verified dane mta-sts port=26", "domain:b.org smtp://b:25",
                                   "local lmtp://l:24", "default mx"});
  const std::string key = routes.destination(to("a.example", "outside"), true);
  EXPECT_EQ(key, "mx-tls-optional:a.example");
  EXPECT_EQ(routes.destination(to("a.example", "outside"), false), "mx:a.example");
  EXPECT_EQ(routes.destination(to("c.org", "outside"), true), "mx:c.org") << "nothing is demanded there";
  EXPECT_EQ(routes.destination(to("b.org", "outside"), true), "domain:b.org");
  EXPECT_EQ(routes.destination(to("ours.vn", "local"), true), "local");
  const Route* lax = routes.route(key);
  ASSERT_NE(lax, nullptr);
  EXPECT_FALSE(lax->dane || lax->mta_sts);
  EXPECT_EQ(lax->mx_port, 26);
  EXPECT_EQ(lax->tls, Route::Tls::verified) << "what the operator wrote is the operator's";
  const Route* strict = routes.route("mx:a.example");
  EXPECT_TRUE(strict->dane && strict->mta_sts);
  EXPECT_EQ(routes.route("mx-tls-optional:c.org"), routes.route("mx:c.org")) << "demanded no more";
}

TEST(Routes, FindTheRouteBehindAKey) {
  const Routes routes = routes_of({"domain:*.example mx port=26", "local lmtp://l:24", "default smtp://s:25"});
  EXPECT_EQ(routes.route("mx:a.example")->mx_port, 26);
  EXPECT_EQ(routes.route("local")->hops.front().at.host, "l");
  EXPECT_EQ(routes.route("default")->hops.front().at.host, "s");
  EXPECT_EQ(routes.route("mx:other.org")->hops.front().at.host, "s") << "no MX route any more: the smart host";
  EXPECT_EQ(routes.route("unit:gone"), nullptr);
}

TEST(Concurrency, GrowsWithSuccessWhileMailWaitsAndHalvesOnFailure) {
  Concurrency concurrency(8);
  EXPECT_EQ(concurrency.allowed(), 2U);
  for (int i = 0; i < 100; ++i) concurrency.good(false);
  EXPECT_EQ(concurrency.allowed(), 2U) << "nothing waits: no reason for more";
  for (int i = 0; i < 2; ++i) concurrency.good(true);
  EXPECT_EQ(concurrency.allowed(), 3U);
  for (int i = 0; i < 100; ++i) concurrency.good(true);
  EXPECT_EQ(concurrency.allowed(), 8U);
  concurrency.failed();
  concurrency.failed();
  EXPECT_EQ(concurrency.allowed(), 4U) << "connections that fail together count once";
  concurrency.good(true);
  concurrency.failed();
  EXPECT_EQ(concurrency.allowed(), 2U);
  for (int i = 0; i < 5; ++i) {
    concurrency.good(false);
    concurrency.failed();
  }
  EXPECT_EQ(concurrency.allowed(), 1U);
  EXPECT_EQ(Concurrency(1).allowed(), 1U);
}

TEST(Alarms, KeepTheEarliestOfEachKey) {
  Alarms alarms;
  const auto at = [](int seconds) { return Time(std::chrono::seconds(seconds)); };
  EXPECT_TRUE(alarms.set("a", at(10)));
  EXPECT_FALSE(alarms.set("b", at(20)));
  EXPECT_FALSE(alarms.set("a", at(30))) << "later than what is set";
  EXPECT_TRUE(alarms.set("b", at(5)));
  EXPECT_EQ(alarms.earliest(), at(5));
  EXPECT_EQ(alarms.take(at(4)), std::vector<std::string>{});
  EXPECT_EQ(alarms.take(at(10)), (std::vector<std::string>{"b", "a"}));
  EXPECT_FALSE(alarms.earliest());
}

}  // namespace
}  // namespace vanthu::relay
