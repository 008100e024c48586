// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/spf.hpp"

#include <gtest/gtest.h>

#include "gateway/mailauth/spf_record.hpp"
#include "tests/unit/mailauth/zone.hpp"

namespace vanthu::mailauth {
namespace {

struct Query {
  std::string client = "192.0.2.3", from = "strong-bad@email.example.com", helo = "mail.example.com";
};
std::string check(const testing::Zone& zone, const Query& query) {
  std::optional<mail::Mailbox> from;
  if (!query.from.empty())
    from = mail::Mailbox{query.from.substr(0, query.from.find('@')), query.from.substr(query.from.find('@') + 1)};
  return testing::run(check_spf(zone.function(), query.client, query.helo, from)).result;
}
std::string check(const testing::Zone& zone, const std::string& client, const std::string& domain = "example.com") {
  return check(zone, Query{client, "a@" + domain, "mail.example.com"});
}

/// RFC 7208 appendix A: the zone, without what only an explanation would need.
testing::Zone appendix_a(const std::string& record) {
  testing::Zone zone;
  zone.txt("example.com", record)
      .mx("example.com", 10, "mail-a.example.com")
      .mx("example.com", 20, "mail-b.example.com");
  zone.a("example.com", "192.0.2.10").a("example.com", "192.0.2.11");
  zone.a("amy.example.com", "192.0.2.65").a("bob.example.com", "192.0.2.66");
  zone.a("mail-a.example.com", "192.0.2.129").a("mail-b.example.com", "192.0.2.130");
  zone.a("www.example.com", "192.0.2.10").a("www.example.com", "192.0.2.11");
  zone.mx("example.org", 10, "mail-c.example.org").a("mail-c.example.org", "192.0.2.140");
  zone.ptr("192.0.2.10", "example.com").ptr("192.0.2.11", "example.com").ptr("192.0.2.65", "amy.example.com");
  zone.ptr("192.0.2.66", "bob.example.com").ptr("192.0.2.129", "mail-a.example.com");
  zone.ptr("192.0.2.130", "mail-b.example.com")
      .ptr("192.0.2.140", "mail-c.example.org")
      .ptr("10.0.0.4", "bob.example.com");
  return zone;
}

struct Example {
  const char* name;
  const char* record;
  std::vector<std::string> pass, fail;
};
class AppendixA : public ::testing::TestWithParam<Example> {};
TEST_P(AppendixA, IsFollowed) {
  const testing::Zone zone = appendix_a(GetParam().record);
  for (const std::string& client : GetParam().pass) EXPECT_EQ(check(zone, client), "pass") << client;
  for (const std::string& client : GetParam().fail) EXPECT_EQ(check(zone, client), "fail") << client;
}
INSTANTIATE_TEST_SUITE_P(
    Rfc7208, AppendixA,
    ::testing::Values(
        Example{"all", "v=spf1 +all", {"192.0.2.65", "2001:db8::1"}, {}},
        Example{"a", "v=spf1 a -all", {"192.0.2.10", "192.0.2.11"}, {"192.0.2.65", "::1"}},
        Example{"a_of_another", "v=spf1 a:example.org -all", {}, {"192.0.2.10", "192.0.2.140"}},
        Example{"mx", "v=spf1 mx -all", {"192.0.2.129", "192.0.2.130"}, {"192.0.2.10"}},
        Example{"mx_of_another", "v=spf1 mx:example.org -all", {"192.0.2.140"}, {"192.0.2.129"}},
        Example{"mx_and_mx", "v=spf1 mx mx:example.org -all", {"192.0.2.129", "192.0.2.140"}, {"192.0.2.10"}},
        Example{"mx_and_neighbours",
                "v=spf1 mx/30 mx:example.org/30 -all",
                {"192.0.2.131", "192.0.2.143"},
                {"192.0.2.132"}},
        Example{"ptr", "v=spf1 ptr -all", {"192.0.2.10", "192.0.2.65"}, {"192.0.2.140", "10.0.0.4"}},
        Example{"ip4", "v=spf1 ip4:192.0.2.128/28 -all", {"192.0.2.129"}, {"192.0.2.65"}},
        Example{"exists", "v=spf1 exists:%{l}.%{d} -all", {}, {"192.0.2.65"}},
        Example{"mapped_ipv6", "v=spf1 ip4:192.0.2.128/28 -all", {"::ffff:192.0.2.129"}, {"::ffff:192.0.2.1"}},
        Example{"ip6", "v=spf1 ip6:2001:db8::/32 -all", {"2001:db8:1::5"}, {"2001:db9::1", "192.0.2.10"}},
        Example{"dual_cidr", "v=spf1 a/31//64 -all", {"192.0.2.11"}, {"192.0.2.12"}}),
    [](const auto& row) { return std::string(row.param.name); });

struct ResultCase {
  const char* name;
  const char* record;
  const char* result;
};
class Record : public ::testing::TestWithParam<ResultCase> {};
TEST_P(Record, HasTheResultOfTheRfc) {
  testing::Zone zone = appendix_a(GetParam().record);
  zone.txt("neutral.example.org", "v=spf1 ?all")
      .txt("fail.example.org", "v=spf1 -all")
      .txt("pass.example.org", "v=spf1 all");
  zone.txt("broken.example.org", "v=spf1 what").fail("timeout.example.org");
  zone.txt("loop.example.org", "v=spf1 include:loop.example.org -all");
  EXPECT_EQ(check(zone, "192.0.2.200"), GetParam().result);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc7208, Record,
    ::testing::Values(
        ResultCase{"nothing_matches", "v=spf1", "neutral"}, ResultCase{"softfail", "v=spf1 ~all", "softfail"},
        ResultCase{"neutral", "v=spf1 ?all", "neutral"}, ResultCase{"upper_case", "V=SPF1 -ALL", "fail"},
        ResultCase{"no_spf", "v=spf10 -all", "none"},
        ResultCase{"include_pass", "v=spf1 include:pass.example.org -all", "pass"},
        ResultCase{"include_of_a_fail", "v=spf1 include:fail.example.org ~all", "softfail"},
        ResultCase{"include_of_neutral", "v=spf1 include:neutral.example.org -all", "fail"},
        ResultCase{"include_of_nothing", "v=spf1 include:nothing.example.org -all", "permerror"},
        ResultCase{"include_of_broken", "v=spf1 include:broken.example.org -all", "permerror"},
        ResultCase{"include_in_trouble", "v=spf1 include:timeout.example.org -all", "temperror"},
        ResultCase{"include_loop", "v=spf1 include:loop.example.org -all", "permerror"},
        ResultCase{"redirect", "v=spf1 redirect=fail.example.org", "fail"},
        ResultCase{"redirect_after_all", "v=spf1 ~all redirect=fail.example.org", "softfail"},
        ResultCase{"redirect_to_nothing", "v=spf1 redirect=nothing.example.org", "permerror"},
        ResultCase{"a_in_trouble", "v=spf1 a:timeout.example.org -all", "temperror"},
        ResultCase{"exists_in_trouble", "v=spf1 exists:timeout.example.org -all", "temperror"},
        ResultCase{"mx_in_trouble", "v=spf1 mx:timeout.example.org -all", "temperror"},
        ResultCase{"two_in_vain", "v=spf1 a:x1.example.org a:x2.example.org -all", "fail"},
        ResultCase{"three_in_vain", "v=spf1 a:x1.example.org a:x2.example.org a:x3.example.org -all", "permerror"},
        ResultCase{"ten_look_ups", "v=spf1 a a a a a a a a a a -all", "fail"},
        ResultCase{"eleven_look_ups", "v=spf1 a a a a a a a a a a a -all", "permerror"},
        ResultCase{"a_match_before_the_limit", "v=spf1 a a a a ip4:192.0.2.200 a a a a a a a -all", "pass"},
        ResultCase{"a_fault_behind_a_match", "v=spf1 ip4:192.0.2.200 what -all", "permerror"}),
    [](const auto& row) { return std::string(row.param.name); });

class BrokenRecord : public ::testing::TestWithParam<const char*> {};
TEST_P(BrokenRecord, IsNothing) { EXPECT_FALSE(parse_spf(GetParam())); }
INSTANTIATE_TEST_SUITE_P(
    Rfc7208, BrokenRecord,
    ::testing::Values("v=spf1 -all extra:", "v=spf1 all:example.com", "v=spf1 all/8",
                      "v=spf1 a:", "v=spf1 a:example.com:8080", "v=spf1 a:/24", "v=spf1 a:museum", "v=spf1 a:abc.123",
                      "v=spf1 a/33", "v=spf1 a//129", "v=spf1 a/024", "v=spf1 a/", "v=spf1 a//", "v=spf1 a/24/64",
                      "v=spf1 -include", "v=spf1 include:", "v=spf1 ip4:192.0.2", "v=spf1 ip4:192.0.2.1/33",
                      "v=spf1 ip4", "v=spf1 ip6:::ffff::1", "v=spf1 ip6:2001:db8::/129", "v=spf1 exists",
                      "v=spf1 exists:foo%(bar)", "v=spf1 exists:%{x}.example", "v=spf1 exists:%{d0}.example",
                      "v=spf1 exists:%{d", "v=spf1 exists:%.example", "v=spf1 exists:%{c}.example",
                      "v=spf1 redirect=a.example redirect=b.example", "v=spf1 exp=a.example exp=b.example",
                      "v=spf1 redirect=", "v=spf1 redirect=a.example/24", "v=spf1 =x", "v=spf1 1x=y", "v=spf1 moo",
                      "v=spf1 -", "v=spf1 --all", "v=spf1 ptr:", "v=spf1 ptr/8", "v=spf1\tall", "v=spf1 unknown=%{x}"));

TEST(SpfRecordSyntax, TakesWhatTheGrammarGives) {
  for (const char* good :
       {"v=spf1", "v=spf1 ", "v=spf1   a  -all  ", "v=spf1 a:example.com/24//64", "v=spf1 a//64",
        "v=spf1 exists:%{ir}.%{l1r+-}._spf.%{d2}", "v=spf1 moo.cow-far_out=man:dog/cat", "v=spf1 a:%{d}",
        "v=spf1 redirect=%{d}", "v=spf1 a:example.com.", "v=spf1 mx:foo-bar.xn--abc", "v=spf1 ip6:::/0",
        "v=spf1 unknown=%%%_%-", "v=spf1 a:1.museum-x1", "v=spf1 a:foo/bar.example"})
    EXPECT_TRUE(parse_spf(good)) << good;
}

struct MacroCase {
  const char *macro, *expanded;
};
class Macro : public ::testing::TestWithParam<MacroCase> {};
TEST_P(Macro, ExpandsAsInRfc7208Section74) {
  const MacroValues values{"strong-bad@email.example.com", "email.example.com", *parse_ip("192.0.2.3"),
                           "mail.example.com", "mx.example.org"};
  EXPECT_EQ(expand(GetParam().macro, values), GetParam().expanded);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc7208, Macro,
    ::testing::Values(MacroCase{"%{s}", "strong-bad@email.example.com"}, MacroCase{"%{o}", "email.example.com"},
                      MacroCase{"%{d}", "email.example.com"}, MacroCase{"%{d4}", "email.example.com"},
                      MacroCase{"%{d3}", "email.example.com"}, MacroCase{"%{d2}", "example.com"},
                      MacroCase{"%{d1}", "com"}, MacroCase{"%{dr}", "com.example.email"},
                      MacroCase{"%{d2r}", "example.email"}, MacroCase{"%{l}", "strong-bad"},
                      MacroCase{"%{l-}", "strong.bad"}, MacroCase{"%{lr}", "strong-bad"},
                      MacroCase{"%{lr-}", "bad.strong"}, MacroCase{"%{l1r-}", "strong"},
                      MacroCase{"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
                      MacroCase{"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
                      MacroCase{"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
                      MacroCase{"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
                      MacroCase{"%{h}", "mail.example.com"}, MacroCase{"%{p}", "mx.example.org"},
                      MacroCase{"%{S}", "strong-bad%40email.example.com"}, MacroCase{"a%%b%_c%-d", "a%b c%20d"}));

TEST(Macro, WritesIpv6InNibbles) {  // RFC 7208 §7.4
  MacroValues values{"a@b.example", "b.example", *parse_ip("2001:db8::cb01"), "h.example", "unknown"};
  EXPECT_EQ(expand("%{ir}.%{v}._spf.%{d2}", values),
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.b.example");
}
TEST(Macro, IsCutFromTheLeft) {
  const std::string label(60, 'x');
  MacroValues values{"a@b.example", label + '.' + label + '.' + label + '.' + label + ".example",
                     *parse_ip("192.0.2.3"), "", ""};
  EXPECT_EQ(expand("first.%{d}", values), values.domain);
}

TEST(Spf, AsksAboutTheHeloNameOfTheNullReversePath) {
  testing::Zone zone;
  zone.txt("mail.example.com", "v=spf1 ip4:192.0.2.3 -all");
  const auto spf = testing::run(check_spf(zone.function(), "192.0.2.3", "Mail.example.com", std::nullopt));
  EXPECT_EQ(spf, (filters::Authentication::Spf{"pass", "mail.example.com", "helo"}));
}
TEST(Spf, HasNoOpinionAboutWhatIsNoDomain) {
  for (const char* helo : {"localhost", "[192.0.2.3]", "a..b", ""})
    EXPECT_EQ(check(testing::Zone(), Query{"192.0.2.3", "", helo}), "none") << helo;
}
TEST(Spf, TakesTwoRecordsForAFault) {
  EXPECT_EQ(check(testing::Zone().txt("example.com", "v=spf1 -all").txt("example.com", "v=spf1 all"), "192.0.2.3"),
            "permerror");
  EXPECT_EQ(check(testing::Zone().txt("example.com", "v=spf1 -all").txt("example.com", "other"), "192.0.2.3"), "fail");
  EXPECT_EQ(check(testing::Zone().fail("example.com"), "192.0.2.3"), "temperror");
}
TEST(Spf, LimitsTheHostsOfMxAndPtr) {
  testing::Zone zone;
  zone.txt("example.com", "v=spf1 mx -all")
      .txt("ptr.example.com", "v=spf1 ptr:p10.example.com ptr:p11.example.com -all");
  for (unsigned i = 1; i <= 11; ++i) {
    zone.mx("example.com", i, "mx" + std::to_string(i) + ".example.com");
    const std::string name = "p" + std::string(i < 10 ? "0" : "") + std::to_string(i) + ".example.com";
    zone.ptr("192.0.2.3", name).a(name, i == 11 ? "192.0.2.3" : "192.0.2.4");
  }
  EXPECT_EQ(check(zone, "192.0.2.3"), "permerror");
  EXPECT_EQ(check(zone, "192.0.2.3", "ptr.example.com"), "fail");  // the eleventh name is not looked at
}
}  // namespace
}  // namespace vanthu::mailauth
