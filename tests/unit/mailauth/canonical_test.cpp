// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/canonical.hpp"

#include <gtest/gtest.h>

#include "gateway/base/digest.hpp"
#include "gateway/mailauth/message.hpp"
#include "gateway/mailauth/tag_list.hpp"

namespace vanthu::mailauth {
namespace {

TEST(CanonicalField, IsThatOfRfc6376Section345) {
  EXPECT_EQ(canonical_field(Canonical::relaxed, "A: X\r\n"), "a:X\r\n");
  EXPECT_EQ(canonical_field(Canonical::relaxed, "B : Y\t\r\n\tZ  \r\n"), "b:Y Z\r\n");
  EXPECT_EQ(canonical_field(Canonical::simple, "B : Y\t\r\n\tZ  \r\n"), "B : Y\t\r\n\tZ  \r\n");
  EXPECT_EQ(canonical_field(Canonical::relaxed, "Subject:\r\n"), "subject:\r\n");
  EXPECT_EQ(canonical_field(Canonical::relaxed, "Subject: \r\n \r\n"), "subject:\r\n");
  EXPECT_EQ(canonical_field(Canonical::relaxed, "DKIM-Signature: b="), "dkim-signature:b=");
}

struct BodyCase {
  const char* name;
  std::string body, simple, relaxed;  ///< canonical forms
};
class Body : public ::testing::TestWithParam<BodyCase> {};
TEST_P(Body, IsHashedInItsCanonicalForm) {
  const auto of = [](const std::string& octets) {
    const Sha256 digest = sha256(octets);
    return std::string(reinterpret_cast<const char*>(digest.data()), digest.size());
  };
  EXPECT_EQ(body_digest(Canonical::simple, GetParam().body).sha256, of(GetParam().simple));
  EXPECT_EQ(body_digest(Canonical::relaxed, GetParam().body).sha256, of(GetParam().relaxed));
  EXPECT_EQ(body_digest(Canonical::relaxed, GetParam().body).octets, GetParam().relaxed.size());
  for (std::size_t most = 0; most <= GetParam().relaxed.size(); ++most)
    EXPECT_EQ(body_digest(Canonical::relaxed, GetParam().body, most).sha256, of(GetParam().relaxed.substr(0, most)));
}
INSTANTIATE_TEST_SUITE_P(
    Rfc6376, Body,
    ::testing::Values(
        BodyCase{"section_3_4_5", " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n"},
        BodyCase{"empty", "", "\r\n", ""}, BodyCase{"one_line_end", "\r\n", "\r\n", ""},
        BodyCase{"only_white", " \t\r\n\t\r\n", " \t\r\n\t\r\n", ""},
        BodyCase{"no_line_end", "text", "text\r\n", "text\r\n"},
        BodyCase{"white_before_the_end", "text \t", "text \t\r\n", "text\r\n"},
        BodyCase{"white_lines_at_the_end", "a\r\n \r\n\t\r\n\r\n", "a\r\n \r\n\t\r\n", "a\r\n"},
        BodyCase{"white_lines_inside", "a\r\n \r\n\r\nb\r\n", "a\r\n \r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n"},
        BodyCase{"tabs_and_runs", "a\tb  c\r\nd e\r\n\t f\r\n", "a\tb  c\r\nd e\r\n\t f\r\n", "a b c\r\nd e\r\n f\r\n"},
        BodyCase{"white_last_line_without_end", "a\r\n  ", "a\r\n  \r\n", "a\r\n"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Tags, AreReadAsRfc6376Section32Says) {
  const auto tags = TagList::parse(" v=1;a = rsa-sha256 ;\r\n\tb=ab\r\n\tcd ; p=;");
  ASSERT_TRUE(tags);
  EXPECT_EQ(tags->value("v"), "1");
  EXPECT_EQ(tags->value("a"), "rsa-sha256");
  EXPECT_EQ(without_space(*tags->value("b")), "abcd");
  EXPECT_EQ(tags->find("b")->whole, "ab\r\n\tcd ");
  EXPECT_EQ(tags->value("p"), "");
  EXPECT_EQ(tags->value("q"), std::nullopt);
  for (const char* bad : {"v", "=1", "v=1; v=1", "v=1;;a=2", "1v=1", "v-x=1", "v=\x01", "v=1; a"})
    EXPECT_FALSE(TagList::parse(bad)) << bad;
  EXPECT_EQ(colon_list("from : to:\r\n\tcc"), (std::vector<std::string_view>{"from", "to", "cc"}));
}

TEST(Header, IsSplitIntoFieldsAsTheyStand) {
  const auto message = split("Subject: a\r\n\tb\r\nFrom : x@y.example\r\n\r\nbody\r\n");
  ASSERT_TRUE(message);
  ASSERT_EQ(message->fields.size(), 2U);
  EXPECT_EQ(message->fields[0].raw, "Subject: a\r\n\tb\r\n");
  EXPECT_EQ(message->fields[0].value(), " a\r\n\tb");
  EXPECT_EQ(message->fields[1].name, "From");
  EXPECT_EQ(message->body, "body\r\n");
  EXPECT_EQ(split("A: b\r\n")->body, "");
  for (const char* bad :
       {"no colon\r\n\r\n", " folded first\r\n\r\n", "A: b", "A b: c\r\n\r\n", ": x\r\n\r\n", "A: b\n\nbody"})
    EXPECT_FALSE(split(bad)) << bad;
}

struct FromCase {
  const char* name;
  std::string from;
  std::optional<std::string> domain;
};
class From : public ::testing::TestWithParam<FromCase> {};
TEST_P(From, NamesTheAuthorsDomainOrNobody) {
  const std::string header = "To: a@b.example\r\n" + GetParam().from + "\r\n";
  EXPECT_EQ(author_domain(split(header)->fields), GetParam().domain);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc5322, From,
    ::testing::Values(FromCase{"plain", "From: a@X.Example\r\n", "x.example"},
                      FromCase{"named", "From: Nguyen Van A <a@x.example>\r\n", "x.example"},
                      FromCase{"quoted", "from: \"A, B <c@d.example>\" <a@x.example>\r\n", "x.example"},
                      FromCase{"commented", "From: a@x.example (A <b@y.example>)\r\n", "x.example"},
                      FromCase{"encoded", "From: =?utf-8?q?A?=\r\n\t<a@x.example>\r\n", "x.example"},
                      FromCase{"unicode", "From: a@h\u00e0.example\r\n", "xn--h-sfa.example"},
                      FromCase{"two_fields", "From: a@x.example\r\nFrom: a@x.example\r\n", std::nullopt},
                      FromCase{"two_authors", "From: a@x.example, b@y.example\r\n", std::nullopt},
                      FromCase{"two_angles", "From: <a@x.example> <b@y.example>\r\n", std::nullopt},
                      FromCase{"group", "From: G: a@x.example;\r\n", std::nullopt},
                      FromCase{"route", "From: <@y.example:a@x.example>\r\n", std::nullopt},
                      FromCase{"text_after", "From: <a@x.example> b@y.example\r\n", std::nullopt},
                      FromCase{"open_comment", "From: a@x.example (b\r\n", std::nullopt},
                      FromCase{"literal", "From: a@[192.0.2.1]\r\n", std::nullopt},
                      FromCase{"nobody", "From:\r\n", std::nullopt}, FromCase{"none", "", std::nullopt}),
    [](const auto& row) { return std::string(row.param.name); });
}  // namespace
}  // namespace vanthu::mailauth
