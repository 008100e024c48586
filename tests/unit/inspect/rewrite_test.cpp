// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/rewrite.hpp"

#include <gtest/gtest.h>

#include <set>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/findings.hpp"
#include "samples.hpp"

namespace vanthu::inspect {
namespace {

/// What must come out as it went in: the files of a message, by its first reading.
std::multiset<std::string> digests(const filters::Facts& facts) {
  std::multiset<std::string> all;
  for (const filters::Part& part : facts.parts)
    if (part.path.find_first_of("~#") == std::string::npos && part.type != "message/rfc822")
      all.insert(part.sha256 + " " + part.name);
  return all;
}

bool ambiguous(const filters::Facts& facts) {
  for (const filters::Finding& one : facts.findings)
    if (!benign(one.id) && (one.id.starts_with("mime.") || one.id.starts_with("header."))) return true;
  return false;
}

struct RewriteCase {
  const char* name;
  std::string text;
};
class Rewriting : public testing::TestWithParam<RewriteCase> {};
TEST_P(Rewriting, LeavesOneReadingAndEveryFile) {
  const filters::Facts before = analyse(GetParam().text);
  ASSERT_TRUE(ambiguous(before)) << samples::ids(before);
  const auto text = rewritten(GetParam().text);
  ASSERT_TRUE(text);
  const filters::Facts after = analyse(*text);
  EXPECT_FALSE(ambiguous(after)) << samples::ids(after) << '\n' << *text;
  EXPECT_EQ(digests(after), digests(before)) << *text;
  EXPECT_EQ(after.subject, before.subject);
  EXPECT_EQ(after.from, before.from);
  EXPECT_EQ(after.message_id, before.message_id);
  const auto again = rewritten(*text);
  ASSERT_TRUE(again);
  EXPECT_EQ(digests(analyse(*again)), digests(after));
}

std::string mixed(std::string_view body, std::string_view parameters = "boundary=b") {
  return samples::head("Message-ID: <1@example.vn>\r\nContent-Type: multipart/mixed; " + std::string(parameters) +
                       "\r\n\r\n") +
         std::string(body);
}
std::string text_part() { return "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nXin ch\xC3\xA0o\r\n"; }
std::string file_part(std::string_view code) {
  return "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; "
         "filename*=utf-8''b%C3%A1o%20c%C3%A1o.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         std::string(code) + "\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    Repairs, Rewriting,
    testing::Values(
        RewriteCase{
            "base64_with_a_footer",
            mixed(text_part() + file_part("AAECAwQFBgc=\r\n\r\n_____ mailing list footer _____") + "--b--\r\n")},
        RewriteCase{"base64_in_pieces", mixed(text_part() + file_part("AAECAw==BAUGBw==") + "--b--\r\n")},
        RewriteCase{"part_behind_the_end", mixed(text_part() + "--b--\r\n" + file_part("AAECAw==") + "--b--\r\n")},
        RewriteCase{"junk_in_the_header",
                    "From: A <a@example.vn>\r\nthis is no field\r\nSubject: x y\r\n"
                    "Message-ID: <2@example.vn>\r\n\r\nhello\r\n"},
        RewriteCase{"blank_before_the_colon", "From : A <a@example.vn>\r\nSubject : x\r\n\r\nhello\r\n"},
        RewriteCase{"two_subjects", "From: a@example.vn\r\nSubject: one\r\nSubject: two\r\n\r\nhello\r\n"},
        RewriteCase{
            "encoded_multipart",
            samples::head("Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n") +
                samples::base64(text_part() + file_part("AAECAw==") + "--b--\r\n") + "\r\n"},
        RewriteCase{"multipart_without_a_subtype", samples::head("Content-Type: multipart/; boundary=b\r\n\r\n") +
                                                       text_part() + file_part("AAECAw==") + "--b--\r\n"},
        RewriteCase{"delimiter_like_line",
                    mixed(text_part() + "--bx\r\nmore\r\n" + file_part("AAECAw==") + "--b--\r\n")},
        RewriteCase{"strange_boundary", mixed("--b&\r\n\r\nhello\r\n--b&--\r\n", "boundary=\"b&\"")},
        RewriteCase{"quoted_printable_of_a_file",
                    mixed(text_part() + "--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: "
                                        "quoted-printable\r\n\r\n=00=01=XY\r\n--b--\r\n")},
        RewriteCase{
            "inside_a_forwarded_message",
            mixed(text_part() + "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@example.vn\r\njunk\r\n\r\n" +
                  "hello\r\n--b--\r\n")}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RewrittenMail, OfOrdinaryProgramsSaysTheSame) {
  for (const auto& entry : std::filesystem::directory_iterator(samples::fixtures() / "mime" / "ordinary")) {
    const std::string octets = samples::read_file(entry.path());
    const filters::Facts before = analyse(octets);
    const auto text = rewritten(octets);
    ASSERT_TRUE(text) << entry.path();
    const filters::Facts after = analyse(*text);
    EXPECT_TRUE(after.findings.empty()) << entry.path() << samples::ids(after);
    EXPECT_EQ(digests(after), digests(before)) << entry.path() << '\n' << *text;
    EXPECT_EQ(after.subject, before.subject);
    EXPECT_EQ(after.from, before.from);
    EXPECT_EQ(after.to, before.to);
    EXPECT_EQ(after.date, before.date);
  }
}

TEST(RewrittenMail, HasNoBorderThatBeginsAnother) {
  std::string body;
  for (int i = 0; i < 24; ++i) {
    const std::string inner = "in" + std::string(1, static_cast<char>('a' + i)) + "x";
    body += "--b\r\nContent-Type: multipart/mixed; boundary=" + inner + "\r\n\r\n--" + inner +
            "\r\nContent-Type: text/plain\r\n\r\nx\r\n--" + inner + "--\r\n";
  }
  const auto text = rewritten(mixed(body + "--b--\r\n"));
  ASSERT_TRUE(text);
  const filters::Facts after = analyse(*text);
  EXPECT_FALSE(ambiguous(after)) << samples::ids(after);
  EXPECT_EQ(after.parts.size(), 24U);
}

TEST(RewrittenMail, IsNotMadeWhereTwoReadingsRemain) {
  const std::string_view texts[] = {
      "From: a@b.vn\r\nFrom: c@d.vn\r\n\r\nx\r\n",
      "From: a@b.vn\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n",
      "From: a@b.vn\r\nContent-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n",
      "From: a@b.vn\r\nContent-Type: multipart/mixed\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n",
      "From: a@b.vn\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nx\r\n",
      "From: a@b.vn\r\nContent-Type: message/partial; id=x; number=1\r\n\r\nx\r\n",
      "From: a@b.vn\r\nContent-Type: multipart/signed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n"};
  for (const std::string_view text : texts) EXPECT_FALSE(rewritten(text)) << text;
}

}  // namespace
}  // namespace vanthu::inspect
