// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/client_gate.hpp"

#include <gtest/gtest.h>

#include "gateway/base/limits.hpp"
#include "gateway/intake/append_limits.hpp"

namespace vanthu::imap {
namespace {
ClientGate gate(std::uint64_t message_octets = 1000) { return ClientGate({message_octets, ClientGate::NonSync::any}); }

TEST(ClientGate, HandsOutEachMessageOfAppend) {
  auto g = gate();
  std::string_view input = "a1 APPEND \"Sent\" (\\Seen) {3+}\r\nabc {4+}\r\ndefg\r\n";
  Step step = g.feed(input);
  ASSERT_TRUE(step.begins);
  EXPECT_EQ(step.begins->tag, "a1");
  EXPECT_EQ(step.begins->folder, "Sent");
  EXPECT_EQ(step.begins->flags, "(\\Seen)");
  EXPECT_EQ(step.begins->message.octets, 3U);
  EXPECT_TRUE(g.waits());
  EXPECT_EQ(g.may_come(), "");
  EXPECT_EQ(g.feed(input).letter, "abc");
  step = g.feed(input);
  ASSERT_TRUE(step.begins);
  EXPECT_EQ(step.begins->message.octets, 4U);
  g.may_come();
  EXPECT_EQ(g.feed(input).letter, "defg");
  EXPECT_TRUE(g.feed(input).ends);
  EXPECT_TRUE(g.waits());
  g.passed();
  EXPECT_FALSE(g.alone());
  EXPECT_FALSE(g.waits());
}

TEST(ClientGate, HandsALongLiteralOnWithoutCopyingIt) {
  auto g = gate(100000);
  std::string_view input = "a1 SEARCH TEXT {50000+}\r\n";
  g.feed(input);
  const std::string octets(50000, 'x');
  input = octets;
  const Step step = g.feed(input);
  EXPECT_EQ(step.literal.data(), octets.data());
  EXPECT_EQ(step.literal.size(), octets.size());
  EXPECT_TRUE(input.empty());
}

TEST(ClientGate, KnowsThatTheClientSpeaksUtf8) {
  auto g = gate();
  EXPECT_FALSE(g.utf8());
  std::string_view input = "a1 ENABLE CONDSTORE utf8=accept\r\n";
  g.feed(input);
  EXPECT_TRUE(g.utf8());
}

TEST(ClientGate, EnablesOnlyWhatIsFollowed) {
  auto g = gate();
  std::string_view input = "a1 ENABLE UIDONLY CONDSTORE X-NEW condstore  utf8=accept\r\n";
  EXPECT_EQ(g.feed(input).text, "a1 ENABLE CONDSTORE utf8=accept\r\n");
  g.on_tagged("a1");
  input = "a2 ENABLE UIDONLY\r\n";
  Step step = g.feed(input);
  EXPECT_EQ(step.text, "");
  EXPECT_EQ(step.answer, "* ENABLED\r\na2 OK nothing enabled\r\n");
  input = "a3 ENABLE\r\n";
  EXPECT_EQ(g.feed(input).answer, "a3 BAD ENABLE what?\r\n");
  EXPECT_TRUE(g.quiet());
}

TEST(ClientGate, RemembersWhatIsEnabledOnceHoweverOftenItIsAskedFor) {
  auto g = gate();
  for (const char* words : {"CONDSTORE", "condstore QRESYNC", "QRESYNC CONDSTORE", "CONDSTORE"}) {
    const std::string command = std::string("a1 ENABLE ") + words + "\r\n";
    std::string_view input = command;
    g.feed(input);
    g.on_tagged("a1");
  }
  EXPECT_EQ(g.setup().enabled, " condstore qresync");
  EXPECT_FALSE(g.setup().lasting);
}

TEST(ClientGate, TakesAtMostSoManyMessagesInOneAppend) {
  auto g = gate();
  std::string command = "a1 APPEND Sent";
  for (std::size_t i = 0; i < limits::imap_letters; ++i) command += " {0+}\r\n";
  std::string_view input = command;
  for (std::size_t i = 0; i < limits::imap_letters; ++i) {
    ASSERT_TRUE(g.feed(input).begins) << i;
    g.may_come();
  }
  input = " {0}\r\n";
  EXPECT_TRUE(g.feed(input).answer.starts_with("a1 NO [LIMIT] "));
}

TEST(ClientGate, IsQuietOnlyWhenNothingIsUnderWay) {
  auto g = gate();
  EXPECT_TRUE(g.quiet());
  std::string_view input = "a1 NOOP\r\n";
  g.feed(input);
  EXPECT_TRUE(g.between());
  EXPECT_FALSE(g.quiet());
  g.on_tagged("a1");
  EXPECT_TRUE(g.quiet());
  input = "a2 NO";
  g.feed(input);
  EXPECT_FALSE(g.between());
}

TEST(ClientGate, WaitsWhenAThousandCommandsAreUnderWay) {
  auto g = gate();
  const auto noop = [&g](std::size_t number) {
    const std::string line = "t" + std::to_string(number) + " NOOP\r\n";
    std::string_view input = line;
    const Step step = g.feed(input);
    return step.text.size();
  };
  for (std::size_t i = 0; i + 1 < limits::imap_commands_under_way; ++i) noop(i);
  EXPECT_FALSE(g.waits());
  EXPECT_GT(noop(limits::imap_commands_under_way), 0U);
  EXPECT_TRUE(g.waits());
  EXPECT_EQ(noop(limits::imap_commands_under_way + 1), 0U);
  g.on_tagged("t7");
  EXPECT_FALSE(g.waits());
  EXPECT_GT(noop(limits::imap_commands_under_way + 1), 0U);
}

TEST(ClientGate, KeepsLogoutUntilAllBeforeItIsAnswered) {
  auto g = gate();
  std::string_view input = "a1 NOOP\r\na2 SELECT INBOX\r\na3 LOGOUT\r\na4 NOOP\r\n";
  EXPECT_EQ(g.feed(input).text, "a1 NOOP\r\n");
  g.passed();
  EXPECT_EQ(g.feed(input).text, "");
  EXPECT_TRUE(g.waits() && g.leaves());
  g.on_tagged("a1");
  EXPECT_TRUE(g.waits());
  g.on_tagged("a2");
  EXPECT_TRUE(g.quiet()) << "somebody may ask the store here";
  EXPECT_FALSE(g.logged_out() || g.still());
  EXPECT_EQ(g.feed(input).text, "a3 LOGOUT\r\n");
  EXPECT_TRUE(g.logged_out());
  EXPECT_EQ(input, "a4 NOOP\r\n");
}

TEST(ClientGate, LetsLogoutGoWhenItHasWaitedForLongEnough) {
  auto g = gate();
  std::string_view input = "a1 NOOP\r\na2 LOGOUT\r\n";
  EXPECT_EQ(g.feed(input).text, "a1 NOOP\r\n");
  EXPECT_TRUE(g.waits());
  g.hurry();
  EXPECT_EQ(g.feed(input).text, "a2 LOGOUT\r\n");
  EXPECT_TRUE(g.logged_out());
}

TEST(ClientGate, ReadsNothingBehindLogout) {
  auto g = gate();
  std::string_view input = "a1 LOGOUT\r\na2 NOOP\r\n";
  EXPECT_EQ(g.feed(input).text, "a1 LOGOUT\r\n");
  EXPECT_TRUE(g.logged_out());
  EXPECT_EQ(input, "a2 NOOP\r\n");
}
}  // namespace
}  // namespace vanthu::imap
