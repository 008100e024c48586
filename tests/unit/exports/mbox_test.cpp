// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/mbox.hpp"

#include <gtest/gtest.h>

#include <random>

namespace vanthu::exports {
namespace {

const Time noon{std::chrono::sys_days(std::chrono::year(2026) / 11 / 4) + std::chrono::hours(5)};

std::string inside(const Mboxed& mboxed) { return mboxed.octets.substr(mboxed.begin, mboxed.length); }

TEST(Mbox, PartsMessagesByALineThatNoMessageHas) {
  const Mboxed one =
      to_mboxrd("Subject: x\r\n\r\nFrom me\r\n>From you\r\n>>From all\r\nFromage\r\n", "a@b.example", noon);
  EXPECT_EQ(one.octets,
            "From a@b.example Wed Nov  4 05:00:00 2026\n"
            "Subject: x\r\n\r\n>From me\r\n>>From you\r\n>>>From all\r\nFromage\r\n\n");
  EXPECT_FALSE(one.ended);
  EXPECT_TRUE(to_mboxrd("x", "", noon).octets.starts_with("From MAILER-DAEMON Wed"));
  // What a reverse-path could hold never ends the line.
  EXPECT_TRUE(to_mboxrd("x", "a b\n@c", noon).octets.starts_with("From ab@c Wed"));
}

TEST(Mbox, SaysWhatItCannotKeep) {
  const Mboxed one = to_mboxrd("Subject: x\r\n\r\nno end", "a@b", noon);
  EXPECT_TRUE(one.ended);
  EXPECT_TRUE(one.octets.ends_with("no end\n\n"));
  EXPECT_EQ(inside(one), "Subject: x\r\n\r\nno end");
  EXPECT_TRUE(to_mboxrd("", "a@b", noon).ended);
}

TEST(Mbox, GivesBackEveryMessage) {
  std::mt19937 random{20261129};
  const std::string_view pieces[] = {"From ", ">", "\n", "\r\n", "\r", std::string_view("\0", 1), "x", "From", "\xFF"};
  for (int i = 0; i < 3000; ++i) {
    std::string message;
    for (std::size_t n = random() % 24; n > 0; --n) message += pieces[random() % std::size(pieces)];
    const Mboxed one = to_mboxrd(message, "a@b", noon);
    EXPECT_EQ(from_mboxrd(inside(one)), message);
    // Nothing inside looks like the beginning of the next message.
    EXPECT_EQ(('\n' + inside(one)).find("\nFrom "), std::string::npos);
  }
}
}  // namespace
}  // namespace vanthu::exports
