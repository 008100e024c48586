// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dns/resolver.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>

#include "gateway/base/limits.hpp"
#include "gateway/dns/rdata.hpp"
#include "tests/unit/dns/responder.hpp"
#include "tests/unit/dns/signed_zone.hpp"

namespace vanthu::dns {
namespace {
namespace asio = boost::asio;
using Outcome = Answer::Outcome;

class ResolverTest : public ::testing::Test {
 protected:
  std::unique_ptr<Resolver> start(std::chrono::milliseconds timeout = std::chrono::seconds(20)) {
    auto started = Resolver::start({{responder.server()}, "", timeout});
    EXPECT_TRUE(started) << started.error().detail;
    return *std::move(started);
  }
  static Answer ask(Resolver& resolver, const std::string& name, Type type) {
    asio::io_context io;
    auto answer = asio::co_spawn(io, resolver.look_up(name, type), asio::use_future);
    io.run();
    return answer.get();
  }
  testing::Responder responder;
};

TEST_F(ResolverTest, FindsTheRecordsOfMail) {
  responder.add("hatinh.example", Type::mx, testing::mx(10, "mx1.hatinh.example"));
  responder.add("hatinh.example", Type::mx, testing::mx(20, "mx2.hatinh.example"));
  responder.add("hatinh.example", Type::txt, testing::txt("v=spf1 mx -all"));
  responder.add("mx1.hatinh.example", Type::a, testing::address("192.0.2.1"));
  responder.add("mx1.hatinh.example", Type::aaaa, testing::address("2001:db8::1"));
  responder.add("_25._tcp.mx1.hatinh.example", Type::tlsa, testing::tlsa(3, 1, 1, std::string(32, 'd')));
  responder.add("1.2.0.192.in-addr.arpa", Type::ptr, testing::wire_name("mx1.hatinh.example"));
  const auto resolver = start();
  const Answer mx = ask(*resolver, "hatinh.example", Type::mx);
  ASSERT_EQ(mx.rdata.size(), 2U) << mx.why;
  std::vector<Mx> exchanges{*parse_mx(mx.rdata[0]), *parse_mx(mx.rdata[1])};
  if (exchanges[0].preference > exchanges[1].preference) std::swap(exchanges[0], exchanges[1]);
  EXPECT_EQ(exchanges, (std::vector<Mx>{{10, "mx1.hatinh.example"}, {20, "mx2.hatinh.example"}}));
  EXPECT_FALSE(mx.secure);
  EXPECT_EQ(parse_txt(ask(*resolver, "HaTinh.example.", Type::txt).rdata.at(0)), "v=spf1 mx -all");
  EXPECT_EQ(parse_address(ask(*resolver, "mx1.hatinh.example", Type::a).rdata.at(0)), "192.0.2.1");
  EXPECT_EQ(parse_address(ask(*resolver, "mx1.hatinh.example", Type::aaaa).rdata.at(0)), "2001:db8::1");
  EXPECT_EQ(parse_tlsa(ask(*resolver, "_25._tcp.mx1.hatinh.example", Type::tlsa).rdata.at(0))->usage, 3);
  EXPECT_EQ(parse_name(ask(*resolver, *reverse_name("192.0.2.1"), Type::ptr).rdata.at(0)), "mx1.hatinh.example");
}

TEST_F(ResolverTest, FollowsAnAliasAndNamesItsTarget) {
  responder.add("www.hatinh.example", Type::cname, testing::wire_name("web.hatinh.example"));
  responder.add("web.hatinh.example", Type::a, testing::address("192.0.2.80"));
  const auto resolver = start();
  const Answer answer = ask(*resolver, "www.hatinh.example", Type::a);
  ASSERT_TRUE(answer.found()) << answer.why;
  EXPECT_EQ(answer.canonical_name, "web.hatinh.example");
}

TEST_F(ResolverTest, KeepsNoneAndFailureApart) {
  responder.add("hatinh.example", Type::a, testing::address("192.0.2.1"));
  responder.fail("broken.example", 2);
  responder.fail("refused.example", 5);
  const auto resolver = start();
  EXPECT_EQ(ask(*resolver, "nobody.example", Type::mx).outcome, Outcome::no_name);
  EXPECT_EQ(ask(*resolver, "hatinh.example", Type::mx).outcome, Outcome::no_data);
  EXPECT_EQ(ask(*resolver, "not a name.example", Type::mx).outcome, Outcome::no_name);
  EXPECT_EQ(ask(*resolver, "broken.example", Type::mx).outcome, Outcome::failed);
  EXPECT_EQ(ask(*resolver, "refused.example", Type::mx).outcome, Outcome::failed);
}

TEST_F(ResolverTest, GivesUpInTime) {
  responder.fail("silent.example", -1);
  const auto resolver = start(std::chrono::milliseconds(50));
  const Answer answer = ask(*resolver, "silent.example", Type::a);
  EXPECT_EQ(answer.outcome, Outcome::failed);
  EXPECT_EQ(answer.why, "no answer in time");
}

TEST_F(ResolverTest, AnswersTheSecondQuestionFromItsCache) {
  responder.add("hatinh.example", Type::txt, testing::txt("once"));
  const auto resolver = start();
  EXPECT_TRUE(ask(*resolver, "hatinh.example", Type::txt).found());
  const unsigned asked = responder.questions();
  EXPECT_TRUE(ask(*resolver, "HATINH.example", Type::txt).found());
  EXPECT_EQ(responder.questions(), asked);
}

TEST_F(ResolverTest, RefusesToCutAnAnswerThatIsTooLong) {
  for (std::size_t i = 0; i < limits::dns_records; ++i)
    responder.add("many.example", Type::txt, testing::txt(std::to_string(i)));
  for (std::size_t i = 0; i <= limits::dns_records; ++i)
    responder.add("too-many.example", Type::txt, testing::txt(std::to_string(i)));
  const auto resolver = start();
  EXPECT_EQ(ask(*resolver, "many.example", Type::txt).rdata.size(), limits::dns_records);
  EXPECT_EQ(ask(*resolver, "too-many.example", Type::txt).outcome, Outcome::failed);
}

TEST_F(ResolverTest, HasABoundForLookUpsAtOnceAndAnswersAllWhenItEnds) {
  std::atomic<std::size_t> answered{0};
  std::atomic<std::size_t> refused{0};
  auto resolver = start();
  for (std::size_t i = 0; i <= limits::dns_look_ups; ++i) {
    const std::string name = "silent" + std::to_string(i) + ".example";
    responder.fail(name, -1);
    resolver->look_up(name, Type::a, [&](const Answer& answer) {
      ++answered;
      if (answer.why == "too many look-ups at once") ++refused;
      EXPECT_EQ(answer.outcome, Outcome::failed);
    });
  }
  EXPECT_EQ(refused, 1U);
  resolver.reset();
  EXPECT_EQ(answered, limits::dns_look_ups + 1);
}

TEST_F(ResolverTest, ValidatesFromATrustAnchorDown) {
  const std::string anchor = ::testing::TempDir() + "vanthu-anchor-" + std::to_string(getpid());
  testing::SignedZone zone(responder, "signed.example");
  zone.write_anchor(anchor);
  zone.add("signed.example", 15, {testing::mx(10, "mx.signed.example")});
  zone.add("_25._tcp.mx.signed.example", 52, {testing::tlsa(3, 1, 1, std::string(32, 'd'))});
  zone.add("forged.signed.example", 1, {testing::address("192.0.2.1")});
  responder.add("forged.signed.example", Type::a, testing::address("192.0.2.66"));
  responder.add("bare.signed.example", Type::a, testing::address("192.0.2.1"));
  responder.add("elsewhere.example", Type::a, testing::address("192.0.2.2"));
  auto started = Resolver::start({{responder.server()}, anchor, std::chrono::seconds(20)});
  ASSERT_TRUE(started) << started.error().detail;
  std::filesystem::remove(anchor);
  Resolver& resolver = **started;
  const Answer mx = ask(resolver, "signed.example", Type::mx);
  EXPECT_TRUE(mx.found()) << mx.why;
  EXPECT_TRUE(mx.secure);
  const Answer tlsa = ask(resolver, "_25._tcp.mx.signed.example", Type::tlsa);
  EXPECT_TRUE(tlsa.found()) << tlsa.why;
  EXPECT_TRUE(tlsa.secure);
  for (const char* name : {"forged.signed.example", "bare.signed.example", "absent.signed.example"}) {
    const Answer answer = ask(resolver, name, Type::a);
    EXPECT_EQ(answer.outcome, Outcome::bogus) << name;
    EXPECT_FALSE(answer.secure) << name;
    EXPECT_TRUE(answer.rdata.empty()) << name;
  }
  const Answer other = ask(resolver, "elsewhere.example", Type::a);
  EXPECT_TRUE(other.found());
  EXPECT_FALSE(other.secure);
}

TEST(ResolverStart, NamesWhatIsWrong) {
  EXPECT_FALSE(Resolver::start({{"dns.example"}, "", std::chrono::seconds(1)}));
  EXPECT_FALSE(Resolver::start({{"127.0.0.1"}, "/nonexistent/root.key", std::chrono::seconds(1)}));
  EXPECT_FALSE(Resolver::start({{"127.0.0.1"}, VANTHU_SOURCE_DIR "/README.md", std::chrono::seconds(1)}));
}
}  // namespace
}  // namespace vanthu::dns
