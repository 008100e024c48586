// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/lines.hpp"

#include <gtest/gtest.h>

#include <random>

#include "filters/inspect/paper/letters.hpp"
#include "filters/inspect/paper/marking.hpp"

namespace vanthu::inspect {
namespace {

std::vector<std::string> numbered_texts(const Lines& lines) {
  std::vector<std::string> all;
  for (const Line& line : lines) all.push_back(std::to_string(line.row) + ":" + line.text);
  return all;
}

TEST(Lines, EndAtEveryKindOfLineEnd) {
  EXPECT_EQ(numbered_texts(lines_of("a\r\nb\nc\rd")), (std::vector<std::string>{"0:a", "1:b", "2:c", "3:d"}));
  EXPECT_EQ(numbered_texts(lines_of("\r\n\r\r\n\n\ra\r")), (std::vector<std::string>{"5:a"}));
  EXPECT_EQ(numbered_texts(lines_of("a\r\r\nb")), (std::vector<std::string>{"0:a", "2:b"}));
  EXPECT_TRUE(lines_of("\r\n").empty());
}

struct Squeeze {
  const char *name, *from, *to;
};
class Squeezed : public testing::TestWithParam<Squeeze> {};
TEST_P(Squeezed, HasSingleBlanksAndNothingInvisible) { EXPECT_EQ(squeezed(GetParam().from), GetParam().to); }
INSTANTIATE_TEST_SUITE_P(Lines, Squeezed,
                         testing::Values(Squeeze{"tabs", "\t a\t\tb ", "a b"}, Squeeze{"nbsp", "a\u00A0\u00A0b", "a b"},
                                         Squeeze{"thin", "a\u2002\u200A\u202F\u205F\u3000\u2028\u2029b", "a b"},
                                         Squeeze{"zero_width", "M\u200B\u200F\u202A\u202E\u2060\u2066\u2069\uFEFFẬT",
                                                 "MẬT"},
                                         Squeeze{"zero_width_in_a_gap", "a \u200B b", "a b"},
                                         Squeeze{"controls",
                                                 "a\x01\x7F\x1B"
                                                 "b",
                                                 "ab"},
                                         Squeeze{"like_blanks", "\u2010\u2030\u2070\u2080", "\u2010\u2030\u2070\u2080"},
                                         Squeeze{"nothing", " \u200B ", ""}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(PlainLine, MapsDashesAndLookAlikes) {
  EXPECT_EQ(plain_line("\u00D0\u0189 a\u2010b\u2011c\u2012d\u2013e\u2014f\u2015g\u2212h\u00AD\uFF1A\uFF0F"),
            "ĐĐ a-b-c-d-e-f-g-h:/");
  EXPECT_EQ(plain_line("Ã Â À Ấ"), "Ã Â À Ấ");
}

struct Stamp {
  const char *name, *line, *secrecy;
};
class Marking : public testing::TestWithParam<Stamp> {};
TEST_P(Marking, IsSeenHoweverItsLettersAreMade) { EXPECT_EQ(secrecy_of_line(GetParam().line), GetParam().secrecy); }
INSTANTIATE_TEST_SUITE_P(
    Forms, Marking,
    testing::Values(Stamp{"composed", "M\u1EACT", "mat"}, Stamp{"small", "M\u1EADt", "mat"},
                    Stamp{"apart", "MA\u0323\u0302T", "mat"}, Stamp{"other_order", "MA\u0302\u0323T", "mat"},
                    Stamp{"half", "M\u00C2\u0323T", "mat"}, Stamp{"other_half", "M\u1EA0\u0302T", "mat"},
                    Stamp{"soft_hyphen", "M\u00C2\u00AD\u0323T", "mat"},
                    Stamp{"zero_width", "M\u00C2\u200B\u0323T", "mat"}, Stamp{"other_word", "M\u1EB6T", "none"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace vanthu::inspect
