// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "gateway/base/limits.hpp"
#include "gateway/relay/reply_reader.hpp"

namespace vanthu::relay {
namespace {

TEST(HopReply, IsReadWholeWithItsEnhancedCode) {
  std::size_t taken = 0;
  const auto reply = take_reply("550-5.1.1 no such\r\n550 5.1.1 mailbox\r\n250 next\r\n", taken);
  ASSERT_TRUE(reply && *reply);
  EXPECT_EQ((*reply)->reply, Reply(550, {5, 1, 1}, "no such mailbox"));
  EXPECT_EQ(taken, 38U);
}

TEST(HopReply, WaitsForTheRest) {
  const std::string whole = "250-mx.example\r\n250-PIPELINING\r\n250 SIZE 100\r\n";
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    std::size_t taken = 0;
    const auto reply = take_reply(std::string_view(whole).substr(0, cut), taken);
    ASSERT_TRUE(reply);
    EXPECT_FALSE(*reply) << cut;
  }
  std::size_t taken = 0;
  EXPECT_EQ((*take_reply(whole, taken))->lines, (std::vector<std::string>{"mx.example", "PIPELINING", "SIZE 100"}));
}

TEST(HopReply, TakesAnEnhancedCodeOfItsOwnClassOnly) {
  std::size_t taken = 0;
  EXPECT_EQ((*take_reply("250 5.1.1 odd\r\n", taken))->reply, Reply(250, {2, 0, 0}, "5.1.1 odd"));
  EXPECT_EQ((*take_reply("450\r\n", taken))->reply, Reply(450, {4, 0, 0}, ""));
  EXPECT_EQ((*take_reply("250 2.0.0\r\n", taken))->reply, Reply(250, {2, 0, 0}, ""));
}

TEST(HopReply, KeepsSoMuchTextAsALogCanBear) {
  std::size_t taken = 0;
  std::string many;
  for (std::size_t i = 1; i < limits::reply_lines; ++i) many += "550-" + std::string(4000, 'x') + "\r\n";
  const auto long_reply = take_reply(many + "550 end\r\n", taken);
  ASSERT_TRUE(long_reply && *long_reply);
  EXPECT_EQ((*long_reply)->reply.text, std::string(1000, 'x'));
  EXPECT_EQ(taken, many.size() + 9);
  EXPECT_EQ((*take_reply("550 " + std::string(999, 'x') + "\u1EAD\r\n", taken))->reply.text, std::string(999, 'x'));
  EXPECT_EQ((*take_reply("334 " + std::string(3000, 'A') + "\r\n", taken))->reply.text.size(), 3000U);
}

TEST(HopReply, RefusesWhatIsNone) {
  std::size_t taken = 0;
  for (const std::string wrong :
       {"hello\r\n", "999 x\r\n", "25\r\n", "250-a\r\n251 b\r\n", "250xabc\r\n", "* OK imap\r\n"})
    EXPECT_FALSE(take_reply(wrong, taken)) << wrong;
  EXPECT_FALSE(take_reply("250 " + std::string(limits::reply_line_octets + 1, 'x'), taken));
  std::string many;
  for (std::size_t i = 0; i <= limits::reply_lines; ++i) many += "250-x\r\n";
  EXPECT_FALSE(take_reply(many, taken));
}

}  // namespace
}  // namespace vanthu::relay
