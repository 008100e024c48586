// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/mx.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <map>

namespace vanthu::relay {
namespace {
namespace asio = boost::asio;
using Outcome = dns::Answer::Outcome;

std::string name_wire(const std::string& name) {
  std::string wire;
  for (std::size_t begin = 0; begin < name.size();) {
    const std::size_t dot = std::min(name.find('.', begin), name.size());
    wire += static_cast<char>(dot - begin);
    wire += name.substr(begin, dot - begin);
    begin = dot + 1;
  }
  return wire + '\0';
}
std::string mx_wire(std::uint16_t preference, const std::string& host) {
  return std::string{static_cast<char>(preference >> 8), static_cast<char>(preference & 255)} + name_wire(host);
}
std::string a_wire(char last) { return std::string{'\xC0', '\0', '\2', last}; }

dns::Answer found(std::vector<std::string> rdata, bool secure = false) {
  dns::Answer answer;
  answer.outcome = Outcome::found;
  answer.rdata = std::move(rdata);
  answer.secure = secure;
  return answer;
}
dns::Answer none(Outcome outcome) {
  dns::Answer answer;
  answer.outcome = outcome;
  return answer;
}

/// A DNS of one table; what is not in it has no data (and, where the test is of DNSSEC, provably).
class Mx : public testing::Test {
 protected:
  std::map<std::pair<std::string, dns::Type>, dns::Answer> table;
  bool secure_none = false;

  dns::LookUp look_up() {
    return [this](std::string name, dns::Type type) -> asio::awaitable<dns::Answer> {
      const auto row = table.find({name, type});
      dns::Answer answer = row == table.end() ? none(Outcome::no_data) : row->second;
      if (row == table.end()) answer.secure = secure_none;
      co_return answer;
    };
  }

  Result<std::vector<Target>> find(const std::string& domain, const std::string& route_line = "default mx") {
    const Route route = *parse_route(route_line);
    const Targets targets = *Targets::make({route}, *TlsContexts::make());
    MxFinder finder(targets, "gw.ours.example", look_up(), nullptr);
    asio::io_context context;
    std::optional<Result<std::vector<Target>>> result;
    asio::co_spawn(
        context, [&]() -> asio::awaitable<void> { result = co_await finder.find(domain, route); }, asio::detached);
    context.run();
    return *result;
  }
};

std::string shown(const Result<std::vector<Target>>& targets) {
  if (!targets) return format(targets.error().reply.enhanced);
  std::string out;
  for (const Target& target : *targets) out += (out.empty() ? "" : " ") + target.host + '=' + target.address;
  return out;
}

TEST_F(Mx, GoesByPreferenceWithAllAddresses) {
  table[{"b.example", dns::Type::mx}] = found({mx_wire(20, "slow.b.example"), mx_wire(10, "fast.b.example")});
  table[{"fast.b.example", dns::Type::a}] = found({a_wire(1), a_wire(2)});
  table[{"fast.b.example", dns::Type::aaaa}] =
      found({std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + '\1'});
  table[{"slow.b.example", dns::Type::a}] = found({a_wire(3)});
  EXPECT_EQ(shown(find("b.example")),
            "fast.b.example=2001:db8::1 fast.b.example=192.0.2.1 fast.b.example=192.0.2.2 slow.b.example=192.0.2.3");
}

TEST_F(Mx, TakesTheDomainItselfWhereThereIsNoMx) {
  table[{"b.example", dns::Type::a}] = found({a_wire(1)});
  EXPECT_EQ(shown(find("b.example")), "b.example=192.0.2.1");
  EXPECT_EQ(shown(find("void.example")), "5.1.2");
}

TEST_F(Mx, KnowsWhatIsNoAndWhatIsNotNow) {
  table[{"null.example", dns::Type::mx}] = found({std::string(3, '\0')});
  table[{"gone.example", dns::Type::mx}] = none(Outcome::no_name);
  table[{"away.example", dns::Type::mx}] = none(Outcome::failed);
  table[{"forged.example", dns::Type::mx}] = none(Outcome::bogus);
  table[{"half.example", dns::Type::mx}] = found({mx_wire(10, "mx.half.example")});
  table[{"mx.half.example", dns::Type::a}] = none(Outcome::failed);
  table[{"empty.example", dns::Type::mx}] = found({mx_wire(10, "mx.empty.example")});
  EXPECT_EQ(shown(find("null.example")), "5.1.10");
  EXPECT_EQ(shown(find("gone.example")), "5.1.2");
  EXPECT_EQ(shown(find("away.example")), "4.4.3");
  EXPECT_EQ(shown(find("forged.example")), "4.4.3");
  EXPECT_EQ(shown(find("half.example")), "4.4.3");
  EXPECT_EQ(shown(find("empty.example")), "4.4.4");
}

TEST_F(Mx, NeverGoesToWhoIsNoBetterThanUs) {
  table[{"b.example", dns::Type::mx}] =
      found({mx_wire(30, "far.example"), mx_wire(20, "GW.ours.example"), mx_wire(10, "near.example")});
  table[{"near.example", dns::Type::a}] = found({a_wire(1)});
  table[{"far.example", dns::Type::a}] = found({a_wire(2)});
  EXPECT_EQ(shown(find("b.example")), "near.example=192.0.2.1");
  table[{"b.example", dns::Type::mx}] = found({mx_wire(30, "far.example"), mx_wire(20, "gw.ours.example")});
  EXPECT_EQ(shown(find("b.example")), "5.4.6");
}

TEST_F(Mx, IsBounded) {
  std::vector<std::string> hosts;
  for (int i = 0; i < 30; ++i) {
    const std::string host = "h" + std::to_string(i) + ".example";
    hosts.push_back(mx_wire(10, host));
    table[{host, dns::Type::a}] = found({a_wire(1), a_wire(2)});
  }
  table[{"b.example", dns::Type::mx}] = found(hosts);
  EXPECT_EQ(find("b.example")->size(), 16U);
}

TEST_F(Mx, TakesAddressLiterals) {
  EXPECT_EQ(shown(find("[192.0.2.9]")), "192.0.2.9=192.0.2.9");
  EXPECT_EQ(shown(find("[IPv6:2001:db8::9]")), "2001:db8::9=2001:db8::9");
  EXPECT_EQ(shown(find("[nonsense]")), "5.1.2");
}

TEST_F(Mx, DemandsDaneOnlyAlongASecureChain) {
  using Level = TlsDemand::Level;
  secure_none = true;
  const std::string tlsa = std::string("\3\1\1", 3) + std::string(32, 'k');
  table[{"b.example", dns::Type::mx}] = found({mx_wire(10, "mx.b.example")}, true);
  table[{"mx.b.example", dns::Type::a}] = found({a_wire(1)}, true);
  table[{"_25._tcp.mx.b.example", dns::Type::tlsa}] = found({tlsa}, true);
  const auto level = [&](const char* route) { return find("b.example", route)->front().tls.level; };
  EXPECT_EQ(level("default mx dane"), Level::dane);
  EXPECT_EQ(level("default mx"), Level::opportunistic);
  table[{"_25._tcp.mx.b.example", dns::Type::tlsa}] = found({std::string("\1\1\1", 3) + std::string(32, 'k')}, true);
  EXPECT_EQ(level("default mx dane"), Level::encrypted) << "records, and none that we can use (RFC 7672 §2.2)";
  table[{"_25._tcp.mx.b.example", dns::Type::tlsa}] = none(Outcome::bogus);
  EXPECT_EQ(shown(find("b.example", "default mx dane")), "4.4.3") << "no way down for who forges answers";
  table[{"_25._tcp.mx.b.example", dns::Type::tlsa}] = found({tlsa}, false);
  EXPECT_EQ(level("default mx dane"), Level::opportunistic);
  table[{"b.example", dns::Type::mx}].secure = false;
  EXPECT_EQ(level("default mx dane"), Level::opportunistic);
}

TEST_F(Mx, IsNotLedPastTheTlsaByHalfAnAnswer) {
  secure_none = true;
  table[{"b.example", dns::Type::mx}] = found({mx_wire(10, "mx.b.example")}, true);
  table[{"mx.b.example", dns::Type::a}] = found({a_wire(1)}, true);
  table[{"mx.b.example", dns::Type::aaaa}] = none(Outcome::failed);
  table[{"_25._tcp.mx.b.example", dns::Type::tlsa}] = found({std::string("\3\1\1", 3) + std::string(32, 'k')}, true);
  EXPECT_EQ(shown(find("b.example", "default mx dane")), "4.4.3") << "RFC 7672 §2.1.2";
  EXPECT_EQ(shown(find("b.example")), "mx.b.example=192.0.2.1");
  table[{"b.example", dns::Type::mx}].secure = false;
  EXPECT_EQ(shown(find("b.example", "default mx dane")), "mx.b.example=192.0.2.1");
}

TEST_F(Mx, LooksForTheTlsaWhereAnAliasLeadsAndThenAtTheHost) {
  using Level = TlsDemand::Level;
  secure_none = true;
  const std::string tlsa = std::string("\3\1\1", 3) + std::string(32, 'k');
  dns::Answer aliased = found({a_wire(1)}, true);
  aliased.canonical_name = "real.example";
  table[{"b.example", dns::Type::mx}] = found({mx_wire(10, "mx.b.example")}, true);
  table[{"mx.b.example", dns::Type::a}] = aliased;
  table[{"_25._tcp.mx.b.example", dns::Type::tlsa}] = found({tlsa}, true);
  EXPECT_EQ(find("b.example", "default mx dane")->front().tls.base, "mx.b.example");
  table[{"_25._tcp.real.example", dns::Type::tlsa}] = found({tlsa}, true);
  const TlsDemand demand = find("b.example", "default mx dane")->front().tls;
  EXPECT_EQ(demand.level, Level::dane);
  EXPECT_EQ(demand.base, "real.example");
  EXPECT_EQ(demand.names, (std::vector<std::string>{"b.example", "mx.b.example"}));
  table[{"_25._tcp.real.example", dns::Type::tlsa}] = found({std::string("\3\1\1short", 8)}, true);
  EXPECT_EQ(find("b.example", "default mx dane")->front().tls.level, Level::encrypted) << "no digest of that length";
}

TEST(StsPolicy, IsReadAsRfc8461Shows) {
  const auto policy = parse_sts_policy(
      "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.Example.net\r\nmax_age: 604800\r\nx: y\r\n");
  ASSERT_TRUE(policy) << policy.error().detail;
  EXPECT_EQ(policy->mode, StsPolicy::Mode::enforce);
  EXPECT_EQ(policy->max_age, std::chrono::seconds(604800));
  EXPECT_TRUE(names(*policy, "mail.example.com"));
  EXPECT_TRUE(names(*policy, "a.example.net"));
  EXPECT_FALSE(names(*policy, "a.b.example.net"));
  EXPECT_FALSE(names(*policy, "example.net"));
  EXPECT_FALSE(names(*policy, "x.mail.example.com"));
}

TEST(StsPolicy, IsRefusedWhenSomethingIsMissing) {
  for (const std::string wrong :
       {"", "mode: enforce\n", "version: STSv2\nmode: none\nmax_age: 1\n", "version: STSv1\nmax_age: 1\n",
        "version: STSv1\nmode: enforce\nmax_age: 1\n", "version: STSv1\nmode: strict\nmax_age: 1\n",
        "version: STSv1\nmode: none\n", "version: STSv1\nmode: none\nmax_age: soon\n",
        "version: STSv1\nmode: enforce\nmx: a b\nmax_age: 1\n", "version: STSv1\nnonsense\n"})
    EXPECT_FALSE(parse_sts_policy(wrong)) << wrong;
  EXPECT_TRUE(parse_sts_policy("version: STSv1\nmode: none\nmax_age: 0"));
}

TEST(StsRecord, GivesItsId) {
  EXPECT_EQ(parse_sts_record("v=STSv1; id=20160831085700Z;"), "20160831085700Z");
  EXPECT_EQ(parse_sts_record("v=STSv1; x=y; id=1"), "1");
  EXPECT_EQ(parse_sts_record("v=STSv1"), std::nullopt);
  EXPECT_EQ(parse_sts_record("v=STSv1; id=a-b"), std::nullopt);
  EXPECT_EQ(parse_sts_record("v=spf1 -all"), std::nullopt);
}

}  // namespace
}  // namespace vanthu::relay
