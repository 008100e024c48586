// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/route.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "gateway/base/config.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu {
namespace {

TEST(Route, IsReadWithAllItsParts) {
  const auto unit = parse_route("unit:vptu lmtp://10.1.0.5:24");
  ASSERT_TRUE(unit) << unit.error().detail;
  EXPECT_EQ(unit->by, Route::By::unit);
  EXPECT_EQ(unit->key, "vptu");
  EXPECT_EQ(unit->hops, (std::vector<Endpoint>{{"lmtp", {"10.1.0.5", 24}}}));
  EXPECT_EQ(unit->tls, Route::Tls::none);

  const auto list = parse_route(" domain:BTCD.example\tsmtp://a.example,smtp://[2001:db8::1]:2525 tls=verified ");
  ASSERT_TRUE(list) << list.error().detail;
  EXPECT_EQ(list->key, "btcd.example");
  EXPECT_EQ(list->hops, (std::vector<Endpoint>{{"smtp", {"a.example", 25}}, {"smtp", {"2001:db8::1", 2525}}}));
  EXPECT_EQ(list->tls, Route::Tls::verified);

  const auto mx = parse_route("domain:*.example mx tls=opportunistic dane mta-sts port=2525");
  ASSERT_TRUE(mx) << mx.error().detail;
  EXPECT_TRUE(mx->mx() && mx->prefix && mx->dane && mx->mta_sts);
  EXPECT_EQ(mx->mx_port, 2525);

  const auto smart =
      parse_route("default smtp://smart:587 tls=verified user=u password-file=/etc/p eight-bit=send-anyway");
  ASSERT_TRUE(smart) << smart.error().detail;
  EXPECT_EQ(smart->by, Route::By::outside);
  EXPECT_EQ(smart->user, "u");
  EXPECT_TRUE(smart->eight_bit_anyway);
}

struct WrongRoute {
  const char *name, *line, *says;
};
class RouteRefuses : public testing::TestWithParam<WrongRoute> {};
TEST_P(RouteRefuses, AWordThatHasNoPlaceAndNamesIt) {
  const auto route = parse_route(GetParam().line);
  ASSERT_FALSE(route);
  EXPECT_NE(route.error().detail.find(GetParam().says), std::string::npos) << route.error().detail;
}
INSTANTIATE_TEST_SUITE_P(
    Route, RouteRefuses,
    testing::Values(WrongRoute{"empty", "", "wants a selector"}, WrongRoute{"half", "default", "wants a selector"},
                    WrongRoute{"selector", "domian:a.example mx", "the nearest is 'domain'"},
                    WrongRoute{"unit", "unit: lmtp://a:24", "a unit's id"},
                    WrongRoute{"domain", "domain:a..b smtp://a:25", "a domain name"},
                    WrongRoute{"scheme", "default smpt://a:25", "the nearest is 'smtp'"},
                    WrongRoute{"port", "default smtp://a:0", "HOST:PORT"},
                    WrongRoute{"path", "default smtp://a/b:25", "HOST:PORT"},
                    WrongRoute{"mixed", "default smtp://a:25,lmtp://b:24", "one protocol"},
                    WrongRoute{"twice", "default smtp://a:25,smtp://a:25", "a host twice"},
                    WrongRoute{"local_mx", "local mx", "our own domains"},
                    WrongRoute{"option", "default smtp://a:25 tsl=none", "the nearest known one is 'tls'"},
                    WrongRoute{"level", "default smtp://a:25 tls=verfied", "the nearest is 'verified'"},
                    WrongRoute{"no_value", "default smtp://a:25 tls", "wants a value"},
                    WrongRoute{"value", "default mx dane=yes", "takes no value"},
                    WrongRoute{"repeated", "default smtp://a:25 tls=none tls=none", "stands twice"},
                    WrongRoute{"no_pin", "default smtp://a:25 tls=pinned", "wants a pin="},
                    WrongRoute{"short_pin", "default smtp://a:25 tls=pinned pin=00", "64 hexadecimal"},
                    WrongRoute{"dane_hosts", "default smtp://a:25 dane", "for mx routes"},
                    WrongRoute{"dane_clear", "default mx tls=none dane", "opportunistic or tls=verified"},
                    WrongRoute{"password_in_clear", "default smtp://a:25 user=u password-file=/p", "a host we know"},
                    WrongRoute{"half_login", "default smtp://a:25 tls=verified user=u", "go together"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Route, HasASelectorThatReadsBack) {
  for (const std::string word :
       {"unit:vptu", "unit:hu-*", "domain:a.example", "domain:*.a.example", "local", "default"}) {
    const auto route = parse_route(word + " smtp://a:25");
    ASSERT_TRUE(route) << route.error().detail;
    EXPECT_EQ(selector(*route), word);
  }
}

class ConfigRoutes : public testing::Test {
 protected:
  Result<Config> read(const std::string& lines) const {
    std::ofstream(folder / "g.conf") << "domain = ours.example\ndata = " << folder.path().string() << "\n[relay]\n"
                                     << lines;
    return read_config(folder / "g.conf");
  }
  test::TempFolder folder{"routes"};
};

TEST_F(ConfigRoutes, NameTheLineThatIsWrong) {
  const auto bad = read("route = default mx\n# a comment\nroute = domain:a.example smpt://a\n");
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().detail.find("g.conf:6: route: 'smpt://a'"), std::string::npos) << bad.error().detail;
  const auto twice = read("route = unit:a lmtp://a:24\nroute = unit:a lmtp://b:24\n");
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().detail.find("g.conf:5: route: 'unit:a' has a route already"), std::string::npos);
  EXPECT_FALSE(read("route = default mx\noutside = smtp://a:25\n"));
  EXPECT_FALSE(read("route = default smtp://a:25 tls=verified user=u password-file=/nowhere/p\n"));
}

TEST_F(ConfigRoutes, SayWhetherMailLeaves) {
  const auto none = read("local = lmtp://127.0.0.1:24\n");
  ASSERT_TRUE(none) << none.error().detail;
  EXPECT_FALSE(none->reaches("b.example"));
  EXPECT_EQ(none->routes.size(), 1U);
  const auto one = read("route = domain:*.b.example smtp://b:25\n");
  EXPECT_TRUE(one->reaches("x.b.example"));
  EXPECT_FALSE(one->reaches("b.example"));
  EXPECT_FALSE(one->reaches("xb.example"));
  EXPECT_TRUE(read("outside = mx\n")->reaches("b.example"));
  EXPECT_TRUE(read("route = default mx\n")->reaches("b.example"));
}

}  // namespace
}  // namespace vanthu
