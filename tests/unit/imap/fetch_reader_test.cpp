// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/fetch_reader.hpp"

#include <gtest/gtest.h>

#include "gateway/imap/fetch_watch.hpp"
#include "gateway/imap/sequence_set.hpp"
#include "gateway/mail/record_field.hpp"

namespace vanthu::imap {
namespace {
using Header = Seen::Header;

std::vector<Seen> read(std::string_view stream, std::size_t piece) {
  Tokenizer tokenizer(Tokenizer::Side::server);
  FetchReader reader;
  std::vector<Seen> all;
  while (!stream.empty()) {
    std::string_view part = stream.substr(0, piece);
    stream.remove_prefix(part.size());
    for (Token token = tokenizer.next(part); token.kind != Token::Kind::more; token = tokenizer.next(part)) {
      if (token.kind == Token::Kind::fault) return all;
      if (auto seen = reader.take(token)) all.push_back(*std::move(seen));
    }
  }
  return all;
}

std::string literal(const std::string& octets) { return '{' + std::to_string(octets.size()) + "}\r\n" + octets; }

struct Row {
  const char* name;
  std::string items;
  bool body;
  Header header;
  std::string field;
};
class FetchItems : public testing::TestWithParam<Row> {};
TEST_P(FetchItems, TellWhetherABodyWasHandedOut) {
  const Seen expected{Seen::Kind::fetched, 12, GetParam().body, GetParam().header, GetParam().field};
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100000}}) {
    const auto all = read("* 12 FETCH (" + GetParam().items + ")\r\n* 1 EXISTS\r\n", piece);
    ASSERT_EQ(all.size(), 1U) << piece;
    EXPECT_EQ(all[0].sequence, 12U);
    EXPECT_EQ(all[0].body, expected.body) << piece;
    EXPECT_EQ(all[0].header, expected.header) << piece;
    EXPECT_EQ(all[0].field, expected.field) << piece;
  }
}
const std::string header = "A: b\r\nvanthu-record: 7; x\r\nVanthu-Record: 8\r\n\r\n";
INSTANTIATE_TEST_SUITE_P(
    Rfc9051, FetchItems,
    testing::Values(
        Row{"whole", "BODY[] " + literal(header + "x"), true, Header::present, " 7; x"},
        Row{"rfc822", "RFC822 " + literal(header + "x"), true, Header::present, " 7; x"},
        Row{"whole_without", "BODY[] " + literal("A: b\r\n\r\nVanthu-Record: 9\r\n"), true, Header::absent, ""},
        Row{"bare_line_feeds", "BODY[] " + literal("A: b\nVanthu-Record : 9\n\nx"), true, Header::present, " 9"},
        Row{"no_header_at_all", "BODY[] " + literal("\r\nVanthu-Record: 9\r\n"), true, Header::absent, ""},
        Row{"begins_within_the_header", "BODY[]<0> " + literal("A: b\r\nVanthu"), false, Header::unknown, ""},
        Row{"field_seen_header_not_over", "BODY[]<0> " + literal("Vanthu-Record: 7\r\nA"), false, Header::present,
            " 7"},
        Row{"later_piece", "BODY[]<2048> " + literal(header), true, Header::unknown, ""},
        Row{"part", "UID 3 BODY[1.2] " + literal("x"), true, Header::unknown, ""},
        Row{"part_quoted", R"(BODY[1] "a\"b)" + std::string("\""), true, Header::unknown, ""},
        Row{"text", "BODY[TEXT]<0> " + literal("x"), true, Header::unknown, ""},
        Row{"part_text", "BODY[3.TEXT] " + literal("x"), true, Header::unknown, ""},
        Row{"binary", "BINARY[1] ~" + literal(std::string("x\0y", 3)), true, Header::unknown, ""},
        Row{"binary_size", "BINARY.SIZE[1] 44", false, Header::unknown, ""},
        Row{"mime", "BODY[1.MIME] " + literal(header), false, Header::unknown, ""},
        Row{"header_of_a_part", "BODY[2.HEADER] " + literal(header), false, Header::unknown, ""},
        Row{"header", "BODY[HEADER] " + literal(header), false, Header::present, " 7; x"},
        Row{"header_and_text", "BODY[TEXT] " + literal("x") + " RFC822.HEADER " + literal("A: b\r\n\r\n"), true,
            Header::absent, ""},
        Row{"other_fields", "BODY[HEADER.FIELDS (SUBJECT)] " + literal("\r\n"), false, Header::unknown, ""},
        Row{"our_field_absent", "BODY[HEADER.FIELDS (VANTHU-RECORD)] " + literal("\r\n"), false, Header::absent, ""},
        Row{"all_but_fields", "BODY[HEADER.FIELDS.NOT (VANTHU-RECORD)] " + literal("\r\n"), false, Header::unknown, ""},
        Row{"nothing_there", "BODY[7] NIL BODY[8] \"\" BODY[9] " + literal(""), false, Header::unknown, ""},
        Row{"lists", R"x(FLAGS (\Seen a) ENVELOPE ("(" )x" + literal("BOD") + R"x( "\" BODY[] {1}") BODY[1] NIL)x",
            false, Header::unknown, ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(FetchReader, TellsWhatMovesSequenceNumbers) {
  const auto all = read(
      "* 5 EXPUNGE\r\n* VANISHED 7:9\r\n* VANISHED (EARLIER) 1:4\r\n* OK [UIDVALIDITY 4] x\r\n* OK [UIDNEXT 4]\r\n"
      "a1 OK * 5 EXPUNGE\r\n* 0 EXPUNGE\r\n* 99999999999 EXPUNGE\r\n",
      3);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0], (Seen{Seen::Kind::expunged, 5}));
  EXPECT_EQ(all[1], (Seen{Seen::Kind::vanished}));
  EXPECT_EQ(all[2], (Seen{Seen::Kind::selected}));
}

TEST(FetchReader, KeepsNoMoreOfAFieldThanItsLimit) {
  const std::string letter = "Vanthu-Record: " + std::string(1000000, 'x') + "\r\n\r\nx";
  const auto all = read("* 1 FETCH (BODY[] " + literal(letter) + ")\r\n", 4096);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].field.size(), mail::RecordField::most_octets + 1);
}

/// A watch that hears the store.
struct Listening {
  void hear(const std::string& line) {
    std::string_view rest = line;
    for (Token token = tokenizer.next(rest); token.kind != Token::Kind::more; token = tokenizer.next(rest))
      watch.see(token);
  }
  void fetch(std::size_t number) { hear("* " + std::to_string(number) + " FETCH (BODY[1] \"x\")\r\n"); }
  /// What it asks for until it asks no more.
  std::vector<std::uint32_t> asked() {
    std::vector<std::uint32_t> all;
    while (watch.asks()) {
      const std::string question = watch.question();
      EXPECT_LT(question.size(), 1000U);
      const std::string set = question.substr(question.find("FETCH ") + 6);
      const auto some = numbers_of(set.substr(0, set.find(' ')), 1000);
      EXPECT_TRUE(some && !some->empty() && some->size() <= 64) << question;
      if (!some || some->empty()) break;
      all.insert(all.end(), some->begin(), some->end());
      watch.answered();
    }
    return all;
  }
  FetchWatch watch;
  Tokenizer tokenizer{Tokenizer::Side::server};
};

TEST(FetchWatch, AsksForAllThatWereFetchedInARow) {
  Listening one;
  std::vector<std::uint32_t> expected;
  for (std::uint32_t i = 1; i <= 10'000; ++i) {
    one.fetch(i);
    expected.push_back(i);
  }
  EXPECT_EQ(one.asked(), expected);
}

TEST(FetchWatch, RemembersNoMoreRunsThanItsLimit) {
  Listening one;
  for (std::size_t i = 1; i <= FetchWatch::most_runs + 100; ++i) one.fetch(2 * i);
  EXPECT_EQ(one.asked().size(), FetchWatch::most_runs);
  one.fetch(5000);
  EXPECT_EQ(one.asked(), std::vector<std::uint32_t>{5000}) << "there is room again";
}

}  // namespace
}  // namespace vanthu::imap
