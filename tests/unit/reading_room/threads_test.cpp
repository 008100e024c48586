// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/threads.hpp"

#include <gtest/gtest.h>

#include <random>

namespace vanthu::reading_room {
namespace {
Threaded one(std::uint32_t number, const char* id, const char* references, const char* subject = "",
             bool reply = false) {
  return {number, id, message_ids(references), number, subject, reply};
}

TEST(Threads, OfIdsAreTakenFromWhateverStandsAround) {
  EXPECT_EQ(message_ids("<a@x> (see)<b@x>\r\n <c @x> <> <d@x"), (std::vector<std::string>{"<a@x>", "<b@x>"}));
  std::string many;
  for (int i = 0; i < 200; ++i) many += '<' + std::to_string(i) + "> ";
  const auto ids = message_ids(many);
  ASSERT_EQ(ids.size(), 50U);
  EXPECT_EQ(ids.back(), "<199>");
}

struct Row {
  const char* what;
  std::vector<Threaded> messages;
  const char* expected;
};

TEST(Threads, ByReferencesAreThoseOfTheRfc) {
  const std::vector<Row> rows{
      {"nothing", {}, ""},
      {"alone", {one(1, "<a>", ""), one(2, "", "")}, "(1)(2)"},
      {"a chain", {one(1, "<a>", ""), one(2, "<b>", "<a>"), one(3, "<c>", "<a> <b>")}, "(1 2 3)"},
      {"a fork",
       {one(1, "<a>", ""), one(2, "<b>", "<a>"), one(3, "<c>", "<a>"), one(4, "<d>", "<a> <c>")},
       "(1 (2)(3 4))"},
      {"one missing between", {one(1, "<a>", ""), one(3, "<c>", "<a> <gone>")}, "(1 3)"},
      {"a missing root", {one(1, "<a>", "<gone>"), one(2, "<b>", "<gone>")}, "((1)(2))"},
      {"a missing root with one child", {one(1, "<a>", "<gone>")}, "(1)"},
      {"missing ones in a row", {one(1, "<a>", "<g1> <g2> <g3>"), one(2, "<b>", "<g1> <g2>")}, "((1)(2))"},
      {"answers before what they answer",
       {one(3, "<c>", "<a> <b>"), one(1, "<a>", ""), one(2, "<b>", "<a>")},
       "(1 2 3)"},
      {"a circle", {one(1, "<a>", "<b>"), one(2, "<b>", "<a>")}, "(2 1)"},
      {"itself", {one(1, "<a>", "<a>")}, "(1)"},
      {"one id twice", {one(1, "<a>", ""), one(2, "<a>", ""), one(3, "<c>", "<a>")}, "(1 3)(2)"},
      {"a reply by its subject", {one(1, "<a>", "", "x"), one(2, "<b>", "", "x", true)}, "(1 2)"},
      {"a reply first", {one(1, "<a>", "", "x", true), one(2, "<b>", "", "x")}, "(2 1)"},
      {"two of one subject", {one(1, "<a>", "", "x"), one(2, "<b>", "", "x"), one(3, "<c>", "", "x")}, "((1)(2)(3))"},
      {"a missing root and a reply",
       {one(1, "<a>", "<gone>", "x"), one(2, "<b>", "<gone>", "x"), one(3, "<c>", "", "x", true)},
       "((1)(2)(3))"},
      {"two missing roots",
       {one(1, "<a>", "<g>", "x"), one(2, "<b>", "<g>", "x"), one(3, "<c>", "<h>", "x"), one(4, "<d>", "<h>", "x")},
       "((1)(2)(3)(4))"},
  };
  for (const Row& row : rows) EXPECT_EQ(threads_by_references(row.messages), row.expected) << row.what;
}

TEST(Threads, BySubjectHaveTheOldestOnTop) {
  const std::vector<Threaded> messages{one(1, "", "", "y"), one(2, "", "", "x"), one(3, "", "", "y"),
                                       one(4, "", "", "y"), one(5, "", "", "z"), one(6, "", "", "x")};
  EXPECT_EQ(threads_by_subject(messages), "(1 (3)(4))(2 6)(5)");
}

/// Whatever the fields say: each message once, in balanced parentheses, in bounded time and stack.
TEST(Threads, HoldEachMessageOnce) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Threaded> messages;
    const std::uint32_t count = round % 40 + 1;
    for (std::uint32_t i = 1; i <= count; ++i) {
      std::string references;
      for (std::uint32_t k = random() % 4; k > 0; --k)
        references += '<' + std::to_string(random() % (2 * count)) + "> ";
      const std::string id = '<' + std::to_string(random() % (2 * count)) + '>';
      messages.push_back(one(i, id.c_str(), references.c_str(), random() % 2 ? "s" : "t", random() % 2 != 0));
      messages.back().date = random() % 10;
    }
    const std::string text = threads_by_references(messages);
    int depth = 0;
    std::vector<int> seen(count + 1, 0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '(') ++depth;
      if (text[i] == ')') --depth;
      ASSERT_GE(depth, 0) << text;
      if (text[i] < '0' || text[i] > '9') continue;
      std::size_t number = 0;
      for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i)
        number = number * 10 + std::size_t(text[i] - '0');
      ASSERT_LE(number, count);
      ++seen[number];
      --i;
    }
    EXPECT_EQ(depth, 0);
    for (std::uint32_t i = 1; i <= count; ++i) EXPECT_EQ(seen[i], 1) << i << " in " << text;
  }
}

TEST(Threads, OfALongChainTakeNoLongTime) {
  std::vector<Threaded> messages;
  for (std::uint32_t i = 1; i <= 5000; ++i)
    messages.push_back(one(i, ('<' + std::to_string(i) + '>').c_str(), ('<' + std::to_string(i - 1) + '>').c_str()));
  EXPECT_EQ(threads_by_references(messages).substr(0, 8), "(1 2 3 4");
}
}  // namespace
}  // namespace vanthu::reading_room
