// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/client_gate.hpp"

#include <gtest/gtest.h>

#include "gateway/base/limits.hpp"

namespace vanthu::imap {
namespace {
ClientGate gate(std::uint64_t message_octets = 1000) { return ClientGate({message_octets, ClientGate::NonSync::any}); }

TEST(ClientGate, TellsOfEachMessageInAppend) {
  auto g = gate();
  std::string_view input = "a1 APPEND \"Sent\" (\\Seen) {3+}\r\nabc {4+}\r\ndefg\r\n";
  const Step step = g.feed(input);
  ASSERT_EQ(step.appends.size(), 2U);
  EXPECT_EQ(step.appends[0].tag, "a1");
  EXPECT_EQ(step.appends[0].folder, "Sent");
  EXPECT_EQ(step.appends[0].flags, "(\\Seen)");
  EXPECT_EQ(step.appends[0].message.octets, 3U);
  EXPECT_EQ(step.appends[1].tag, "a1");
  EXPECT_EQ(step.appends[1].message.octets, 4U);
}

TEST(ClientGate, HandsALongLiteralOnWithoutCopyingIt) {
  auto g = gate(100000);
  std::string_view input = "a1 APPEND Sent {50000+}\r\n";
  g.feed(input);
  const std::string octets(50000, 'x');
  input = octets;
  const Step step = g.feed(input);
  EXPECT_EQ(step.literal.data(), octets.data());
  EXPECT_EQ(step.literal.size(), octets.size());
  EXPECT_TRUE(input.empty());
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

TEST(ClientGate, ReadsNothingBehindLogout) {
  auto g = gate();
  std::string_view input = "a1 LOGOUT\r\na2 NOOP\r\n";
  EXPECT_EQ(g.feed(input).text, "a1 LOGOUT\r\n");
  EXPECT_TRUE(g.logged_out());
  EXPECT_EQ(input, "a2 NOOP\r\n");
}
}  // namespace
}  // namespace vanthu::imap
