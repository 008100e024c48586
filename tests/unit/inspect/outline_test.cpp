// SPDX-License-Identifier: GPL-3.0-or-later
// How messages are built, as the archive by IMAP shows it: the odd ones.
#include <gtest/gtest.h>

#include "filters/inspect/mime/outline_reader.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

std::string shown(const std::vector<OutlineAddress>& all) {
  std::string text;
  for (const OutlineAddress& one : all) {
    text += '(';
    for (const auto* part : {&one.name, &one.route, &one.mailbox, &one.host})
      text += (*part ? '"' + **part + '"' : "-") + " ";
    text.back() = ')';
  }
  return text;
}

struct OutlineAddressCase {
  const char *name, *value, *shown;
};
class OutlineAddresses : public testing::TestWithParam<OutlineAddressCase> {};
TEST_P(OutlineAddresses, AreShownAsWritten) { EXPECT_EQ(shown(outline_addresses(GetParam().value)), GetParam().shown); }
INSTANTIATE_TEST_SUITE_P(
    Rfc5322, OutlineAddresses,
    testing::Values(
        OutlineAddressCase{"Bare", "a@b.example", R"((- - "a" "b.example"))"},
        OutlineAddressCase{"Named", "Văn thư <a@b.example>", R"(("Văn thư" - "a" "b.example"))"},
        OutlineAddressCase{"Quoted", R"("An, Văn" <a@b>)", R"(("An, Văn" - "a" "b"))"},
        OutlineAddressCase{"Escaped", R"("a \"b\" c" <a@b>)", R"(("a "b" c" - "a" "b"))"},
        OutlineAddressCase{"Comment", "a@b (Phòng (HC))", R"x(("Phòng (HC)" - "a" "b"))x"},
        OutlineAddressCase{"EncodedWord", "=?utf-8?Q?V=C4=83n?= <a@b>", R"(("=?utf-8?Q?V=C4=83n?=" - "a" "b"))"},
        OutlineAddressCase{"Two", "a@b,c@d", R"((- - "a" "b")(- - "c" "d"))"},
        OutlineAddressCase{"EmptyOnes", ",, a@b ,,", R"((- - "a" "b"))"},
        OutlineAddressCase{"Group", "Tổ: a@b, C <c@d>;", R"((- - "Tổ" -)(- - "a" "b")("C" - "c" "d")(- - - -))"},
        OutlineAddressCase{"NobodyTold", "undisclosed-recipients:;", R"((- - "undisclosed-recipients" -)(- - - -))"},
        OutlineAddressCase{"GroupWithoutEnd", "nhóm: a@b", R"((- - "nhóm" -)(- - "a" "b")(- - - -))"},
        OutlineAddressCase{"Route", "<@x,@y:a@b>", R"((- "@x,@y" "a" "b"))"},
        OutlineAddressCase{"QuotedLocal", R"("a b"@c)", R"((- - "a b" "c"))"},
        OutlineAddressCase{"Literal", "a@[10.0.0.1]", R"((- - "a" "[10.0.0.1]"))"},
        OutlineAddressCase{"NoDomain", "postmaster", R"((- - "postmaster" ""))"},
        OutlineAddressCase{"TwoAts", "a@b <c@d>", R"(("a@b" - "c" "d"))"},
        OutlineAddressCase{"OpenAngle", "X <a@b", R"(("X" - "a" "b"))"}, OutlineAddressCase{"Nothing", "", ""},
        OutlineAddressCase{"Rubbish", ">>)(", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Outline, OfAMessageWithoutMimeIsText) {
  const std::string octets = "Subject: x\r\n\r\nmột\r\nhai\r\n";
  const Outline outline = outline_of(octets);
  EXPECT_EQ(outline.root.type, "text");
  EXPECT_EQ(outline.root.subtype, "plain");
  EXPECT_EQ(outline.root.parameters, (OutlineParameters{{"charset", "us-ascii"}}));
  EXPECT_EQ(outline.root.lines, 2U);
  EXPECT_EQ(octets.substr(outline.root.body), "một\r\nhai\r\n");
  EXPECT_FALSE(outline.envelope.date);
  EXPECT_EQ(outline.envelope.subject, "x");
}

TEST(Outline, OfNothingIsAnEmptyText) {
  const Outline outline = outline_of("");
  EXPECT_EQ(outline.root.type, "text");
  EXPECT_EQ(outline.root.end, 0U);
  EXPECT_TRUE(outline.fields.empty());
}

TEST(Outline, AMessageWithoutABodyHasAHeaderToItsEnd) {
  const Outline outline = outline_of("Subject: x\r\nTo: a@b");
  EXPECT_EQ(outline.root.body, 19U);
  EXPECT_EQ(outline.envelope.to.size(), 1U);
}

TEST(Outline, FieldsLieWhereTheyStandFoldedAndAll) {
  const std::string octets = "Subject: a\r\n b\r\nX-Y: z\r\nkhông phải trường\r\nTo: a@b\r\n\r\n";
  const Outline outline = outline_of(octets);
  ASSERT_EQ(outline.fields.size(), 4U);
  EXPECT_EQ(octets.substr(outline.fields[0].begin, outline.fields[0].end), "Subject: a\r\n b\r\n");
  EXPECT_EQ(outline.fields[0].text, "a b");
  EXPECT_EQ(outline.fields[3].name, "to");
}

TEST(Outline, EncodedWordsAreReadForWhoSearches) {
  const Outline outline = outline_of("Subject: =?utf-8?B?VsSDbg==?= =?utf-8?B?IHRoxrA=?=\r\n\r\n");
  EXPECT_EQ(outline.fields.at(0).text, "Văn thư");
  EXPECT_EQ(outline.envelope.subject, "=?utf-8?B?VsSDbg==?= =?utf-8?B?IHRoxrA=?=");
}

std::string multipart_of(const std::string& type, const std::string& body) {
  return "Content-Type: " + type + "\r\n\r\n" + body;
}
constexpr const char* two = "--b\r\n\r\nmột\r\n--b\r\nContent-Type: image/png; name=x.png\r\n\r\nhai\r\n--b--\r\n";

TEST(Outline, PartsEndBeforeTheLineEndOfTheirDelimiter) {
  const std::string octets = multipart_of("multipart/mixed; boundary=b", two);
  const Outline outline = outline_of(octets);
  ASSERT_EQ(outline.root.parts.size(), 2U);
  const OutlinePart& first = outline.root.parts[0];
  EXPECT_EQ(octets.substr(first.body, first.end - first.body), "một");
  EXPECT_EQ(outline.root.parts[1].parameters, (OutlineParameters{{"name", "x.png"}}));
}

struct OutlineBoundaryCase {
  const char *name, *type, *body;
  std::size_t parts;
};
class OutlineBoundaries : public testing::TestWithParam<OutlineBoundaryCase> {};
TEST_P(OutlineBoundaries, NeverLeaveAMultipartWithoutAPart) {
  const Outline outline = outline_of(multipart_of(GetParam().type, GetParam().body));
  EXPECT_EQ(outline.root.multipart, GetParam().parts > 0);
  EXPECT_EQ(outline.root.parts.size(), GetParam().parts);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc2046, OutlineBoundaries,
    testing::Values(OutlineBoundaryCase{"Two", "multipart/mixed; boundary=b", two, 2},
                    OutlineBoundaryCase{"NoEnd", "multipart/mixed; boundary=b", "--b\r\n\r\nx\r\n", 1},
                    OutlineBoundaryCase{"Nowhere", "multipart/mixed; boundary=b", "x\r\n", 1},
                    OutlineBoundaryCase{"NoBoundary", "multipart/mixed", two, 0},
                    OutlineBoundaryCase{"EmptyBoundary", "multipart/mixed; boundary=\"\"", two, 0},
                    OutlineBoundaryCase{"OnlyEnd", "multipart/mixed; boundary=b", "--b--\r\n", 1},
                    OutlineBoundaryCase{"Epilogue", "multipart/mixed; boundary=b",
                                        "--b\r\n\r\nx\r\n--b--\r\n--b\r\n\r\ny\r\n", 1},
                    OutlineBoundaryCase{"Transport", "multipart/mixed; boundary=b", "--b \t\r\n\r\nx\r\n--b--", 1},
                    OutlineBoundaryCase{"LfAlone", "multipart/mixed; boundary=b", "--b\n\nx\n--b\n\ny\n--b--\n", 2}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Outline, AMessageInAMessageHasItsEnvelopeAndItsFields) {
  const std::string octets =
      "Content-Type: message/rfc822\r\n\r\nSubject: trong\r\nFrom: a@b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n";
  const Outline outline = outline_of(octets);
  ASSERT_TRUE(outline.root.envelope);
  EXPECT_EQ(outline.root.envelope->subject, "trong");
  EXPECT_EQ(outline.root.parts.at(0).subtype, "html");
  EXPECT_EQ(outline.root.fields.size(), 3U);
  EXPECT_EQ(outline.root.lines, 5U);
}

TEST(Outline, PartsOfADigestAreMessages) {
  const Outline outline =
      outline_of(multipart_of("multipart/digest; boundary=b", "--b\r\n\r\nSubject: x\r\n\r\ny\r\n--b--\r\n"));
  ASSERT_TRUE(outline.root.parts.at(0).envelope);
  EXPECT_EQ(outline.root.parts[0].envelope->subject, "x");
}

TEST(Outline, DepthAndNumberOfPartsAreBounded) {
  std::string deep;
  for (int i = 0; i < 200; ++i)
    deep +=
        "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b" + std::to_string(i) + "\r\n";
  const Outline outline = outline_of(deep);
  std::size_t depth = 0;
  for (const OutlinePart* part = &outline.root; !part->parts.empty(); part = &part->parts.front()) ++depth;
  EXPECT_EQ(depth, limits::mime_depth);
  std::string wide = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (std::size_t i = 0; i < limits::mime_parts + 100; ++i) wide += "--b\r\n\r\nx\r\n";
  EXPECT_EQ(outline_of(wide).root.parts.size(), limits::mime_parts);
}

TEST(Outline, SurvivesItsWayAndIsRefusedWhenItIsNotWhole) {
  const std::string octets =
      multipart_of("multipart/mixed; boundary=b; x=\"\"",
                   "--b\r\nContent-Type: message/rfc822\r\nContent-Language: vi, en\r\n\r\nTo: "
                   "n:;\r\n\r\nx\r\n--b\r\nContent-Disposition: attachment; filename*=utf-8''x\r\n\r\n--b--");
  const Outline outline = outline_of(octets);
  const std::string answer = to_answer(outline);
  const auto read = parse_outline(answer, octets.size());
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, outline);
  for (std::size_t i = 0; i < answer.size(); ++i) EXPECT_FALSE(parse_outline(answer.substr(0, i), octets.size())) << i;
  EXPECT_FALSE(parse_outline(answer + '\0', octets.size()));
  EXPECT_FALSE(parse_outline(answer, octets.size() - 1)) << "a piece lies beyond the message";
}

}  // namespace
}  // namespace vanthu::inspect
