// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/tokenizer.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tokens.hpp"

namespace vanthu::imap {
namespace {

struct Case {
  const char* name;
  Tokenizer::Side side;
  std::string_view stream;
  std::string_view tokens;
};
constexpr auto client = Tokenizer::Side::client;
constexpr auto server = Tokenizer::Side::server;
using namespace std::string_view_literals;

class TokenizerReads : public testing::TestWithParam<Case> {};
TEST_P(TokenizerReads, TheStreamAsItsTokens) {
  const Case& c = GetParam();
  EXPECT_EQ(test::tokens(c.side, c.stream, [] { return 100000; }), c.tokens);
  EXPECT_EQ(test::tokens(c.side, c.stream, [] { return 1; }), c.tokens);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc9051, TokenizerReads,
    testing::Values(
        Case{"two_commands", client, "a NOOP\r\nb NOOP\r\n", "<text>a NOOP<end><text>b NOOP<end>"},
        Case{"empty_line", client, "\r\n", "<end>"},
        Case{"literal", client, "a X {3}\r\nb\r\n y\r\n", "<text>a X {3}<begin 3><literal>b\r\n<close><text> y<end>"},
        Case{"empty_literal", client, "a X {0+}\r\n\r\n", "<text>a X {0+}<begin 0+><close><end>"},
        Case{"binary", client, "a X ~{2+}\r\n\0\0\r\n"sv, "<text>a X ~{2+}<begin 2+~><literal>\0\0<close><end>"sv},
        Case{"binary_in_list", client, "a X UTF8 (~{1}\r\nb)\r\n",
             "<text>a X UTF8 (~{1}<begin 1~><literal>b<close><text>)<end>"},
        Case{"in_list", client, "a X ({1}\r\nb)\r\n", "<text>a X ({1}<begin 1><literal>b<close><text>)<end>"},
        Case{"quoted_braces", client, "a X \"{3}\"\r\n", "<text>a X \"{3}\"<end>"},
        Case{"escaped_quote", client, "a X \"\\\"{3}\"\r\n", "<text>a X \"\\\"{3}\"<end>"},
        Case{"escaped_backslash", client, "a X \"\\\\\" {1}\r\nb\r\n",
             "<text>a X \"\\\\\" {1}<begin 1><literal>b<close><end>"},
        Case{"bad_escape", client, "a X \"\\n\"\r\n", "<text>a X \"\\n\"<bad>"},
        Case{"open_quote", client, "a X \"b\r\nc\r\n", "<text>a X \"b<bad><text>c<end>"},
        Case{"open_quote_with_literal", client, "a X \"{3}\r\nc\r\n", "<text>a X \"{3}<bad><text>c<end>"},
        Case{"open_quote_with_unasked_literal", client, "a X \"{3+}\r\nc\r\n", "<text>a X \"{3+}<fault>"},
        Case{"brace_in_atom", client, "a X b{3}\r\n", "<text>a X b{3}<bad>"},
        Case{"brace_in_atom_unasked", client, "a X b{3+}\r\n", "<text>a X b{3+}<fault>"},
        Case{"brace_behind_quote", client, "a X \"b\"{3}\r\n", "<text>a X \"b\"{3}<bad>"},
        Case{"space_behind_literal", client, "a X {3} \r\n", "<text>a X {3} <bad>"},
        Case{"empty_braces", client, "a X {}\r\n", "<text>a X {}<bad>"},
        Case{"plus_alone", client, "a X {+}\r\n", "<text>a X {+}<fault>"},
        Case{"negative", client, "a X {-1}\r\n", "<text>a X {-1}<bad>"},
        Case{"spaced", client, "a X { 1}\r\n", "<text>a X { 1}<bad>"},
        Case{"twice", client, "a X {1}{2}\r\n", "<text>a X {1}{2}<bad>"},
        Case{"largest", client, "a X {9223372036854775807}\r\n",
             "<text>a X {9223372036854775807}<begin 9223372036854775807>"},
        Case{"too_large", client, "a X {9223372036854775808}\r\n", "<text>a X {9223372036854775808}<fault>"},
        Case{"bare_lf", client, "a\nb\r\n", "<text>a<fault>"}, Case{"bare_cr", client, "a\rb\r\n", "<text>a<fault>"},
        Case{"two_cr", client, "a\r\r\n", "<text>a<fault>"}, Case{"nul", client, "a\0b\r\n"sv, "<text>a<fault>"},
        Case{"server_literal", server, "* 1 FETCH (X {3}\r\nabc)\r\n",
             "<text>* 1 FETCH (X {3}<begin 3><literal>abc<close><text>)<end>"},
        Case{"server_literal_twice", server, "* 1 FETCH ({1}\r\na{1}\r\nb)\r\n",
             "<text>* 1 FETCH ({1}<begin 1><literal>a<close><text>{1}<begin 1><literal>b<close><text>)<end>"},
        Case{"untagged_status", server, "* OK x {3}\r\n* NO y {3}\r\n* bye {3}\r\n",
             "<text>* OK x {3}<end><text>* NO y {3}<end><text>* bye {3}<end>"},
        Case{"tagged", server, "a1 NO no such folder {3}\r\n", "<text>a1 NO no such folder {3}<end>"},
        Case{"continuation", server, "+ {3}\r\n", "<text>+ {3}<end>"},
        Case{"not_a_status", server, "* OKAY {1}\r\nx\r\n", "<text>* OKAY {1}<begin 1><literal>x<close><end>"},
        Case{"server_stray_quote", server, "* LIST () \"/\" a\"b\r\n", "<text>* LIST () \"/\" a\"b<end>"},
        Case{"server_unasked", server, "* X {1+}\r\n", "<text>* X {1+}<fault>"},
        Case{"server_bare_lf", server, "* X\n", "<text>* X<fault>"}),
    [](const auto& row) { return std::string(row.param.name); });

/// Something like a session: what matters to the tokenizer, in any order.
std::string any_stream(std::mt19937& random) {
  static constexpr std::string_view bits[] = {
      "a1 ", "* ", "+ ",   "OK ",     "FETCH ", "\"",  "\\",         "{3}\r\nabc", "{0+}\r\n", "~{2}\r\n\r\n",
      "(",   ")",  "\r\n", "\r\n",    "{",      "}",   "{12",        " ",          "x",        "é",
      "\r",  "\n", "{5}",  "{1}\r\n", "+}\r\n", "NO ", "BYE {2}\r\n"};
  std::string stream;
  for (auto n = random() % 40 + 1; n > 0; --n) stream += bits[random() % std::size(bits)];
  return stream;
}

TEST(Tokenizer, GivesTheSameTokensHoweverTheStreamIsCut) {
  std::mt19937 random(9051);
  for (int round = 0; round < 3000; ++round) {
    const std::string stream = any_stream(random);
    const auto side = random() % 2 == 0 ? client : server;
    const std::string whole = test::tokens(side, stream, [&] { return stream.size(); });
    const std::string cut = test::tokens(side, stream, [&] { return random() % 5 + 1; });
    ASSERT_EQ(cut, whole) << "round " << round << ": " << stream;
  }
}

TEST(Tokenizer, KnowsWhereALineBegins) {
  Tokenizer tokenizer(client);
  EXPECT_TRUE(tokenizer.at_line_start());
  std::string_view input = "a X {3}\r\n";
  tokenizer.next(input);
  EXPECT_FALSE(tokenizer.at_line_start());
  EXPECT_EQ(tokenizer.next(input).kind, Token::Kind::literal_begin);
  EXPECT_FALSE(tokenizer.at_line_start());
  tokenizer.drop_literal();
  EXPECT_TRUE(tokenizer.at_line_start());
  input = "b NOOP\r";
  tokenizer.next(input);
  tokenizer.next(input);
  EXPECT_FALSE(tokenizer.at_line_start());
  input = "\n";
  EXPECT_EQ(tokenizer.next(input).kind, Token::Kind::line_end);
  EXPECT_TRUE(tokenizer.at_line_start());
}
}  // namespace
}  // namespace vanthu::imap
