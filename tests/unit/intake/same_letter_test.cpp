// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/same_letter.hpp"

#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>

#include "gateway/intake/refused_letters.hpp"
#include "gateway/intake/sent_letters.hpp"

namespace vanthu::intake {
namespace {
const std::string sent =
    "From: a@x\r\nSubject: V/v\r\n họp\r\nMessage-ID: <1@x>\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\r\nNội "
    "dung\r\n";

TEST(SameLetter, IsOneWhoseHeaderMailProgramsHaveChanged) {
  EXPECT_EQ(content_digest(sent), content_digest("Received: by y\r\nX-Mozilla-Status: 1\r\nBcc: b@x\r\n" + sent));
  EXPECT_EQ(content_digest(sent),
            content_digest("From: a@x\r\nDate: now\r\nsubject:V/v họp\r\ncontent-type : text/plain; "
                           "charset=utf-8\r\nMessage-ID: <1@x>\r\n\r\nNội dung\r\n\r\n"));
}

TEST(SameLetter, IsNotOneWithAnotherBodyOrReadInAnotherWayOrOfAnotherNameOrSubject) {
  const auto with = [](std::string from, const std::string& old, const std::string& now) {
    return from.replace(from.find(old), old.size(), now);
  };
  EXPECT_NE(content_digest(sent), content_digest(with(sent, "Nội dung", "Nội dung khác")));
  EXPECT_NE(content_digest(sent), content_digest(with(sent, "text/plain", "text/html")));
  EXPECT_NE(content_digest(sent), content_digest(with(sent, "a@x", "b@x")));
  EXPECT_NE(content_digest(sent), content_digest(with(sent, "V/v", "V/v huỷ")));
  EXPECT_NE(content_digest(sent), content_digest("Subject: V/v\r\n" + sent)) << "two are no better than another one";
  EXPECT_NE(content_digest(sent), content_digest("Content-Transfer-Encoding: base64\r\n" + sent));
  EXPECT_NE(content_digest(sent), content_digest(sent.substr(0, sent.find("\r\n\r\n"))));
}

TEST(SameLetter, KnowsAMessageIdWithoutItsBrackets) {
  EXPECT_EQ(bare_message_id(" <1@x>\r\n"), "1@x");
  EXPECT_EQ(bare_message_id("1@x"), "1@x");
  EXPECT_EQ(bare_message_id("<"), "<");
}

TEST(SentLetters, AreKnownByTheirCopiesForATimeAndForgottenInOrder) {
  using namespace std::chrono_literals;
  const std::string letter = "Message-ID: <1@x>\r\nFrom: a@x\r\nSubject: s\r\n\r\nbody\r\n";
  const auto octets = [](std::string_view text) { return std::make_shared<const Octets>(*Octets::of(text)); };
  boost::asio::thread_pool slow(1);
  SentLetters letters(slow, 2, 1h);
  const auto at = SentLetters::Clock::now();
  letters.note("a@x", "<1@x>", octets(letter), at);
  const std::string copy = "Bcc: c@x\r\n" + letter, other = "Subject: t\r\n" + letter;
  EXPECT_TRUE(letters.has("a@x", "1@x", copy, at));
  EXPECT_TRUE(letters.has("a@x", "<1@x>", copy, at + 59min)) << "again";
  EXPECT_FALSE(letters.has("a@x", "<1@x>", other, at)) << "another content";
  EXPECT_FALSE(letters.has("a@x", "<2@x>", copy, at)) << "another Message-ID";
  EXPECT_FALSE(letters.has("b@x", "<1@x>", copy, at)) << "somebody else's";
  EXPECT_FALSE(letters.has("a@x", "<1@x>", copy, at + 61min));
  letters.note("a@x", "<1@x>", octets(other), at);
  EXPECT_TRUE(letters.has("a@x", "<1@x>", copy, at) && letters.has("a@x", "<1@x>", other, at)) << "both";
  letters.note("a@x", "<3@x>", octets(letter), at);
  EXPECT_FALSE(letters.has("a@x", "<1@x>", copy, at)) << "the first made room";
  EXPECT_TRUE(letters.has("a@x", "<1@x>", other, at));
  letters.note("a@x", "<4@x>", octets(letter), at + 61min);
  EXPECT_FALSE(letters.has("a@x", "<3@x>", letter, at)) << "its time is over";
  slow.join();
}

TEST(RefusedLetters, AreKnownAgainUnderOnePolicyAndForgottenInOrder) {
  RefusedLetters refused(2);
  EXPECT_FALSE(refused.again("a", "p1"));
  refused.note("a", "p1", "S-1", {550, {5, 7, 1}, "no"});
  const auto again = refused.again("a", "p1");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->rule, "S-1");
  EXPECT_EQ(again->reply.text, "no");
  EXPECT_EQ(again->times, 2U);
  EXPECT_EQ(refused.again("a", "p1")->times, 3U);
  EXPECT_FALSE(refused.again("a", "p2"));
  refused.note("b", "p1", "S-1", {});
  refused.note("c", "p1", "S-1", {});
  EXPECT_FALSE(refused.again("a", "p1"));
  EXPECT_TRUE(refused.again("b", "p1"));
}
}  // namespace
}  // namespace vanthu::intake
