// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/asking.hpp"

#include <gtest/gtest.h>

namespace vanthu::mail {
namespace {

const Letterhead head{"gw.example", "xac-nhan@x.example", "an@x.example", "M1", {}};
About about() {
  About a;
  a.queue_id = "Q1";
  a.message_id = "<a1@x.example>";
  a.from = "an@x.example";
  a.to = {"c@y.example"};
  a.subject = "Thông báo";
  a.papers = {"07-TB/TU"};
  return a;
}
bool each_line_fits(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    if (end == std::string::npos || end - at > 998) return false;
    at = end + 2;
  }
  return text.find_first_of("\x80\xC3\xE1") == std::string::npos;
}

TEST(FieldWords, AreAsTheyAreOrEncoded) {
  EXPECT_EQ(field_words("plain words"), "plain words");
  EXPECT_EQ(field_words("ý"), "=?UTF-8?B?w70=?=");
  EXPECT_EQ(field_words("a\r\nBcc: b").find("\r\nB"), std::string::npos);
  EXPECT_TRUE(field_words("=?UTF-8?Q?x?=").starts_with("=?UTF-8?B?")) << "what looks like one is no longer one";
  std::string longer;
  for (int i = 0; i < 100; ++i) longer += "ộ";
  const std::string folded = field_words(longer);
  for (std::size_t at = 0; at != std::string::npos;) {
    const std::size_t end = folded.find("\r\n ", at);
    EXPECT_LE(std::min(end, folded.size()) - at, 75U);
    at = end == std::string::npos ? end : end + 3;
  }
}

TEST(AskingMail, SaysHowToAnswerAndIsNoMailToAnswerByMachine) {
  Asking asking{"confirm",
                "ra ngoài",
                Time(std::chrono::hours(5)),
                "return",
                "xac-nhan+T@x.example",
                "xac-nhan+T.yes@x.example",
                "xac-nhan+T.no@x.example"};
  const std::string text = asking_mail(head, about(), asking);
  for (const char* piece :
       {"Reply-To: <xac-nhan+T@x.example>\r\n", "To: <an@x.example>\r\n", "Auto-Submitted: auto-generated\r\n",
        "References: <a1@x.example>\r\n", "Content-Type: text/plain; charset=UTF-8\r\n", "07-TB/TU", "Queue id: Q1"})
    EXPECT_NE(text.find(piece), std::string::npos) << piece;
  EXPECT_TRUE(each_line_fits(text)) << text;
  std::string joined = text;
  for (std::size_t at; (at = joined.find("=\r\n")) != std::string::npos;) joined.erase(at, 3);
  EXPECT_NE(joined.find("mailto:xac-nhan%2BT.yes@x.example?subject=3DDONG%20Y"), std::string::npos) << joined;
  EXPECT_NE(joined.find("mailto:xac-nhan%2BT.no@x.example?subject=3DNO"), std::string::npos);
}

TEST(NoticeMail, TellsEveryRemarkInBothLanguages) {
  const std::string text = notice_mail(head, about(), {{"mot", "one"}, {"", "two"}, {"ba", ""}, {"", ""}});
  EXPECT_EQ(text.find("\r\nReply-To"), std::string::npos);
  for (const char* piece : {"- mot\r\n", "- one\r\n", "- two\r\n", "- ba\r\n"})
    EXPECT_NE(text.find(piece), std::string::npos) << piece;
  EXPECT_TRUE(each_line_fits(text));
}

}  // namespace
}  // namespace vanthu::mail
