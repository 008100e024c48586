// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/command.hpp"

#include <gtest/gtest.h>

#include <random>

#include "gateway/base/limits.hpp"

namespace vanthu::imap {
namespace {
using namespace std::string_view_literals;

struct StringCase {
  const char* name;
  std::string_view octets;
  std::optional<std::string_view> value;
  std::string_view rest;
};
class Astring : public testing::TestWithParam<StringCase> {};
TEST_P(Astring, IsReadInItsThreeForms) {
  std::string_view rest = GetParam().octets;
  const auto value = take_astring(rest);
  ASSERT_EQ(value.has_value(), GetParam().value.has_value());
  if (value) {
    EXPECT_EQ(*value, *GetParam().value);
  }
  EXPECT_EQ(rest, GetParam().rest);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc9051, Astring,
    testing::Values(StringCase{"atom", "INBOX (", "INBOX", " ("}, StringCase{"atom_with_bracket", "a]b", "a]b", ""},
                    StringCase{"utf8_atom", "thư x", "thư", " x"}, StringCase{"quoted", "\"a b\" c", "a b", " c"},
                    StringCase{"empty_quoted", "\"\"", "", ""}, StringCase{"escapes", R"("\\\"")", "\\\"", ""},
                    StringCase{"literal", "{3}\r\na\r\nb", "a\r\n", "b"},
                    StringCase{"non_sync", "{1+}\r\nab", "a", "b"}, StringCase{"nothing", "", std::nullopt, ""},
                    StringCase{"list", "(a)", std::nullopt, "(a)"}, StringCase{"open", "\"ab", std::nullopt, "\"ab"},
                    StringCase{"bad_escape", "\"\\a\"", std::nullopt, "\"\\a\""},
                    StringCase{"short_literal", "{3}\r\nab", std::nullopt, "{3}\r\nab"},
                    StringCase{"binary_literal", "~{1}\r\na", "~", "{1}\r\na"},
                    StringCase{"negative_literal", "{-1}\r\na", std::nullopt, "{-1}\r\na"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Quoted, SurvivesReadingBack) {
  std::mt19937 random(4616);
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (auto n = random() % 20; n > 0; --n) text += static_cast<char>(random() % 127 + 1);
    const auto written = quoted_string(text);
    if (text.find_first_of("\r\n") != std::string::npos) {
      EXPECT_FALSE(written);
      continue;
    }
    ASSERT_TRUE(written);
    std::string_view rest = *written;
    EXPECT_EQ(take_astring(rest), text);
    EXPECT_EQ(rest, "");
  }
  EXPECT_FALSE(quoted_string("a\0b"sv));
}

TEST(Command, HasTagVerbAndArguments) {
  std::string tag;
  const auto command = parse_command("a.1 uid fetch 1:* (FLAGS)", tag);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->tag, "a.1");
  EXPECT_EQ(command->verb, "UID FETCH");
  EXPECT_EQ(command->arguments, "1:* (FLAGS)");
}

TEST(Command, TellsTheTagEvenWhenTheRestIsWrong) {
  for (const std::string_view octets : {"a1", "a1 ", "a1  NOOP", "a1 UID", "a1 (x)", "a1 NOOP\tx"}) {
    std::string tag;
    EXPECT_FALSE(parse_command(octets, tag)) << octets;
    EXPECT_EQ(tag, "a1") << octets;
  }
  for (const std::string_view octets :
       {"", " NOOP", "+ NOOP", "* OK", "a+ NOOP", "\"a\" NOOP", "\x01 NOOP", "đ NOOP"}) {
    std::string tag;
    EXPECT_FALSE(parse_command(octets, tag)) << octets;
    EXPECT_EQ(tag, "") << octets;
  }
}

TEST(Tag, MayHaveSixtyFourOctetsAndNotOneMore) {
  const std::string most(limits::imap_tag_octets, 'a');
  std::string_view rest = most;
  EXPECT_TRUE(take_tag(rest));
  const std::string more = most + 'a';
  rest = more;
  EXPECT_FALSE(take_tag(rest));
}

TEST(AppendHead, TellsFolderFlagsDateAndSize) {
  const auto head = parse_append(R"("V&AwA-n b&HqM-n" (\Seen $Label1) " 7-Jul-2026 02:44:25 +0700" {310+})");
  ASSERT_EQ(head.state, AppendHead::State::message);
  EXPECT_EQ(head.append.folder, "V&AwA-n b&HqM-n");
  EXPECT_EQ(head.append.flags, "(\\Seen $Label1)");
  EXPECT_EQ(head.append.date, " 7-Jul-2026 02:44:25 +0700");
  EXPECT_EQ(head.append.message, (Literal{310, true, false}));
}

struct HeadCase {
  const char* name;
  std::string_view arguments;
  AppendHead::State state;
};
class AppendArguments : public testing::TestWithParam<HeadCase> {};
TEST_P(AppendArguments, AreToldApart) { EXPECT_EQ(parse_append(GetParam().arguments).state, GetParam().state); }
INSTANTIATE_TEST_SUITE_P(Rfc9051, AppendArguments,
                         testing::Values(HeadCase{"bare", "INBOX {3}", AppendHead::State::message},
                                         HeadCase{"no_flags", "INBOX () {3}", AppendHead::State::message},
                                         HeadCase{"folder_literal", "{5}", AppendHead::State::folder},
                                         HeadCase{"folder_read", "{5}\r\nINBOX {3}", AppendHead::State::message},
                                         HeadCase{"binary", "INBOX ~{3}", AppendHead::State::message},
                                         HeadCase{"utf8", "INBOX UTF8 (~{3}", AppendHead::State::message},
                                         HeadCase{"utf8_not_binary", "INBOX UTF8 ({3}", AppendHead::State::wrong},
                                         HeadCase{"catenate", "INBOX CATENATE (TEXT {3}", AppendHead::State::wrong},
                                         HeadCase{"annotation", "INBOX ANNOTATION (/x (value {3}",
                                                  AppendHead::State::wrong},
                                         HeadCase{"flags_open", "INBOX (\\Seen {3}", AppendHead::State::wrong},
                                         HeadCase{"date_first", "INBOX \"7-Jul\" () {3}", AppendHead::State::wrong},
                                         HeadCase{"no_folder", " {3}", AppendHead::State::wrong},
                                         HeadCase{"empty_folder", "\"\" {3}", AppendHead::State::wrong},
                                         HeadCase{"binary_folder", "~{3}", AppendHead::State::wrong},
                                         HeadCase{"two_spaces", "INBOX  {3}", AppendHead::State::wrong},
                                         HeadCase{"nothing", "", AppendHead::State::wrong}),
                         [](const auto& row) { return std::string(row.param.name); });
}  // namespace
}  // namespace vanthu::imap
