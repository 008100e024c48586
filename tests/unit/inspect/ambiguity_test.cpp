// SPDX-License-Identifier: GPL-3.0-or-later
// A program hidden in a message by every class of ambiguity that was published (MIMEminer, CVE-2024-28054 and older
// ones): each must be refused by name, and the program must be seen where any reader would see it.
#include <gtest/gtest.h>

#include <set>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/findings.hpp"
#include "samples.hpp"

namespace vanthu::inspect {
namespace {

/// Inert: the first octets of a program for Windows and nothing behind.
std::string coded_program() {
  std::string octets = "MZ" + std::string(58, '\0') + "\x40" + std::string(3, '\0') + std::string("PE\0\0", 4);
  return octets + std::string(64, '\x90');
}
std::string coded() { return samples::base64(coded_program()) + "\r\n"; }
std::string quoted() {
  std::string text;
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : coded_program()) {
    const auto u = static_cast<unsigned char>(c);
    text.append("=").append(1, digits[u >> 4U]).append(1, digits[u & 15U]);
    if (text.size() % 100 > 72) text += "=\r\n";
  }
  return text + "\r\n";
}
/// A part that holds it, from its header on; `fields` end with CRLF.
std::string coded_part(std::string_view fields) { return std::string(fields) + "\r\n" + coded(); }
constexpr std::string_view file = "Content-Type: application/octet-stream\r\n";
constexpr std::string_view in_base64 = "Content-Transfer-Encoding: base64\r\n";
std::string hidden() { return coded_part(std::string(file) + std::string(in_base64)); }
std::string hello_part() { return "Content-Type: text/plain\r\n\r\nhello\r\n"; }
std::string multipart(std::string_view parameters, std::string_view body) {
  return samples::head("Content-Type: multipart/mixed; " + std::string(parameters) + "\r\n\r\n") + std::string(body);
}
std::string two_parts(std::string_view second) {
  return "--b\r\n" + hello_part() + "--b\r\n" + std::string(second) + "--b--\r\n";
}

struct HiddenCase {
  const char* name;
  std::string text;
  bool seen = true;  ///< whether some reader sees the program, so that we have to
};

class Hidden : public testing::TestWithParam<HiddenCase> {};
TEST_P(Hidden, IsRefusedByNameAndSeen) {
  const filters::Facts facts = analyse(GetParam().text);
  bool blocked = false;
  for (const filters::Finding& one : facts.findings) blocked = blocked || !benign(one.id);
  EXPECT_TRUE(blocked) << samples::ids(facts);
  EXPECT_EQ(samples::has(facts, "content.executable"), GetParam().seen) << samples::ids(facts);
}

std::vector<HiddenCase> header_cases() {
  const auto with = [](std::string_view fields) { return samples::head(fields) + "\r\n" + coded(); };
  const std::string type(file);
  return {
      {"cte_folded", with(type + "Content-Transfer-Encoding:\r\n base64\r\n")},
      {"cte_comment", with(type + "Content-Transfer-Encoding: (x) base64\r\n")},
      {"cte_comment_behind", with(type + "Content-Transfer-Encoding: base64 (x)\r\n")},
      {"cte_twice", with(type + "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n")},
      {"cte_twice_other_way", with(type + "Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n")},
      {"cte_thrice", with(type + "Content-Transfer-Encoding: x\r\nContent-Transfer-Encoding: base64\r\n"
                                 "Content-Transfer-Encoding: 8bit\r\n")},
      {"cte_list", with(type + "Content-Transfer-Encoding: 7bit, base64\r\n")},
      {"cte_semicolon", with(type + "Content-Transfer-Encoding: base64; x=y\r\n")},
      {"cte_quoted", with(type + "Content-Transfer-Encoding: \"base64\"\r\n")},
      {"cte_word", with(type + "Content-Transfer-Encoding: =?us-ascii?Q?base64?=\r\n")},
      {"cte_like", with(type + "Content-Transfer-Encoding: base64x\r\n")},
      {"cte_x", with(type + "Content-Transfer-Encoding: x-base64\r\n")},
      {"cte_nul", with(type + std::string("Content-Transfer-Encoding: base64\0\r\n", 37))},
      {"cte_space_before_colon", with(type + "Content-Transfer-Encoding : base64\r\n")},
      {"cte_tab_before_colon", with(type + "Content-Transfer-Encoding\t: base64\r\n")},
      {"cte_behind_junk", with(type + "this is no field\r\nContent-Transfer-Encoding: base64\r\n")},
      {"cte_behind_from_line",
       with(type + "From someone Tue Nov 24 08:00:00 2026\r\nContent-Transfer-Encoding: base64\r\n")},
      {"cte_behind_quoted_from", with(type + ">From someone\r\nContent-Transfer-Encoding: base64\r\n")},
      {"cte_behind_blank_line", with(type + " \r\nContent-Transfer-Encoding: base64\r\n")},
      {"cte_behind_bare_lf", with(type + "X: y\nContent-Transfer-Encoding: base64\r\n")},
      {"cte_behind_bare_cr", with(type + "X: y\rContent-Transfer-Encoding: base64\r\n")},
      {"cte_behind_empty_name", with(type + ": y\r\nContent-Transfer-Encoding: base64\r\n")},
      {"header_goes_on", samples::head(type) + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + coded()},
      {"first_line_blank", " \r\n" + with(type + std::string(in_base64))},
      {"bom", "\xEF\xBB\xBF" + with(type + std::string(in_base64))},
      {"type_twice", samples::head("Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n") +
                         two_parts(hidden())},
      {"type_twice_other_way",
       samples::head("Content-Type: multipart/mixed; boundary=b\r\nContent-Type: text/plain\r\n\r\n") +
           two_parts(hidden())},
      {"type_without_slash", samples::head("Content-Type: multipart; boundary=b\r\n\r\n") + two_parts(hidden())},
      {"type_comment", samples::head("Content-Type: multipart/mixed(x; ); boundary=b\r\n\r\n") + two_parts(hidden())},
      {"vertical_tab", with(type + "\vX: y\r\n" + std::string(in_base64))},
      {"nbsp", with(type + "Content-Transfer-Encoding\xC2\xA0: base64\r\n"), false},
      {"fold_in_name", with(type + "Content-Transfer-\r\n Encoding: base64\r\n"), false},
  };
}

std::vector<HiddenCase> boundary_cases() {
  return {
      {"twice", multipart("boundary=a; boundary=b", two_parts(hidden()))},
      {"twice_other_way", multipart("boundary=b; boundary=a", two_parts(hidden()))},
      {"plain_and_extended", multipart("boundary=a; boundary*=us-ascii''b", two_parts(hidden()))},
      {"continued_and_plain", multipart("boundary=b; boundary*0=x; boundary*1=y", two_parts(hidden()))},
      {"percent", multipart("boundary*=us-ascii''%62", two_parts(hidden()))},
      {"continued", multipart("boundary*0=\"\"; boundary*1=b", two_parts(hidden()))},
      {"empty", multipart("boundary=\"\"", "--\r\n" + hello_part() + "--\r\n" + hidden() + "----\r\n")},
      {"none", samples::head("Content-Type: multipart/mixed\r\n\r\n") + two_parts(hidden())},
      {"long", multipart("boundary=\"" + std::string(100, 'b') + "\"",
                         "--" + std::string(100, 'b') + "\r\n" + hidden() + "--" + std::string(100, 'b') + "--\r\n")},
      {"comment", multipart("boundary=(x)b", two_parts(hidden()))},
      {"comment_behind", multipart("boundary=b(x)", two_parts(hidden()))},
      {"blank_around_equals", multipart("boundary = b", two_parts(hidden()))},
      {"single_quotes", multipart("boundary='b'", two_parts(hidden()))},
      {"half_quoted", multipart("boundary=\"b", two_parts(hidden()))},
      {"quoted_pair", multipart("boundary=\"\\b\"", two_parts(hidden()))},
      {"blank_at_end", multipart("boundary=\"b \"", two_parts(hidden()))},
      {"no_semicolon", samples::head("Content-Type: multipart/mixed boundary=b\r\n\r\n") + two_parts(hidden())},
      {"two_semicolons", samples::head("Content-Type: multipart/mixed;; boundary=b\r\n\r\n") + two_parts(hidden())},
      {"word", multipart("boundary=\"=?us-ascii?Q?b?=\"", two_parts(hidden()))},
      {"fold", samples::head("Content-Type: multipart/mixed;\r\n\tboundary=\r\n b\r\n\r\n") + two_parts(hidden())},
      {"nul",
       samples::head(std::string("Content-Type: multipart/mixed; boundary=b\0\r\n\r\n", 46)) + two_parts(hidden())},
      {"capital", multipart("BOUNDARY=b", two_parts(hidden()))},
      {"other_case", multipart("boundary=B", two_parts(hidden())), true},
      {"junk_behind", multipart("boundary=b", "--b\r\n" + hello_part() + "--b junk\r\n" + hidden() + "--b--\r\n")},
      {"prefix", multipart("boundary=b", "--b\r\n" + hello_part() + "--bx\r\n" + hidden() + "--b--\r\n")},
      {"padding", multipart("boundary=b", "--b\r\n" + hello_part() + "--b \t\r\n" + hidden() + "--b--\r\n")},
      {"space_before", multipart("boundary=b", "--b\r\n" + hello_part() + " --b\r\n" + hidden() + "--b--\r\n")},
      {"line_feed", multipart("boundary=b", "--b\r\n" + hello_part() + "\n--b\n" + hidden() + "--b--\r\n")},
      {"carriage_return", multipart("boundary=b", "--b\r\n" + hello_part() + "\r--b\r" + hidden() + "--b--\r\n")},
      {"nul_behind",
       multipart("boundary=b", "--b\r\n" + hello_part() + std::string("--b\0\r\n", 6) + hidden() + "--b--\r\n")},
      {"not_closed", multipart("boundary=b", "--b\r\n" + hello_part() + "--b\r\n" + hidden())},
      {"closed_early", multipart("boundary=b", "--b\r\n" + hello_part() + "--b--\r\n--b\r\n" + hidden() + "--b--\r\n")},
      {"closed_with_junk",
       multipart("boundary=b", "--b\r\n" + hello_part() + "--b--x\r\n--b\r\n" + hidden() + "--b--\r\n")},
      {"closed_at_once", multipart("boundary=b", "--b--\r\n" + two_parts(hidden()))},
      {"inner_has_outer", multipart("boundary=b", "--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n" +
                                                      hello_part() + "--bb\r\n" + hidden() + "--bb--\r\n--b--\r\n")},
      {"inner_is_outer", multipart("boundary=b", "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
                                                     two_parts(hidden()) + "--b--\r\n")},
      {"inner_without", multipart("boundary=b", "--b\r\nContent-Type: multipart/mixed\r\n\r\n--c\r\n" + hidden() +
                                                    "--c--\r\n--b--\r\n")},
      {"preamble", multipart("boundary=b", hidden() + two_parts(hello_part()))},
  };
}

std::vector<HiddenCase> encoding_cases() {
  const auto with = [](std::string_view encoding, std::string_view body) {
    return multipart("boundary=b", two_parts(std::string(file) + "Content-Transfer-Encoding: " + std::string(encoding) +
                                             "\r\n\r\n" + std::string(body)));
  };
  const std::string code = coded();
  const auto insert = [&](std::size_t at, std::string_view what) {
    std::string text = code;
    return text.insert(at, what);
  };
  const std::string first = samples::base64(coded_program().substr(0, 64));
  const std::string rest = samples::base64(coded_program().substr(64));
  std::string url_safe = code;
  for (char& c : url_safe) c = c == '+' ? '-' : c == '/' ? '_' : c;
  const std::string multipart_code = samples::base64("--c\r\n" + hidden() + "--c--\r\n") + "\r\n";
  return {
      {"junk", with("base64", insert(8, "!#$"))},
      {"nul", with("base64", insert(8, std::string_view("\0", 1)))},
      {"eight_bit", with("base64", insert(8, "\xC3\xA9"))},
      {"padded_pieces", with("base64", first + rest + "\r\n")},
      {"padding_first", with("base64", "====\r\n" + code)},
      {"padding_within", with("base64", insert(8, "="))},
      {"text_behind", with("base64", code + "not base64, is it?\r\n")},
      {"one_letter_lines", with("base64",
                                [&] {
                                  std::string text;
                                  for (const char c : samples::base64(coded_program()))
                                    if (c != '\r' && c != '\n') text.append(1, c).append("\r\n");
                                  return text;
                                }())},
      {"no_line_ends", with("base64", samples::base64(coded_program().substr(0, 57)))},
      {"no_padding", with("base64", samples::base64(coded_program() + "x").substr(0, 180) + "\r\n")},
      {"quoted", with("quoted-printable", quoted())},
      {"quoted_small", with("quoted-printable",
                            [] {
                              std::string text = quoted();
                              for (char& c : text) c = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
                              return text;
                            }())},
      {"quoted_padding", with("quoted-printable", "=4D=5A= \t\r\n" + quoted().substr(6))},
      {"quoted_split", with("quoted-printable", "=4=\r\nD=5A" + quoted().substr(6))},
      {"quoted_bad", with("quoted-printable", "==4D=5A" + quoted().substr(6)), true},
      {"unknown", with("x-uue", "begin 644 a.exe\r\n#35I0\r\n`\r\nend\r\n")},
      {"binhex", with("x-binhex40", "(This file must be converted with BinHex 4.0)\r\n:x:\r\n"), false},
      {"empty", with("", coded_program()), true},
      {"encoded_multipart", multipart("boundary=b", two_parts("Content-Type: multipart/mixed; boundary=c\r\n"
                                                              "Content-Transfer-Encoding: base64\r\n\r\n" +
                                                              multipart_code))},
      {"encoded_message",
       multipart("boundary=b",
                 two_parts("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                           samples::base64(samples::head(std::string(file) + std::string(in_base64)) + "\r\n" + code) +
                           "\r\n"))},
      {"global_message",
       multipart("boundary=b", two_parts("Content-Type: message/global\r\n\r\n" + samples::head(hidden())))},
      {"news_message",
       multipart("boundary=b", two_parts("Content-Type: message/news\r\n\r\n" + samples::head(hidden())))},
      {"digest", samples::head("Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n") +
                     samples::head(hidden()) + "--b--\r\n"},
  };
}

std::string case_name(const testing::TestParamInfo<HiddenCase>& row) { return row.param.name; }
INSTANTIATE_TEST_SUITE_P(Header, Hidden, testing::ValuesIn(header_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Boundary, Hidden, testing::ValuesIn(boundary_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Encoding, Hidden, testing::ValuesIn(encoding_cases()), case_name);

/// A marking that only a decoder with other habits sees is a marking.
TEST(HiddenMarking, InLooseQuotedPrintableIsSeen) {
  const std::string body = "T=E1=BB=\r\n=90I M=E1=BA=AC=\r\nT\r\n";
  for (const std::string& text : {body, std::string("T=E1=BB=9=\r\n0I M=E1=BA=AC=\r\nT\r\n")}) {
    const filters::Facts facts = analyse(samples::head("Content-Type: text/plain; charset=utf-8\r\n"
                                                       "Content-Transfer-Encoding: quoted-printable\r\n\r\n") +
                                         text);
    EXPECT_EQ(facts.secrecy, "toi-mat") << text << samples::ids(facts);
  }
}

}  // namespace
}  // namespace vanthu::inspect
