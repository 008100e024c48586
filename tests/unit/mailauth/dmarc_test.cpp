// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/dmarc.hpp"

#include <gtest/gtest.h>

#include "tests/unit/mailauth/zone.hpp"

namespace vanthu::mailauth {
namespace {
using filters::Authentication;

TEST(DmarcRecordSyntax, IsThatOfRfc7489) {
  const auto record = parse_dmarc("v=DMARC1; p=Reject; sp=quarantine; adkim=s; aspf=r; pct=50; rua=mailto:d@x.example");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->policy, "reject");
  EXPECT_EQ(record->subdomain_policy, "quarantine");
  EXPECT_TRUE(record->strict_dkim);
  EXPECT_FALSE(record->strict_spf);
  EXPECT_EQ(record->percent, 50U);
  EXPECT_EQ(parse_dmarc("v=DMARC1;p=reject")->subdomain_policy, "reject");
  EXPECT_EQ(parse_dmarc("v=DMARC1; p=what; rua=mailto:d@x.example")->policy, "none");
  EXPECT_EQ(parse_dmarc("v=DMARC1; rua=mailto:d@x.example")->policy, "none");
  EXPECT_EQ(parse_dmarc("v=DMARC1; p=reject; pct=many")->percent, 100U);
  for (const char* bad : {"", "v=DMARC1", "v=DMARC2; p=none", "p=none; v=DMARC1", "v=DMARC1; p=what", "v=DMARC1 p=none",
                          "v=DMARC1; p=none; p=none"})
    EXPECT_FALSE(parse_dmarc(bad)) << bad;
}

TEST(OrganizationalDomain, IsThatOfThePublicSuffixList) {
  EXPECT_EQ(organizational_domain("mail.so.hatinh.gov.vn"), "hatinh.gov.vn");
  EXPECT_EQ(organizational_domain("a.b.example.com"), "example.com");
  EXPECT_EQ(organizational_domain("example.co.uk"), "example.co.uk");
  EXPECT_EQ(organizational_domain("gov.vn"), "gov.vn");
}

struct PolicyCase {
  const char *name, *at, *record, *domain, *policy;
};
class Found : public ::testing::TestWithParam<PolicyCase> {};
TEST_P(Found, IsThePolicyOfTheDomainOrOfItsOrganization) {
  const PolicyCase& row = GetParam();
  testing::Zone zone;
  zone.txt(row.at, row.record).txt(row.at, "something else");
  const DmarcPolicy found = testing::run(find_policy(zone.function(), row.domain));
  EXPECT_EQ(judge_dmarc(row.domain, found, {"fail", row.domain, "mailfrom"}, {}).policy, row.policy);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc7489, Found,
    ::testing::Values(
        PolicyCase{"own", "_dmarc.x.example", "v=DMARC1; p=reject", "x.example", "reject"},
        PolicyCase{"of_the_organization", "_dmarc.x.example", "v=DMARC1; p=reject", "a.b.x.example", "reject"},
        PolicyCase{"for_subdomains", "_dmarc.x.example", "v=DMARC1; p=reject; sp=none", "a.x.example", "none"},
        PolicyCase{"not_of_a_parent_between", "_dmarc.b.x.example", "v=DMARC1; p=reject", "a.b.x.example", ""},
        PolicyCase{"own_before_the_organization", "_dmarc.a.x.example", "v=DMARC1; p=quarantine; sp=none",
                   "a.x.example", "quarantine"},
        PolicyCase{"in_part_is_the_next_weaker", "_dmarc.x.example", "v=DMARC1; p=reject; pct=20", "x.example",
                   "quarantine"},
        PolicyCase{"none_at_all", "_dmarc.y.example", "v=DMARC1; p=reject", "x.example", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Found, FailsWithTheDns) {
  EXPECT_EQ(testing::run(find_policy(testing::Zone().fail("_dmarc.x.example").function(), "x.example")).outcome,
            DmarcPolicy::Outcome::failed);
  EXPECT_EQ(testing::run(find_policy(testing::Zone().fail("_dmarc.x.example").function(), "a.x.example")).outcome,
            DmarcPolicy::Outcome::failed);
  EXPECT_EQ(testing::run(find_policy(testing::Zone()
                                         .txt("_dmarc.x.example", "v=DMARC1; p=none")
                                         .txt("_dmarc.x.example", "v=DMARC1; p=reject")
                                         .function(),
                                     "x.example"))
                .outcome,
            DmarcPolicy::Outcome::none);
}

struct AlignmentCase {
  const char* name;
  const char* record;
  Authentication::Spf spf;
  std::vector<Authentication::Dkim> dkim;
  const char *result, *aligned;
};
class Alignment : public ::testing::TestWithParam<AlignmentCase> {};
TEST_P(Alignment, Decides) {
  const AlignmentCase& row = GetParam();
  DmarcPolicy policy;
  policy.outcome = DmarcPolicy::Outcome::found;
  policy.record = *parse_dmarc(row.record);
  const auto dmarc = judge_dmarc("news.x.example", policy, row.spf, row.dkim);
  EXPECT_EQ(dmarc.result, row.result);
  EXPECT_EQ(dmarc.aligned, row.aligned);
  EXPECT_EQ(dmarc.domain, "news.x.example");
}
const char* const relaxed = "v=DMARC1; p=reject";
const char* const strict = "v=DMARC1; p=reject; adkim=s; aspf=s";
Authentication::Spf spf(const char* result, const char* domain) { return {result, domain, "mailfrom"}; }
Authentication::Dkim dkim(const char* result, const char* domain) { return {domain, "s", "rsa-sha256", result, ""}; }
INSTANTIATE_TEST_SUITE_P(
    Rfc7489, Alignment,
    ::testing::Values(
        AlignmentCase{"nothing_passes", relaxed, spf("fail", "news.x.example"), {}, "fail", ""},
        AlignmentCase{"spf_of_the_same", strict, spf("pass", "news.x.example"), {}, "pass", "spf"},
        AlignmentCase{"spf_of_a_sister", relaxed, spf("pass", "bounce.x.example"), {}, "pass", "spf"},
        AlignmentCase{"spf_of_a_sister_strictly", strict, spf("pass", "bounce.x.example"), {}, "fail", ""},
        AlignmentCase{"spf_of_a_stranger", relaxed, spf("pass", "y.example"), {}, "fail", ""},
        AlignmentCase{
            "dkim_of_the_parent", relaxed, spf("fail", "y.example"), {dkim("pass", "x.example")}, "pass", "dkim"},
        AlignmentCase{
            "dkim_of_the_parent_strictly", strict, spf("fail", "y.example"), {dkim("pass", "x.example")}, "fail", ""},
        AlignmentCase{"one_of_two_signatures",
                      relaxed,
                      spf("none", "y.example"),
                      {dkim("pass", "list.example"), dkim("pass", "news.x.example")},
                      "pass",
                      "dkim"},
        AlignmentCase{
            "a_stranger_signs", relaxed, spf("none", "y.example"), {dkim("pass", "list.example")}, "fail", ""},
        AlignmentCase{"a_part_of_the_body_is_not_enough",
                      relaxed,
                      spf("fail", "y.example"),
                      {dkim("policy", "x.example")},
                      "fail",
                      ""},
        AlignmentCase{
            "key_not_known_now", relaxed, spf("fail", "y.example"), {dkim("temperror", "x.example")}, "temperror", ""},
        AlignmentCase{"spf_not_known_now", relaxed, spf("temperror", "x.example"), {}, "temperror", ""},
        AlignmentCase{"trouble_of_a_stranger", relaxed, spf("temperror", "y.example"), {}, "fail", ""},
        AlignmentCase{"spf_left_out", relaxed, Authentication::Spf{}, {}, "none", ""},
        AlignmentCase{
            "spf_left_out_dkim_passes", relaxed, Authentication::Spf{}, {dkim("pass", "x.example")}, "pass", "dkim"}),
    [](const auto& row) { return std::string(row.param.name); });
}  // namespace
}  // namespace vanthu::mailauth
