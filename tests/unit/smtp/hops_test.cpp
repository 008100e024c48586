// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/hops.hpp"

#include <gtest/gtest.h>

namespace vanthu::smtp {
namespace {
using Body = mail::Envelope::Body;

mail::Carriage nothing_but_text() {
  mail::Carriage hop;
  hop.known = true;
  hop.eight_bit = hop.utf8 = hop.dsn = hop.binary = hop.require_tls = false;
  hop.size = 100;
  return hop;
}

struct Need {
  const char* name;
  void (*set)(mail::Envelope&, std::uint64_t& size, bool& utf8_address);
  int code;
  const char* status;  // empty: carried
};
class HopAtRcpt : public testing::TestWithParam<Need> {};
TEST_P(HopAtRcpt, RefusesWhatItCannotCarryByTheRightCode) {
  mail::Envelope envelope;
  std::uint64_t size = 0;
  bool utf8_address = false;
  GetParam().set(envelope, size, utf8_address);
  EXPECT_FALSE(refused_by_hop(mail::Carriage{}, envelope, size, utf8_address)) << "a hop that is not known yet";
  mail::Carriage all;
  all.known = true;
  EXPECT_FALSE(refused_by_hop(all, envelope, size, utf8_address));
  const auto refusal = refused_by_hop(nothing_but_text(), envelope, size, utf8_address);
  EXPECT_EQ(refusal ? refusal->code : 0, GetParam().code);
  EXPECT_EQ(refusal ? format(refusal->enhanced) : "", GetParam().status);
}
INSTANTIATE_TEST_SUITE_P(
    Carriage, HopAtRcpt,
    testing::Values(Need{"plain", [](auto&, auto&, auto&) {}, 0, ""},
                    Need{"utf8_letter", [](auto& e, auto&, auto&) { e.utf8 = true; }, 550, "5.6.7"},
                    Need{"utf8_address", [](auto& e, auto&, auto& a) { e.utf8 = a = true; }, 553, "5.6.7"},
                    Need{"eight_bit", [](auto& e, auto&, auto&) { e.body = Body::eight_bit; }, 550, "5.6.3"},
                    Need{"binary", [](auto& e, auto&, auto&) { e.body = Body::binary; }, 550, "5.6.1"},
                    Need{"tls", [](auto& e, auto&, auto&) { e.require_tls = true; }, 550, "5.7.30"},
                    Need{"size_at_limit", [](auto&, auto& s, auto&) { s = 100; }, 0, ""},
                    Need{"size_over_limit", [](auto&, auto& s, auto&) { s = 101; }, 552, "5.3.4"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HopAfterTheOctets, RefusesWhatNobodyHadSaid) {
  const mail::Envelope envelope;
  EXPECT_FALSE(refused_by_hop(nothing_but_text(), envelope, std::string(100, 'x')));
  EXPECT_EQ(refused_by_hop(nothing_but_text(), envelope, std::string(101, 'x'))->code, 552);
  EXPECT_EQ(format(refused_by_hop(nothing_but_text(), envelope, "chữ")->enhanced), "5.6.3");
  EXPECT_FALSE(refused_by_hop(mail::Carriage{}, envelope, "chữ"));
}

TEST(Weakest, IsWhatBothCanCarry) {
  mail::Carriage a = nothing_but_text();
  mail::Carriage b;
  b.known = true;
  b.size = 50;
  const mail::Carriage both = weakest(a, b);
  EXPECT_TRUE(both.known);
  EXPECT_FALSE(both.eight_bit || both.utf8 || both.dsn || both.binary || both.require_tls);
  EXPECT_EQ(both.size, 50U);
  b.size = 0;
  EXPECT_EQ(weakest(a, b).size, 100U) << "no limit named is no limit of 0";
  EXPECT_FALSE(weakest(mail::Carriage{}, mail::Carriage{}).known);
  EXPECT_FALSE(weakest(mail::Carriage{}, a).utf8) << "what is not known weighs nothing";
}

TEST(DeliveredTo, IsReadFromTheHeaderAlone) {
  const auto found = delivered_to(
      "Received: x\r\nDELIVERED-TO: a@x.example\r\nDelivered-To:\r\n <b@x.example>\r\nX: y\r\n\r\nDelivered-To: "
      "c@x\r\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], "a@x.example");
  EXPECT_EQ(found[1], "b@x.example");
  EXPECT_TRUE(delivered_to("").empty());
  EXPECT_TRUE(delivered_to("no field\r\nDelivered-To: a@x.example\r\n").empty());
}

}  // namespace
}  // namespace vanthu::smtp
