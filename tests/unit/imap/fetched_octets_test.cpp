// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/fetched_octets.hpp"

#include <gtest/gtest.h>

#include "gateway/imap/response_filter.hpp"

namespace vanthu::imap {
namespace {
TEST(FetchedOctets, AreTheValueOfTheWholeBody) {
  EXPECT_EQ(fetched_octets("* 3 FETCH (UID 9 BODY[]<0> {6}\r\na\r\nBOD)"), "a\r\nBOD");
  EXPECT_EQ(fetched_octets("* 3 FETCH (body[] \"a\\\"b\" UID 9)"), "a\"b");
  EXPECT_EQ(fetched_octets("* 3 FETCH (BODY[]<262144> {0}\r\n)"), "");
  EXPECT_EQ(fetched_octets("* 3 FETCH (BODY[] NIL)"), "");
  for (const char* line :
       {"* 3 FETCH (FLAGS ())", "* 3 FETCH (BODY[", "* 3 FETCH (BODY[]", "* 3 FETCH (BODY[]<0",
        "* 3 FETCH (BODY[] {9}\r\nabc)", "* 3 FETCH (UID 9 FLAGS () BODY[1] {14}\r\nBODY[] {1}\r\nxxx)"})
    EXPECT_EQ(fetched_octets(line), std::nullopt) << line;
}

TEST(FetchedOctets, AreHeardByWhoAskedAloneAndAreNoOpening) {
  ResponseFilter filter(0);
  filter.listen("q", "FETCH");
  const std::string said =
      "* 3 FETCH (FLAGS (\\Seen))\r\n* 4 EXISTS\r\n* 3 FETCH (UID 9 BODY[]<0> {23}\r\nVanthu-Record: "
      "8\r\n\r\nabc)\r\nq OK done\r\n";
  for (const std::size_t piece : {said.size(), std::size_t{1}, std::size_t{7}}) {
    filter.listen("q", "FETCH");
    std::string passed;
    std::vector<Notice> notices;
    for (std::size_t at = 0; at < said.size(); at += piece)
      passed += filter.feed(std::string_view(said).substr(at, piece), notices);
    EXPECT_EQ(passed, "* 3 FETCH (FLAGS (\\Seen))\r\n* 4 EXISTS\r\n");
    const auto heard = filter.take_heard();
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(fetched_octets(heard[0]), "Vanthu-Record: 8\r\n\r\nabc");
    EXPECT_TRUE(filter.watch().take_found().empty());
    EXPECT_FALSE(filter.watch().asks());
  }
  // Whoever fetches it afterwards opens it.
  std::vector<Notice> notices;
  filter.feed("* 3 FETCH (BODY[] {23}\r\nVanthu-Record: 8\r\n\r\nabc)\r\n", notices);
  EXPECT_EQ(filter.watch().take_found().size(), 1U);
}
}  // namespace
}  // namespace vanthu::imap
