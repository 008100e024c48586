// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/response_filter.hpp"

#include <gtest/gtest.h>

namespace vanthu::imap {
namespace {

TEST(ResponseFilter, PassesTheInputItselfWhenNothingIsToBeChanged) {
  ResponseFilter filter(1000);
  std::vector<Notice> notices;
  const std::string octets = "* 1 FETCH (BODY[] {5}\r\nabcde FLAGS ())\r\n+ go\r\na1 OK done\r\n* 2 FETCH (";
  const std::string_view out = filter.feed(octets, notices);
  EXPECT_EQ(out, octets);
  EXPECT_EQ(out.data(), octets.data());
  EXPECT_FALSE(filter.at_boundary());
}

TEST(ResponseFilter, TellsContinuationsTaggedResponsesAndBye) {
  ResponseFilter filter(1000);
  std::vector<Notice> notices;
  filter.feed("+ idling\r\na1 OK [CAPABILITY IDLE] x\r\nb2 no\r\n* BYE now\r\n* OK still here\r\n+\r\n", notices);
  ASSERT_EQ(notices.size(), 5U);
  EXPECT_EQ(notices[0].kind, Notice::Kind::continuation);
  EXPECT_EQ(notices[1].kind, Notice::Kind::tagged);
  EXPECT_EQ(notices[1].tag, "a1");
  EXPECT_TRUE(notices[1].ok);
  EXPECT_EQ(notices[2].tag, "b2");
  EXPECT_FALSE(notices[2].ok);
  EXPECT_EQ(notices[3].kind, Notice::Kind::bye);
  EXPECT_EQ(notices[4].kind, Notice::Kind::continuation);
}

TEST(ResponseFilter, KnowsWhereSomethingElseMayBeSaid) {
  ResponseFilter filter(1000);
  std::vector<Notice> notices;
  EXPECT_TRUE(filter.at_boundary());
  for (const auto& [piece, boundary] : {std::pair{"* ", false},
                                        {"1 EXISTS", false},
                                        {"\r", false},
                                        {"\n", true},
                                        {"* 1 FETCH (X {3}\r\n", false},
                                        {"abc", false},
                                        {")\r\n", true}}) {
    filter.feed(piece, notices);
    EXPECT_EQ(filter.at_boundary(), boundary) << piece;
  }
}

/// RFC 2193 §4.2, RFC 2221 §4: whoever follows them talks to another server than ours.
TEST(ResponseFilter, KeepsReferralsToItself) {
  const std::string said =
      "a1 NO [REFERRAL imap://lan@elsewhere.example/x imap://y] Remote mailbox.\r\n"
      "a2 OK [referral imap://elsewhere.example] logged in\r\na3 NO [REFERRAL imap://z]\r\n"
      "* BYE [REFERRAL imap://z] moved\r\na4 OK [REFER] done\r\n* OK [REFERENCES x] text\r\n";
  const std::string heard =
      "a1 NO Remote mailbox.\r\na2 OK logged in\r\na3 NO elsewhere\r\n* BYE moved\r\na4 OK [REFER] done\r\n"
      "* OK [REFERENCES x] text\r\n";
  for (std::size_t piece = 1; piece <= said.size(); ++piece) {
    ResponseFilter filter(1000);
    std::vector<Notice> notices;
    std::string out;
    for (std::size_t at = 0; at < said.size(); at += piece) out += filter.feed(said.substr(at, piece), notices);
    ASSERT_EQ(out, heard) << "in pieces of " << piece;
    ASSERT_EQ(filter.fault(), "");
    ASSERT_EQ(notices.size(), 5U);
    EXPECT_EQ(notices[0].tag, "a1");
    EXPECT_EQ(notices[3].kind, Notice::Kind::bye);
  }
  ResponseFilter filter(1000);
  std::vector<Notice> notices;
  filter.feed("a1 NO [REFERRAL imap://z\r\n", notices);
  EXPECT_NE(filter.fault(), "") << "no end of it";
}

TEST(ResponseFilter, PassesALineOfAnyLengthWithoutKeepingIt) {
  ResponseFilter filter(1000);
  std::vector<Notice> notices;
  filter.feed("* SEARCH", notices);
  const std::string numbers(60000, '1');
  std::size_t passed = 0;
  for (int i = 0; i < 100; ++i) passed += filter.feed(numbers, notices).size();
  EXPECT_GE(passed, 100 * numbers.size());
}

TEST(ResponseFilter, EndsAtAnAnswerWhoseStatusHasNoEnd) {
  const std::string endless(300, '1');
  // The last ones leave of the code only its beginning among what is looked at.
  for (const std::string& begin : {"a1 OK" + endless, "a1 " + endless, endless, "a1 OK" + endless.substr(0, 243),
                                   "a1 OK" + endless.substr(0, 250), endless.substr(0, 245) + " OK"}) {
    ResponseFilter filter(1000);
    std::vector<Notice> notices;
    const std::string_view out = filter.feed(begin + " [CAPABILITY COMPRESS=DEFLATE] done\r\n", notices);
    EXPECT_EQ(out.find("COMPRESS"), std::string_view::npos) << begin;
    EXPECT_FALSE(filter.fault().empty()) << begin;
  }
  const std::string usual = "a1 OK [COPYUID 1 " + endless + " " + endless + "] done\r\n";
  ResponseFilter passes(1000);
  std::vector<Notice> told;
  EXPECT_EQ(passes.feed(usual, told), usual) << passes.fault();
  ResponseFilter filter(1000);
  std::vector<Notice> notices;
  EXPECT_EQ(filter.feed("* " + endless + " EXISTS\r\n", notices), "* " + endless + " EXISTS\r\n");
  EXPECT_TRUE(filter.fault().empty()) << "nobody waits for it, and it has no code";
}

TEST(ResponseFilter, EndsAtACapabilityListWithoutEnd) {
  ResponseFilter filter(1000);
  std::vector<Notice> notices;
  filter.feed("* CAPABILITY ", notices);
  filter.feed(std::string(9000, 'x'), notices);
  EXPECT_NE(filter.fault(), "");
}
}  // namespace
}  // namespace vanthu::imap
