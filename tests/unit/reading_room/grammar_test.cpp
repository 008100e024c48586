// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "gateway/reading_room/base_subject.hpp"
#include "gateway/reading_room/command_reader.hpp"
#include "gateway/reading_room/fetch_request.hpp"
#include "gateway/reading_room/limits.hpp"
#include "gateway/reading_room/list_request.hpp"
#include "gateway/reading_room/names.hpp"
#include "gateway/reading_room/output.hpp"
#include "gateway/reading_room/render.hpp"
#include "gateway/reading_room/search_request.hpp"

namespace vanthu::reading_room {
namespace {

TEST(FolderNames, GoToModifiedUtf7AndBack) {
  // As Python's imap4-utf-7 and Dovecot write them.
  EXPECT_EQ(to_mutf7("Văn bản đi"), "V&AQM-n b&HqM-n &ARE-i");
  EXPECT_EQ(to_mutf7("a&b"), "a&-b");
  EXPECT_EQ(to_mutf7("\xF0\x9F\x93\x81"), "&2D3cwQ-");
  for (const char* name : {"Văn bản đến/2026/Văn phòng Tỉnh uỷ/Thông báo", "Hồ sơ", "&", "\xF0\x9F\x93\x81x", ""})
    EXPECT_EQ(from_mutf7(to_mutf7(name)), name);
  for (const char* wrong : {"&", "&AQM", "&2D0-", "&AQ-", "&!!-", "&3cE-"}) EXPECT_FALSE(from_mutf7(wrong)) << wrong;
}

TEST(FolderNames, FitPatterns) {
  EXPECT_TRUE(fits("*", "a/b/c"));
  EXPECT_TRUE(fits("%", "a"));
  EXPECT_FALSE(fits("%", "a/b"));
  EXPECT_TRUE(fits("a/%/c", "a/b/c"));
  EXPECT_TRUE(fits("a*c", "a/b/c"));
  EXPECT_FALSE(fits("a%c", "a/b/c"));
  EXPECT_TRUE(fits("", ""));
  EXPECT_TRUE(fits("%%%%%%%%%%%%%%%%%%%%%%%%b", std::string(2000, 'a') + "b"));
}

TEST(Strings, AreQuotedWhereQuotesHoldThem) {
  EXPECT_EQ(string_of("a\"b\\"), R"("a\"b\\")");
  EXPECT_EQ(string_of("ă"), "{2}\r\nă");
  EXPECT_EQ(string_of(std::string_view("a\0b", 3)), "{3}\r\na?b");
  EXPECT_EQ(nstring(std::nullopt), "NIL");
  EXPECT_EQ(nstring(""), "\"\"");
}

TEST(NumberSets, AreReadJoinedAndWritten) {
  std::string_view text = "5:3,1,*:7,4 x";
  const auto set = take_set(text);
  ASSERT_TRUE(set);
  EXPECT_EQ(text, " x");
  EXPECT_EQ(set_text(set->resolved(9)), "1,3:5,7:9");
  EXPECT_EQ(set_text(set->resolved(2)), "1:7") << "* is the largest there is, wherever it stands";
  EXPECT_TRUE(holds(set->resolved(9), 8));
  EXPECT_FALSE(holds(set->resolved(9), 6));
  for (const char* wrong : {"", "0", "a", "1:", "1,", "4294967296", "-1"}) {
    std::string_view rest = wrong;
    const auto read = take_set(rest);
    EXPECT_TRUE(!read || !rest.empty()) << wrong;
  }
  std::string many = "1";
  for (std::size_t i = 1; i < limits::set_ranges; ++i) many += ",1";
  std::string_view fitting = many;
  EXPECT_TRUE(take_set(fitting));
  many += ",1";
  std::string_view too_many = many;
  EXPECT_FALSE(take_set(too_many));
}

/// Against the same thing done one UID at a time, however few are asked for at once.
TEST(Gone, AreToldOnceEachInOrder) {
  std::mt19937 random(20261130);
  for (int round = 0; round < 3000; ++round) {
    std::vector<shelves::Placement> messages;
    for (std::uint32_t uid = 1; uid <= 24; ++uid)
      if (random() % 3 != 0) messages.push_back({uid, 1});
    NumberSet known;
    for (auto many = random() % 4; many > 0; --many)
      known.ranges.push_back({static_cast<std::uint32_t>(random() % 28), static_cast<std::uint32_t>(random() % 28)});
    const std::uint32_t largest = messages.empty() ? 0 : messages.back().uid;
    const auto last = static_cast<std::uint32_t>(largest + random() % 3);
    const auto ranges = known.resolved(largest);
    std::vector<std::uint32_t> wanted, told;
    for (std::uint32_t uid = 1; uid <= last; ++uid)
      if (holds(ranges, uid) && std::none_of(messages.begin(), messages.end(),
                                             [uid](const shelves::Placement& one) { return one.uid == uid; }))
        wanted.push_back(uid);
    Gone gone(ranges, last);
    const std::size_t most = 1 + random() % 3;
    for (auto next = gone.next(messages, most); !next.empty(); next = gone.next(messages, most)) {
      EXPECT_LE(next.size(), most);
      for (const NumberSet::Range& range : next)
        for (std::uint32_t uid = range.first; uid <= range.last; ++uid) told.push_back(uid);
    }
    ASSERT_EQ(told, wanted) << "round " << round << ": " << set_text(ranges) << " up to " << last;
  }
}

struct FetchCase {
  const char *name, *arguments, *labels;  // labels: joined by '|'; "" : refused
};
class FetchArguments : public testing::TestWithParam<FetchCase> {};
TEST_P(FetchArguments, AreReadAsRfc9051Says) {
  const auto fetch = parse_fetch(GetParam().arguments, false);
  std::string labels;
  if (fetch)
    for (const FetchItem& item : fetch->items) labels += (labels.empty() ? "" : "|") + item.label;
  EXPECT_EQ(labels, GetParam().labels);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc9051, FetchArguments,
    testing::Values(
        FetchCase{"Fast", "1 FAST", "FLAGS|INTERNALDATE|RFC822.SIZE"},
        FetchCase{"Full", "1 full", "FLAGS|INTERNALDATE|RFC822.SIZE|ENVELOPE|BODY"},
        FetchCase{"One", "1:* body[]", "BODY[]"}, FetchCase{"Peek", "1 (BODY.PEEK[])", "BODY[]"},
        FetchCase{"Fields", "1 BODY[HEADER.FIELDS (From {2}\r\nTo \"x y\")]", "BODY[HEADER.FIELDS (From To \"x y\")]"},
        FetchCase{"Nested", "1 BODY[1.2.header]<3.4>", "BODY[1.2.HEADER]<3>"},
        FetchCase{"Mime", "1 BODY[2.MIME]", "BODY[2.MIME]"}, FetchCase{"MimeOfAll", "1 BODY[MIME]", ""},
        FetchCase{"Binary", "1 BINARY.SIZE[1]", "BINARY.SIZE[1]"}, FetchCase{"BinaryHeader", "1 BINARY[1.HEADER]", ""},
        FetchCase{"Part0", "1 BODY[0]", ""}, FetchCase{"DotAtTheEnd", "1 BODY[1.]", ""},
        FetchCase{"NoFields", "1 BODY[HEADER.FIELDS ()]", ""}, FetchCase{"ZeroLong", "1 BODY[]<0.0>", ""},
        FetchCase{"Behind", "1 FLAGS x", ""}, FetchCase{"Unknown", "1 BODYX", ""}, FetchCase{"Empty", "1 ()", ""},
        FetchCase{"NoSet", "FLAGS", ""}, FetchCase{"Changed", "1:* (FLAGS) (CHANGEDSINCE 12)", "MODSEQ|FLAGS"},
        FetchCase{"VanishedOnlyByUid", "1:* (FLAGS) (CHANGEDSINCE 12 VANISHED)", ""},
        FetchCase{"Preview", "1 (PREVIEW (LAZY) UID)", "PREVIEW|UID"}),
    [](const auto& row) { return std::string(row.param.name); });

struct SearchCase {
  const char *name, *arguments;
  bool accepted;
};
class SearchArguments : public testing::TestWithParam<SearchCase> {};
TEST_P(SearchArguments, AreReadAsRfc9051Says) {
  EXPECT_EQ(bool(parse_search(GetParam().arguments)), GetParam().accepted);
}
INSTANTIATE_TEST_SUITE_P(Rfc9051, SearchArguments,
                         testing::Values(SearchCase{"All", "ALL", true}, SearchCase{"Set", "1:3,* UID 4", true},
                                         SearchCase{"Charset", "CHARSET utf-8 SUBJECT {5}\r\nV\xC4\x83n ", true},
                                         SearchCase{"OtherCharset", "CHARSET KOI8-R ALL", false},
                                         SearchCase{"Or", "OR (FROM a NOT TO b) SEEN", true},
                                         SearchCase{"OrOfOne", "OR SEEN", false},
                                         SearchCase{"Day", "SENTON 1-feb-2026 SINCE \"01-Feb-2026\"", true},
                                         SearchCase{"NoDay", "ON 31-Feb-2026", false},
                                         SearchCase{"Return", "RETURN (MIN COUNT SAVE) ALL", true},
                                         SearchCase{"ReturnNothing", "RETURN () ALL", true},
                                         SearchCase{"ReturnUnknown", "RETURN (X) ALL", false},
                                         SearchCase{"Header", "HEADER X-Y \"\"", true}, SearchCase{"NoKey", "", false},
                                         SearchCase{"Saved", "$ NOT $", true},
                                         SearchCase{"Modseq", "MODSEQ \"/flags/\\\\Seen\" all 5", true},
                                         SearchCase{"Open", "(ALL", false}, SearchCase{"Unknown", "XYZ", false}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SearchArguments, HaveADepthAndANumber) {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "NOT ";
    return text + "ALL";
  };
  EXPECT_TRUE(parse_search(nested(limits::search_depth)));
  EXPECT_FALSE(parse_search(nested(limits::search_depth + 1)));
  std::string many = "ALL";
  for (std::size_t i = 1; i < limits::search_keys; ++i) many += " ALL";
  EXPECT_TRUE(parse_search(many));
  EXPECT_FALSE(parse_search(many + " ALL"));
}

TEST(ListArguments, AreReadWithTheirOptions) {
  const auto list = parse_list(R"((SUBSCRIBED) "" ("a*" %) RETURN (CHILDREN STATUS (MESSAGES SIZE)))");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->patterns, (std::vector<std::string>{"a*", "%"}));
  EXPECT_EQ(list->status, (std::vector<std::string>{"MESSAGES", "SIZE"}));
  EXPECT_TRUE(parse_list(R"("" *)"));
  EXPECT_FALSE(parse_list(R"((RECURSIVEMATCH) "" *)"));
  EXPECT_FALSE(parse_list(R"("")"));
}

TEST(Rendering, WritesDatesAsImapHasThem) { EXPECT_EQ(internal_date(0), " 1-Jan-1970 07:00:00 +0700"); }

TEST(BaseSubject, IsWithoutWhatRepliesPutBeforeIt) {
  bool reply = false;
  EXPECT_EQ(base_subject("Re: [vt] Fwd:  Lịch họp (fwd)", reply), "Lịch họp");
  EXPECT_TRUE(reply);
}

TEST(CommandReader, TakesCommandsWithLiteralsAndRefusesLettersBeforeTheyCome) {
  CommandReader reader;
  bool invite = false;
  std::string_view input = "a LOGIN {1}\r\n";
  EXPECT_EQ(reader.next(input, invite), CommandReader::Next::more);
  EXPECT_TRUE(invite);
  input = "x y\r\nb NOOP\r\n";
  EXPECT_EQ(reader.next(input, invite), CommandReader::Next::command);
  EXPECT_EQ(reader.command(), "a LOGIN {1}\r\nx y");
  reader.clear();
  EXPECT_EQ(reader.next(input, invite), CommandReader::Next::command);
  reader.clear();
  input = "c APPEND INBOX (\\Seen) {500}\r\nd NOOP\r\n";
  EXPECT_EQ(reader.next(input, invite), CommandReader::Next::append);
  EXPECT_EQ(reader.tag(), "c");
  EXPECT_EQ(reader.next(input, invite), CommandReader::Next::command) << "no octets of a letter are waited for";
  reader.clear();
  input = "e APPEND INBOX {5000+}\r\n";
  EXPECT_EQ(reader.next(input, invite), CommandReader::Next::end) << "octets that come unasked would be commands";
}

TEST(Output, GivesEveryOctetOnceHoweverItIsTaken) {
  const auto message = std::make_shared<const Octets>(*Octets::of("0123456789"));
  for (std::size_t most = 1; most < 30; ++most) {
    Output output, more;
    output.add("abcdef");
    output.add(message, 2, 9);
    output.add("g");
    more.add("hi");
    more.add(message, 0, 10);
    more.add(message, 3, 3);
    more.add("j");
    output.add(std::move(more));
    std::string all;
    while (output.waiting() > 0 && all.size() < 100) {
      const std::string piece = output.take(most);
      EXPECT_LE(piece.size(), most);
      all += piece;
    }
    EXPECT_EQ(all, "abcdef2345678ghi0123456789j") << most;
  }
}

TEST(CommandReader, HasALimit) {
  CommandReader fits, exceeds;
  bool invite = false;
  const std::string most = "a " + std::string(limits::command_octets - 2, 'x') + "\r\n";
  std::string_view input = most;
  EXPECT_EQ(fits.next(input, invite), CommandReader::Next::command);
  const std::string more = "a " + std::string(limits::command_octets - 1, 'x') + "\r\n";
  input = more;
  EXPECT_EQ(exceeds.next(input, invite), CommandReader::Next::end);
}

}  // namespace
}  // namespace vanthu::reading_room
