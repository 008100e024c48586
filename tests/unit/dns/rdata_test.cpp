// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dns/rdata.hpp"

#include <gtest/gtest.h>

#include "gateway/dns/resolver.hpp"
#include "tests/unit/dns/responder.hpp"

namespace vanthu::dns {
namespace {
using namespace std::string_literals;

TEST(Mx, IsReadWithItsPreference) { EXPECT_EQ(parse_mx(testing::mx(258, "Mail.Example")), (Mx{258, "mail.example"})); }
TEST(Mx, OfTheRootTakesNoMail) { EXPECT_EQ(parse_mx("\0\0\0"s), (Mx{0, ""})); }

struct Wrong {
  const char* name;
  std::string rdata;
};
class WrongName : public ::testing::TestWithParam<Wrong> {};
TEST_P(WrongName, IsNothing) { EXPECT_EQ(parse_name(GetParam().rdata), std::nullopt); }
INSTANTIATE_TEST_SUITE_P(Rfc1035, WrongName,
                         ::testing::Values(Wrong{"empty", ""}, Wrong{"no_end", "\3abc"}, Wrong{"cut", "\5abc"},
                                           Wrong{"more_after_the_end", "\3abc\0x"s}, Wrong{"compressed", "\xc0\x0c"},
                                           Wrong{"dot_in_a_label", "\3a.b\0"s}, Wrong{"line_end", "\3a\nb\0"s},
                                           Wrong{"nul", "\3a\0b\0"s}, Wrong{"backslash", "\3a\\b\0"s},
                                           Wrong{"too_long",
                                                 [] {
                                                   std::string name;
                                                   for (int i = 0; i < 128; ++i) name += "\1a";
                                                   return name + '\0';
                                                 }()}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Txt, PutsItsStringsTogether) {
  EXPECT_EQ(parse_txt("\5v=spf\3 -1"s), "v=spf -1");
  EXPECT_EQ(parse_txt(testing::txt(std::string(600, 'x'))), std::string(600, 'x'));
  EXPECT_EQ(parse_txt("\0"s), "");
}
TEST(Txt, ThatIsCutIsNothing) {
  EXPECT_EQ(parse_txt(""), std::nullopt);
  EXPECT_EQ(parse_txt("\5v=s"), std::nullopt);
}
TEST(Tlsa, IsReadWithItsThreeNumbers) {
  EXPECT_EQ(parse_tlsa(testing::tlsa(3, 1, 1, "digest")), (Tlsa{3, 1, 1, "digest"}));
  EXPECT_EQ(parse_tlsa("\3\1\1"), std::nullopt);
}
TEST(Address, IsWrittenAsText) {
  EXPECT_EQ(parse_address(testing::address("192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(parse_address(testing::address("2001:db8::1")), "2001:db8::1");
  EXPECT_EQ(parse_address("abc"), std::nullopt);
}
TEST(ReverseName, IsThatOfTheRfcs) {
  EXPECT_EQ(reverse_name("192.0.2.1"), "1.2.0.192.in-addr.arpa");
  EXPECT_EQ(reverse_name("4321:0:1:2:3:4:567:89ab"),  // RFC 3596 §2.5
            "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa");
  EXPECT_EQ(reverse_name("example"), std::nullopt);
}
TEST(Name, IsChecked) {
  for (const char* good : {"example", "_dmarc.example.", "_25._tcp.mail.example", "xn--h-thnh-cta.example"})
    EXPECT_TRUE(is_name(good)) << good;
  for (const std::string& bad : {""s, "."s, ".example"s, "a..b"s, "a b"s, "a\0b"s, "hà.example"s, std::string(64, 'a'),
                                 "a.."s, std::string(254, 'a')})
    EXPECT_FALSE(is_name(bad)) << bad;
}

TEST(Server, IsSpeltAsLibunboundDoes) {
  EXPECT_EQ(*parse_server("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(*parse_server("192.0.2.1:5353"), "192.0.2.1@5353");
  EXPECT_EQ(*parse_server("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(*parse_server("[2001:db8::1]:53"), "2001:db8::1@53");
  for (const char* bad :
       {"", "dns.example", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:x", "[::1]x", "[::1"})
    EXPECT_FALSE(parse_server(bad)) << bad;
}
}  // namespace
}  // namespace vanthu::dns
