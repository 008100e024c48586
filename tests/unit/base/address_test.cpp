// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/address.hpp"

#include <gtest/gtest.h>

#include "gateway/base/rate.hpp"

namespace vanthu {
namespace {

TEST(IpAddress, IsReadAndWrittenInOneForm) {
  for (const char* text : {"203.0.113.9", "::1", "2001:db8::9", "0.0.0.0"}) EXPECT_EQ(format(*parse_ip(text)), text);
  EXPECT_EQ(format(*parse_ip("::ffff:203.0.113.9")), "203.0.113.9");
  for (const char* text : {"", "203.0.113", "203.0.113.256", "fe80::1%eth0", "[::1]", "mail.example", " 1.2.3.4"})
    EXPECT_FALSE(parse_ip(text)) << text;
}

TEST(IpAddress, KnowsLoopback) {
  for (const char* text : {"127.0.0.1", "127.255.0.3", "::1"}) EXPECT_TRUE(parse_ip(text)->is_loopback()) << text;
  for (const char* text : {"128.0.0.1", "::2", "::"}) EXPECT_FALSE(parse_ip(text)->is_loopback()) << text;
}

TEST(Network, HoldsAddressesWithItsFirstBits) {
  const auto holds = [](const char* network, const char* address) {
    return parse_network(network)->contains(*parse_ip(address));
  };
  EXPECT_TRUE(holds("203.0.113.0/24", "203.0.113.255"));
  EXPECT_FALSE(holds("203.0.113.0/24", "203.0.114.0"));
  EXPECT_TRUE(holds("203.0.112.0/23", "203.0.113.1"));
  EXPECT_TRUE(holds("203.0.113.9", "203.0.113.9"));
  EXPECT_FALSE(holds("203.0.113.9", "203.0.113.8"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(holds("0.0.0.0/0", "198.51.100.1"));
  EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  for (const char* text : {"203.0.113.0/33", "203.0.113.0/", "203.0.113.9/24", "2001:db8::/129", "/8", "a/8"})
    EXPECT_FALSE(parse_network(text)) << text;
  EXPECT_NE(parse_network("203.0.113.9/24").error().detail.find("203.0.113.0/24"), std::string::npos);
  EXPECT_EQ(format(network_of(*parse_ip("203.0.113.9"), 24, 56)), "203.0.113.0/24");
  EXPECT_EQ(format(network_of(*parse_ip("2001:db8:1:2ff::1"), 24, 56)), "2001:db8:1:200::/56");
}

TEST(Rates, AreReadAsTheConfigurationWritesThem) {
  const auto rates = parse_rates("120/minute 1500/hour");
  ASSERT_TRUE(rates);
  EXPECT_EQ(*rates, (std::vector<Rate>{{120, std::chrono::minutes(1)}, {1500, std::chrono::hours(1)}}));
  EXPECT_EQ(parse_rates("2G/day")->front().count, 2ULL << 30);
  EXPECT_TRUE(parse_rates("none")->empty());
  for (const char* text :
       {"", "0/minute", "-1/minute", "1/month", "1", "1/", "x/minute", "9999999999999999999/day", "1T/day"})
    EXPECT_FALSE(parse_rates(text)) << text;
}

}  // namespace
}  // namespace vanthu
