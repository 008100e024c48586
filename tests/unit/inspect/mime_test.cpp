// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/content/names.hpp"
#include "filters/inspect/mime/addresses.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/mime/header.hpp"
#include "filters/inspect/mime/multipart.hpp"
#include "filters/inspect/mime/parameters.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "samples.hpp"

namespace vanthu::inspect {
namespace {

bool has_note(const Notes& notes, std::string_view id) {
  return std::any_of(notes.begin(), notes.end(), [&](const Note& one) { return one.id == id; });
}

TEST(Header, UnfoldsAndFindsTheBody) {
  Notes notes;
  const std::string text = "Subject: a\r\n\tb\r\nX: y\r\n\r\nbody";
  const Header header = read_header(text, notes);
  ASSERT_EQ(header.fields.size(), 2U);
  EXPECT_EQ(header.first("subject")->value, "a b");
  EXPECT_EQ(text.substr(header.body), "body");
  EXPECT_TRUE(notes.empty());
}

struct HeaderCase {
  const char* name;
  std::string_view text;
  std::string_view id;
};
class HeaderFault : public testing::TestWithParam<HeaderCase> {};
TEST_P(HeaderFault, IsNoted) {
  Notes notes;
  (void)read_header(GetParam().text, notes);
  EXPECT_TRUE(has_note(notes, GetParam().id));
}
INSTANTIATE_TEST_SUITE_P(
    Faults, HeaderFault,
    testing::Values(HeaderCase{"no_colon", "From x\r\n\r\n", "mime.bad-header"},
                    HeaderCase{"space_before_colon", "From : x\r\n\r\n", "mime.bad-header"},
                    HeaderCase{"starts_folded", " From: x\r\n\r\n", "mime.bad-header"},
                    HeaderCase{"blank_looking", "From: x\r\n \r\nTo: y\r\n\r\n", "mime.bad-header"},
                    HeaderCase{"nul", std::string_view("From: \0x\r\n\r\n", 12), "mime.bad-header"},
                    HeaderCase{"empty_name", ": x\r\n\r\n", "mime.bad-header"},
                    HeaderCase{"raw_octets", "Subject: \xE1\xEC\r\n\r\n", "header.not-utf8"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Header, IsTooBigOneFieldAboveTheLimit) {
  for (const std::size_t more : {0U, 1U}) {
    std::string text;
    for (std::size_t i = 0; i < limits::header_fields + more; ++i) text += "X: y\r\n";
    Notes notes;
    (void)read_header(text + "\r\n", notes);
    EXPECT_EQ(has_note(notes, "mime.header-too-big"), more == 1) << more;
  }
}

TEST(Header, AllowsAsManyRecipientsAsTheEnvelopeDoes) {
  std::string to = "To: ";
  for (int i = 0; i < 500; ++i)
    to += "=?utf-8?B?TmfDtCBWxINuIE5hbQ==?= <nguoi.nhan." + std::to_string(i) + "@tinh.example>,\r\n ";
  Notes notes;
  (void)read_header(to + "x@y\r\n\r\n", notes);
  EXPECT_FALSE(has_note(notes, "mime.header-too-big"));
}

TEST(Parameters, AreJoinedAndDecodedAsRfc2231Says) {
  Notes notes;
  const Structured field = read_structured(
      "Attachment; filename*1*=%BAch.; filename*0*=utf-8'vi'L%E1%BB%8B%E1; filename*2=txt (note)", notes);
  EXPECT_EQ(field.value, "attachment");
  ASSERT_NE(field.first("filename"), nullptr);
  EXPECT_EQ(field.first("filename")->charset, "utf-8");
  EXPECT_EQ(field.first("filename")->value,
            "L\xE1\xBB\x8B\xE1\xBA"
            "ch.txt");
  EXPECT_FALSE(field.loose);
}

struct ParameterCase {
  const char* name;
  std::string_view text;
  bool loose;
  std::string_view value;  ///< of the parameter "b"
};
class ParameterReading : public testing::TestWithParam<ParameterCase> {};
TEST_P(ParameterReading, IsAsAPatientReaderWould) {
  Notes notes;
  const Structured field = read_structured(GetParam().text, notes);
  const Parameter* parameter = field.first("b");
  ASSERT_NE(parameter, nullptr);
  EXPECT_EQ(parameter->value, GetParam().value);
  EXPECT_EQ(field.loose || parameter->loose, GetParam().loose);
}
INSTANTIATE_TEST_SUITE_P(Forms, ParameterReading,
                         testing::Values(ParameterCase{"token", "a/c; b=x", false, "x"},
                                         ParameterCase{"quoted", "a/c; b=\"x\\\" y\"", false, "x\" y"},
                                         ParameterCase{"comments", "(q) a/c (r(s)); (t) b (u) = (v) x (w)", false, "x"},
                                         ParameterCase{"last_semicolon", "a/c; b=x;", false, "x"},
                                         ParameterCase{"double_semicolon", "a/c;; b=x", true, "x"},
                                         ParameterCase{"no_semicolon", "a/c b=x; b=y", true, "y"},
                                         ParameterCase{"unclosed", "a/c; b=\"x", true, "x"},
                                         ParameterCase{"blanks", "a/c; b=x y.txt", true, "x y.txt"},
                                         ParameterCase{"gap", "a/c; b*0=x; b*2=y", true, "xy"},
                                         ParameterCase{"bad_percent", "a/c; b*=utf-8''%zz", true, "%zz"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Parameters, GivenTwiceAreNoted) {
  Notes notes;
  (void)read_structured("multipart/mixed; boundary=a; boundary=b", notes);
  EXPECT_TRUE(has_note(notes, "mime.duplicate-parameter"));
}

struct BoundaryCase {
  const char* name;
  std::string_view body;
  std::size_t parts;
  std::string_view id;
};
class MultipartReading : public testing::TestWithParam<BoundaryCase> {};
TEST_P(MultipartReading, FindsThePartsAndNamesWhatIsOdd) {
  Notes notes;
  const Multipart split = split_multipart(GetParam().body, "b", notes);
  EXPECT_EQ(split.parts.size(), GetParam().parts);
  if (GetParam().id.empty())
    EXPECT_TRUE(notes.empty());
  else
    EXPECT_TRUE(has_note(notes, GetParam().id));
}
INSTANTIATE_TEST_SUITE_P(
    Delimiters, MultipartReading,
    testing::Values(
        BoundaryCase{"plain", "pre\r\n--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--\r\npost", 2, ""},
        BoundaryCase{"padded", "--b \t\r\n\r\n1\r\n--b-- \r\n", 1, ""},
        BoundaryCase{"not_at_line_start", "--b\r\n\r\nx--b\r\n--b--", 1, ""},
        BoundaryCase{"longer_line", "--b\r\n\r\n1\r\n--bx\r\n\r\n2\r\n--b--\r\n", 1, "mime.ambiguous-boundary"},
        BoundaryCase{"no_end", "--b\r\n\r\n1", 1, "mime.missing-terminator"},
        BoundaryCase{"after_end", "--b\r\n\r\n1\r\n--b--\r\n--b\r\n\r\n2\r\n--b--\r\n", 2, "mime.part-after-end"},
        BoundaryCase{"empty", "--b--\r\n", 0, ""}, BoundaryCase{"none", "text\r\n", 0, ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Multipart, GivesThePartWithoutTheLineEndOfTheDelimiter) {
  Notes notes;
  const Multipart split = split_multipart("--b\r\nA: b\r\n\r\ntext\r\n\r\n--b--\r\n", "b", notes);
  ASSERT_EQ(split.parts.size(), 1U);
  EXPECT_EQ(split.parts[0], "A: b\r\n\r\ntext\r\n");
}

struct Base64Case {
  const char* name;
  std::string_view text;
  std::string_view octets;
  bool good;
};
class Base64Decoding : public testing::TestWithParam<Base64Case> {};
TEST_P(Base64Decoding, NotesWhatNoEncoderWrites) {
  Notes notes;
  EXPECT_EQ(decode_base64(GetParam().text, notes).octets, GetParam().octets);
  EXPECT_EQ(notes.empty(), GetParam().good);
}
INSTANTIATE_TEST_SUITE_P(
    Forms, Base64Decoding,
    testing::Values(Base64Case{"whole", "YWJj", "abc", true}, Base64Case{"padded", "YWI=\r\n", "ab", true},
                    Base64Case{"two_pads", "YQ==", "a", true}, Base64Case{"lines", "YW\r\nJj\r\n", "abc", true},
                    Base64Case{"no_pad", "YWI", "ab", false}, Base64Case{"stray", "YW!Jj", "abc", false},
                    Base64Case{"two_pieces", "YQ==YmM=", "abc", false}, Base64Case{"bits", "YR==", "a", false},
                    Base64Case{"pad_first", "=YWJj", "abc", false},
                    Base64Case{"footer", "YWI=\r\n-- list", "ab", false},
                    Base64Case{"footer_without_padding", "YWJj\r\n\r\n-- list", "abc", false},
                    Base64Case{"empty", "", "", true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Base64, OfAnEncoderIsDecodedWhereverItsLinesEnd) {
  std::mt19937 random{20161};
  for (std::size_t size = 0; size < 300; ++size) {
    std::string octets(size, '\0');
    for (char& one : octets) one = static_cast<char>(random() & 0xFFU);
    std::string letters = samples::base64(octets);
    letters.erase(std::remove_if(letters.begin(), letters.end(), [](char c) { return c == '\r' || c == '\n'; }),
                  letters.end());
    for (const std::size_t width : {1U, 3U, 4U, 60U, 75U, 76U, 1000U}) {
      std::string lines;
      for (std::size_t at = 0; at < letters.size(); at += width) lines += letters.substr(at, width) + " \r\n";
      Notes notes;
      EXPECT_EQ(decode_base64(lines, notes).octets, octets) << size << " in lines of " << width;
      EXPECT_TRUE(notes.empty());
    }
  }
}

struct QuotedCase {
  const char* name;
  std::string_view text;
  std::string_view octets;
  bool good;
};
class QuotedPrintableDecoding : public testing::TestWithParam<QuotedCase> {};
TEST_P(QuotedPrintableDecoding, StaysInsideItsInput) {
  Notes notes;
  const std::string exact(GetParam().text);  // so that a sanitizer sees a step too far
  EXPECT_EQ(decode_quoted_printable(exact, false, notes).octets, GetParam().octets);
  EXPECT_EQ(notes.empty(), GetParam().good);
}
INSTANTIATE_TEST_SUITE_P(
    Forms, QuotedPrintableDecoding,
    testing::Values(QuotedCase{"escape", "a=3Db", "a=b", true}, QuotedCase{"small", "=c3=a9", "\xC3\xA9", true},
                    QuotedCase{"soft", "a=\r\nb", "ab", true}, QuotedCase{"soft_padding", "a= \t\r\nb", "ab", true},
                    QuotedCase{"trailing_blank", "a \r\nb", "a\r\nb", true}, QuotedCase{"cut_off", "a=4", "a=4", false},
                    QuotedCase{"lone_equals", "a=", "a", true}, QuotedCase{"bad", "a=XYb", "a=XYb", false}),
    [](const auto& row) { return std::string(row.param.name); });

struct InlineCase {
  const char* name;
  std::string_view text;
  std::string_view method;
};
class InlineFiles : public testing::TestWithParam<InlineCase> {};
TEST_P(InlineFiles, AreFoundInText) {
  const auto files = inline_files(GetParam().text);
  if (GetParam().method.empty()) {
    EXPECT_TRUE(files.empty());
  } else {
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0].method, GetParam().method);
  }
}
INSTANTIATE_TEST_SUITE_P(
    Methods, InlineFiles,
    testing::Values(InlineCase{"uuencode", "xem\r\nbegin 644 a.exe\r\n#0V%T\r\n`\r\nend\r\n", "uuencode"},
                    InlineCase{"base64", "begin-base64 644 a\r\nYWJj\r\n====\r\n", "base64"},
                    InlineCase{"yenc", "=ybegin line=128 size=3 name=a\r\nabc\r\n=yend size=3\r\n", "yenc"},
                    InlineCase{"binhex", "(This file must be converted with BinHex 4.0)\r\n:abc", "binhex"},
                    InlineCase{"sentence", "begin 644 of the story, then\nwe went on.", ""},
                    InlineCase{"ordinary", "begin with this\r\nend\r\n", ""}),
    [](const auto& row) { return std::string(row.param.name); });

struct WordCase {
  const char* name;
  std::string_view raw, text;
};
class HeaderText : public testing::TestWithParam<WordCase> {};
TEST_P(HeaderText, IsShownAsAMailProgramShowsIt) { EXPECT_EQ(header_text(GetParam().raw), GetParam().text); }
INSTANTIATE_TEST_SUITE_P(Forms, HeaderText,
                         testing::Values(WordCase{"plain", "Thu moi", "Thu moi"},
                                         WordCase{"b", "=?utf-8?B?VsSDbiB0aMawIA==?= x", "Văn thư  x"},
                                         WordCase{"q", "=?UTF-8?Q?V=C4=83n_th=C6=B0?=", "Văn thư"},
                                         WordCase{"split_inside_a_letter", "=?utf-8?Q?V=C4?= =?utf-8?Q?=83n?=", "Văn"},
                                         WordCase{"windows_1258", "=?windows-1258?Q?M=E2=F2t?=", "Mật"},
                                         WordCase{"language", "=?utf-8*vi?Q?a?=", "a"},
                                         WordCase{"raw_utf8", "Mật", "Mật"},
                                         WordCase{"no_word", "=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
                                         WordCase{"open", "=?utf-8?Q?abc", "=?utf-8?Q?abc"},
                                         WordCase{"unknown_charset", "=?x-none?Q?abc?=", "abc"}),
                         [](const auto& row) { return std::string(row.param.name); });

struct AddressCase {
  const char* name;
  std::string_view value;
  std::vector<filters::Author> list;
  bool good;
  bool strange = false;
};
class AddressList : public testing::TestWithParam<AddressCase> {};
TEST_P(AddressList, IsReadAsRfc5322Says) {
  const Addresses addresses = read_addresses(GetParam().value);
  EXPECT_EQ(addresses.good, GetParam().good);
  EXPECT_EQ(addresses.strange, GetParam().strange);
  ASSERT_EQ(addresses.list.size(), GetParam().list.size());
  for (std::size_t i = 0; i < addresses.list.size(); ++i) {
    EXPECT_EQ(addresses.list[i].name, GetParam().list[i].name);
    EXPECT_EQ(addresses.list[i].address, GetParam().list[i].address);
  }
}
using filters::Author;
INSTANTIATE_TEST_SUITE_P(
    Forms, AddressList,
    testing::Values(
        AddressCase{"plain", "a@b.vn", {{"", "a@b.vn"}}, true},
        AddressCase{"angle", "Van thu <a@b.vn>", {{"Van thu", "a@b.vn"}}, true},
        AddressCase{"quoted", "\"Thu, Van\" <a@b.vn>, c@d", {{"Thu, Van", "a@b.vn"}, {"", "c@d"}}, true, true},
        AddressCase{"encoded", "=?utf-8?Q?V=C4=83n?= <a@b.vn>", {{"Văn", "a@b.vn"}}, true},
        AddressCase{"group", "Ban: a@b, C <c@d>;", {{"", "a@b"}, {"C", "c@d"}}, true, true},
        AddressCase{"empty_group", "undisclosed-recipients:;", {}, true},
        AddressCase{"comment", "a@b.vn (Van thu)", {{"Van thu", "a@b.vn"}}, true},
        AddressCase{"comment_and_name", "Van thu (VPTU) <a@b.vn>", {{"Van thu (VPTU)", "a@b.vn"}}, true},
        AddressCase{"comments", "(x) a@b.vn (y(z))", {{"(x) (y(z))", "a@b.vn"}}, true},
        AddressCase{"comment_encoded", "a@b.vn (=?utf-8?Q?V=C4=83n?=)", {{"Văn", "a@b.vn"}}, true},
        AddressCase{"comment_inside", "a(x)@b.vn", {{"x", "a@b.vn"}}, false},
        AddressCase{"comment_in_angle", "<a@b.vn(x)>", {{"x", "a@b.vn"}}, false},
        AddressCase{"comment_open", "a@b.vn (x", {{"x", "a@b.vn"}}, false},
        AddressCase{"blanks_inside", "a @ b . vn", {{"", "a@b.vn"}}, false},
        AddressCase{"folded", "Van thu\t <a@b.vn>", {{"Van thu", "a@b.vn"}}, true},
        AddressCase{"encoded_address", "<=?utf-8?q?a=40b.vn?=@c.vn>", {{"", "=?utf-8?q?a=40b.vn?=@c.vn"}}, false},
        AddressCase{"blank_in_angle", "<a b@c.vn>", {{"", "ab@c.vn"}}, false},
        AddressCase{"blanks_around", "< a@c.vn >", {{"", "a@c.vn"}}, true},
        AddressCase{"address_before", "x@y.vn <a@c.vn>", {{"x@y.vn", "a@c.vn"}}, false},
        AddressCase{"itself_before", "A@c.vn <a@c.vn>", {{"A@c.vn", "a@c.vn"}}, true},
        AddressCase{"percent", "a%b@c.vn", {{"", "a%b@c.vn"}}, true, true},
        AddressCase{"bang", "a!b@c.vn", {{"", "a!b@c.vn"}}, true, true},
        AddressCase{"route", "<@a.vn:b@c.vn>", {{"", "@a.vn:b@c.vn"}}, false},
        AddressCase{"quoted_at", "\"a@b.vn\"@c.vn", {{"", "\"a@b.vn\"@c.vn"}}, false},
        AddressCase{"quoted_plain", "\"ab\"@c.vn", {{"", "\"ab\"@c.vn"}}, true, true},
        AddressCase{"u_label", "a@t\u1EC9nh.vn", {{"", "a@t\u1EC9nh.vn"}}, true},
        AddressCase{"a_label", "a@xn--tnh-dlz.vn", {{"", "a@xn--tnh-dlz.vn"}}, true},
        AddressCase{"bad_label", "a@xn--0049.vn", {{"", "a@xn--0049.vn"}}, false},
        AddressCase{"full_width_at", "a\uFF20b.vn@c.vn", {{"", "a\uFF20b.vn@c.vn"}}, false},
        AddressCase{"control_in_name", "=?utf-8?q?a=0Ab?= <a@b.vn>", {{"a\nb", "a@b.vn"}}, false},
        AddressCase{"literal", "a@[192.0.2.1]", {{"", "a@[192.0.2.1]"}}, true, true},
        AddressCase{"quoted_local", "\"a b\"@c", {{"", "\"a b\"@c"}}, true, true},
        AddressCase{"address_as_name", "\"x@y\" <a@b>", {{"x@y", "a@b"}}, true, true},
        AddressCase{"two_in_one", "a@b c@d", {{"a@b c@d", ""}}, false},
        AddressCase{"two_angles", "<a@b> <c@d>", {{"", "c@d"}}, false, true},
        AddressCase{"two_ats", "a@b@c", {{"", "a@b@c"}}, false},
        AddressCase{"no_at", "Van thu", {{"Van thu", ""}}, false},
        AddressCase{"open_angle", "A <a@b", {{"A", "a@b"}}, false, true}, AddressCase{"nothing", "", {}, true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(AddressList, SaysWhetherAGroupStoodThere) {
  EXPECT_TRUE(read_addresses("Ban: a@b.vn;").group);
  EXPECT_TRUE(read_addresses("undisclosed:;").group);
  EXPECT_FALSE(read_addresses("\"Ban: a\" <a@b.vn>").group);
}

struct ResentCase {
  const char* name;
  std::string_view header;
  std::vector<std::string> from;  ///< addresses of Resent-From, a block joined by '+'
};
class Resendings : public testing::TestWithParam<ResentCase> {};
TEST_P(Resendings, AreReadInBlocks) {
  const filters::Facts facts = analyse(std::string(GetParam().header) + "From: <a@b.vn>\r\n\r\nx\r\n");
  std::vector<std::string> from;
  for (const filters::Resent& block : facts.resent) {
    from.emplace_back();
    for (const filters::Author& one : block.from) from.back() += (from.back().empty() ? "" : "+") + one.address;
  }
  EXPECT_EQ(from, GetParam().from);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc5322, Resendings,
    testing::Values(
        ResentCase{"none", "Subject: x\r\n", {}},
        ResentCase{"one", "Resent-From: <x@y.vn>\r\nResent-To: <z@y.vn>\r\n", {"x@y.vn"}},
        ResentCase{"parted", "Resent-From: <x@y.vn>\r\nReceived: z\r\nResent-From: <w@y.vn>\r\n", {"x@y.vn", "w@y.vn"}},
        ResentCase{"side_by_side",
                   "Resent-From: <x@y.vn>\r\nResent-To: <z@y.vn>\r\nResent-From: <w@y.vn>\r\n",
                   {"x@y.vn", "w@y.vn"}},
        ResentCase{"several_authors", "Resent-From: <x@y.vn>, <w@y.vn>\r\n", {"x@y.vn+w@y.vn"}},
        ResentCase{"without_author", "Resent-Date: x\r\n", {""}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Resendings, KeepToTheirBound) {
  for (const std::size_t more : {0U, 1U}) {
    std::string header;
    for (std::size_t i = 0; i < limits::resent_blocks + more; ++i) header += "Resent-From: <x@y.vn>\r\n";
    const filters::Facts facts = analyse(header + "From: <a@b.vn>\r\n\r\nx\r\n");
    EXPECT_EQ(facts.resent.size(), limits::resent_blocks);
    EXPECT_EQ(std::any_of(facts.findings.begin(), facts.findings.end(),
                          [](const auto& one) { return one.id == "header.bad-author"; }),
              more == 1);
  }
}

struct NameCase {
  const char* name;
  std::string_view file, extension;
};
class FileName : public testing::TestWithParam<NameCase> {};
TEST_P(FileName, HasTheExtensionADesktopActsOn) { EXPECT_EQ(extension_of(GetParam().file), GetParam().extension); }
INSTANTIATE_TEST_SUITE_P(Tricks, FileName,
                         testing::Values(NameCase{"plain", "a.PDF", "pdf"}, NameCase{"none", "readme", ""},
                                         NameCase{"trailing_dot", "a.exe. .", "exe"},
                                         NameCase{"stream", "a.exe::$DATA", "exe"},
                                         NameCase{"full_width", "a．ｅｘｅ", "exe"},
                                         NameCase{"zero_width", "a.e\u200Bxe", "exe"},
                                         NameCase{"override", "a\u202Excod.exe", "exe"},
                                         NameCase{"blanks", "a.pdf                     .exe", "exe"}),
                         [](const auto& row) { return std::string(row.param.name); });

// ---- whole messages

struct MessageCase {
  const char* name;
  std::string text;
  std::string_view id;
};
class WholeMessage : public testing::TestWithParam<MessageCase> {};
TEST_P(WholeMessage, HasTheFinding) {
  const filters::Facts facts = analyse(GetParam().text);
  EXPECT_TRUE(samples::has(facts, GetParam().id)) << samples::ids(facts);
}

std::string nested(std::size_t levels) {
  std::string text = samples::head("Content-Type: text/plain\r\n\r\nx\r\n");
  for (std::size_t i = 0; i < levels; ++i) text = samples::head("Content-Type: message/rfc822\r\n\r\n") + text;
  return text;
}
std::string many_parts(std::size_t count) {
  std::string text = samples::head("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
  for (std::size_t i = 0; i < count; ++i) text += "--b\r\n\r\n" + std::to_string(i) + "\r\n";
  return text + "--b--\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    Faults, WholeMessage,
    testing::Values(
        MessageCase{"bare_lf", samples::head("\r\n") + "a\nb\r\n", "mime.bare-line-end"},
        MessageCase{"bare_cr", samples::head("\r\n") + "a\rb\r\n", "mime.bare-line-end"},
        MessageCase{"nul", samples::head("\r\n") + std::string("a\0b\r\n", 5), "mime.nul"},
        MessageCase{"external_body", samples::head("Content-Type: message/external-body; access-type=x\r\n\r\n"),
                    "mime.partial"},
        MessageCase{
            "encoded_multipart",
            samples::head("Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n") +
                samples::base64("--b\r\n\r\nx\r\n--b--\r\n"),
            "mime.encoded-multipart"},
        MessageCase{"no_boundary", samples::head("Content-Type: multipart/mixed\r\n\r\nx\r\n"),
                    "mime.ambiguous-boundary"},
        MessageCase{"two_froms", "From: a@b\r\nFrom: c@d\r\n\r\n", "mime.duplicate-field"},
        MessageCase{"no_from", "To: a@b\r\n\r\n", "header.missing-from"},
        MessageCase{"bad_from", "From: nobody\r\n\r\n", "header.bad-author"},
        MessageCase{"too_deep", nested(limits::mime_depth + 1), "mime.too-deep"},
        MessageCase{"far_too_deep", nested(3000), "mime.readings-differ"},
        MessageCase{"too_many_parts", many_parts(limits::mime_parts), "mime.too-many-parts"},
        MessageCase{"comments", "From: a@b\r\nContent-Type: text/plain " + std::string(30000, '(') + "\r\n\r\n",
                    "mime.readings-differ"},
        MessageCase{"hidden_in_epilogue",
                    samples::head("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n") +
                        "begin 644 a.exe\r\n#0V%T\r\n`\r\nend\r\n",
                    "mime.inline-file"},
        MessageCase{"pgp", samples::with_text("-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n-----END PGP MESSAGE-----"),
                    "content.encrypted"},
        MessageCase{"names_differ",
                    samples::head("Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; "
                                  "filename=a.exe\r\n\r\nx\r\n"),
                    "name.differs"},
        MessageCase{"double_extension", samples::with_file("bao-cao.pdf.exe", "x"), "name.double-extension"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(WholeMessage, SaysWhereAFindingStands) {
  const std::string text =
      "From: a@b.vn\r\nno field\r\nSubject: x\r\nSubject: y\r\nContent-Type: multipart/mixed; "
      "boundary=b\r\n\r\n--b\r\n\r\nx\r\n--bx\r\n--b\r\nContent-Transfer-Encoding: "
      "base64\r\n\r\nAA!AA==\r\n--b--\r\n";
  const filters::Facts facts = analyse(text);
  const auto at = [&](std::string_view id) {
    const filters::Finding* found = samples::finding(facts, id);
    return found == nullptr || !found->offset ? std::string::npos : static_cast<std::size_t>(*found->offset);
  };
  EXPECT_EQ(at("mime.bad-header"), text.find("no field"));
  EXPECT_EQ(at("mime.duplicate-field"), text.find("Subject: y"));
  EXPECT_EQ(at("mime.ambiguous-boundary"), text.find("--bx"));
  EXPECT_EQ(at("mime.bad-base64"), text.find("AA!AA"));
}

TEST(WholeMessage, MayNestToTheLimitAndHaveAsManyParts) {
  for (const std::string& text : {nested(limits::mime_depth - 1), many_parts(limits::mime_parts - 1)}) {
    const filters::Facts facts = analyse(text);
    EXPECT_TRUE(facts.findings.empty()) << samples::ids(facts).substr(0, 300);
  }
}

TEST(WholeMessage, ReportsWhatTheFilterChainAsksFor) {
  const filters::Facts facts = analyse(
      "Received: x\r\nReceived: y\r\nFrom: =?utf-8?Q?V=C4=83n?= <a@b>\r\nSender: c@d\r\nReply-To: e@f\r\nTo: g@h\r\n"
      "Cc: i@j, k@l\r\nSubject: =?utf-8?B?SOG7jXA=?=\r\nMessage-ID: <1@b>\r\nDate: Tue, 06 Jan 2026 09:00:00 "
      "+0700\r\n\r\nx\r\n");
  EXPECT_EQ(facts.received_fields, 2U);
  EXPECT_EQ(facts.from_fields, 1U);
  ASSERT_EQ(facts.from.size(), 1U);
  EXPECT_EQ(facts.from[0].name, "Văn");
  EXPECT_EQ(facts.cc.size(), 2U);
  EXPECT_EQ(facts.subject, "Họp");
  EXPECT_EQ(facts.message_id, "<1@b>");
  ASSERT_EQ(facts.parts.size(), 1U);
  EXPECT_EQ(facts.parts[0].path, "1");
  EXPECT_TRUE(facts.parts[0].text_read);
}

TEST(WholeMessage, MayBeEmpty) {
  const filters::Facts facts = analyse("");
  EXPECT_EQ(facts.octets, 0U);
  EXPECT_TRUE(samples::has(facts, "header.missing-from"));
}

TEST(WholeMessage, ForwardedInBase64IsReadWithoutBlame) {
  // Web mailers send attached messages like this, against RFC 2045 §6.4.
  const std::string text = samples::head(
                               "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n"
                               "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n") +
                           samples::base64(samples::with_text("xin chào")) + "\r\n--b--\r\n";
  const filters::Facts facts = analyse(text);
  ASSERT_EQ(facts.findings.size(), 1U) << samples::ids(facts);
  EXPECT_EQ(facts.findings[0].id, "mime.encoded-message");
  ASSERT_EQ(facts.parts.size(), 3U);
  EXPECT_EQ(facts.parts[2].path, "2.1");
}

/// Multipart and part as given, and in the part a file of every octet there is.
std::string binary_message(const std::string& outer, const std::string& inner, const std::string& more = "") {
  std::string octets;
  for (int i = 0; i < 256; ++i) octets += static_cast<char>(i);
  octets += "\r\r\n\n\r" + more;
  return samples::head("Content-Type: multipart/mixed; boundary=b\r\n" + outer + "\r\n--b\r\n\r\nx\r\n--b\r\n" + inner +
                       "\r\n" + octets + "\r\n--b--\r\n");
}
constexpr const char* binary = "Content-Transfer-Encoding: binary\r\n";
constexpr const char* binary_file = "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n";

TEST(WholeMessage, MayHoldAnyOctetInAPartThatIsBinary) {
  const std::string text = binary_message(binary, binary_file);
  const filters::Facts facts = analyse(text);
  EXPECT_FALSE(samples::has(facts, "mime.bare-line-end")) << samples::ids(facts);
  EXPECT_FALSE(samples::has(facts, "mime.nul")) << samples::ids(facts);
  EXPECT_FALSE(samples::has(facts, "mime.readings-differ")) << samples::ids(facts);
  ASSERT_EQ(facts.parts.size(), 2U);
  const std::size_t begin = text.find(std::string("\0\1", 2));
  const std::string octets = text.substr(begin, text.find("\r\n--b--") - begin);
  EXPECT_EQ(facts.parts[1].sha256, hex(sha256(octets))) << "octet for octet";
}

class BinaryElsewhere : public testing::TestWithParam<MessageCase> {};
TEST_P(BinaryElsewhere, IsBlamed) {
  const filters::Facts facts = analyse(GetParam().text);
  EXPECT_TRUE(samples::has(facts, GetParam().id)) << samples::ids(facts);
  EXPECT_TRUE(samples::has(facts, "mime.nul")) << samples::ids(facts);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc3030, BinaryElsewhere,
    testing::Values(
        MessageCase{"not_said", binary_message(binary, "Content-Type: application/octet-stream\r\n"),
                    "mime.bare-line-end"},
        MessageCase{"not_said_outside", binary_message("", binary_file), "mime.bare-line-end"},
        MessageCase{"eight_bit", binary_message("Content-Transfer-Encoding: 8bit\r\n", binary_file),
                    "mime.bare-line-end"},
        MessageCase{"text", binary_message(binary, std::string("Content-Type: text/plain\r\n") + binary),
                    "mime.bare-line-end"},
        MessageCase{"said_twice",
                    binary_message(binary, binary_file + std::string("Content-Transfer-Encoding: 8bit\r\n")),
                    "mime.bare-line-end"},
        MessageCase{"two_types", binary_message(binary, binary_file + std::string("Content-Type: text/html\r\n")),
                    "mime.bare-line-end"},
        MessageCase{"delimiter_after_lf", binary_message(binary, binary_file, "\n--b\n\nhidden"), "mime.bare-line-end"},
        MessageCase{"delimiter_after_cr", binary_message(binary, binary_file, "\r--b\r\rhidden"), "mime.bare-line-end"},
        MessageCase{"in_a_header", "X: a\nY: b\r\n" + binary_message(binary, binary_file), "mime.bare-line-end"},
        MessageCase{"in_the_preamble", binary_message(std::string(binary) + "\r\na\nb\r\n", binary_file),
                    "mime.bare-line-end"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(WholeMessage, SavedWithTheLineEndsOfUnixIsReadWithoutBlameWhenAttached) {
  std::string saved = samples::with_text("xin chào");
  saved.erase(std::remove(saved.begin(), saved.end(), '\r'), saved.end());
  const filters::Facts facts = analyse(samples::with_file("thu.eml", saved));
  EXPECT_TRUE(facts.findings.empty()) << samples::ids(facts);
  ASSERT_EQ(facts.parts.size(), 3U);
  EXPECT_EQ(facts.parts[1].type, "message/rfc822");
}

}  // namespace
}  // namespace vanthu::inspect
