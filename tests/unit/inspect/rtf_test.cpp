// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "document_samples.hpp"
#include "filters/inspect/document/readers.hpp"
#include "gateway/base/digest.hpp"
#include "samples.hpp"

namespace vanthu::inspect {
namespace {

using samples::all_room;
using samples::noted;
using samples::notes_of;

std::string number(std::size_t value) {
  std::string out;
  for (int i = 0; i < 4; ++i) out += static_cast<char>(value >> (8 * i) & 255U);
  return out;
}
std::string counted(const std::string& text) { return number(text.size() + 1) + text + '\0'; }
std::string ole1(const std::string& name, const std::string& native) {
  return number(0x501) + number(2) + counted(name) + number(0) + number(0) + number(native.size()) + native;
}
std::string package(const std::string& name, const std::string& octets) {
  return std::string("\2\0", 2) + name + '\0' + "C:\\" + name + '\0' + std::string("\0\0\3\0", 4) +
         counted("C:\\" + name) + number(octets.size()) + octets;
}
std::string object(const std::string& octets) {
  return "{\\rtf1 xin chao{\\object\\objemb{\\*\\objclass Package}{\\*\\objdata " + octets + "}{\\result a}}}";
}
const std::string ole2 = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(600, '\x07');

TEST(RtfDocument, OfPlainWordsHasNothingToSay) {
  const Document read = read_rtf_document("{\\rtf1\\ansi{\\*\\template C:\\\\Normal.dotm}xin chao\\par}\r\n", all_room);
  EXPECT_TRUE(read.notes.empty() && read.files.empty()) << notes_of(read);
  EXPECT_EQ(samples::text_of(read), "xin chao\n");
}

TEST(RtfDocument, EmbeddedFilesComeBack) {
  const Document packed = read_rtf_document(object(hex(ole1("Package", package("a.vbs", "MsgBox 1")))), all_room);
  EXPECT_TRUE(noted(packed, "content.active", "embedded object"));
  ASSERT_EQ(packed.files.size(), 1U);
  EXPECT_EQ(packed.files[0].name, "a.vbs");
  EXPECT_EQ(packed.files[0].octets, "MsgBox 1");
  const Document document = read_rtf_document(object(hex(ole1("Word.Document.8", ole2))), all_room);
  ASSERT_EQ(document.files.size(), 1U);
  EXPECT_EQ(document.files[0].octets, ole2);
}

TEST(RtfDocument, EmbeddedFilesAreFoundHoweverTheyAreWritten) {
  const std::string digits = hex(ole1("Word.Document.8", ole2));
  std::string spread;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    spread += digits[i];
    if (i % 7 == 3) spread += "\r\n ";
    if (i % 31 == 5) spread += "{\\*\\foo}";
  }
  const std::string raw = ole1("Word.Document.8", ole2);
  for (const std::string& form :
       {spread, "\\bin" + std::to_string(raw.size()) + " " + raw, hex("rubbish in front of it" + ole2), digits + "0"}) {
    const Document read = read_rtf_document(object(form), all_room);
    ASSERT_EQ(read.files.size(), 1U) << notes_of(read);
    EXPECT_EQ(read.files[0].octets.substr(0, ole2.size()), ole2);
  }
  const Document open = read_rtf_document("{\\rtf1{\\object{\\objdata " + digits, all_room);
  EXPECT_EQ(open.files.size(), 1U) << "not closed";
  const Document strange = read_rtf_document(object("4d5a9000"), all_room);
  ASSERT_EQ(strange.files.size(), 1U);
  EXPECT_EQ(strange.files[0].octets, std::string("MZ\x90\0", 4));
}

struct RtfCase {
  const char* name;
  std::string rtf;
  std::string_view id, detail;
};
class RtfNotes : public testing::TestWithParam<RtfCase> {};
TEST_P(RtfNotes, SayWhatItDoes) {
  const Document read = read_rtf_document(GetParam().rtf, all_room);
  EXPECT_TRUE(noted(read, GetParam().id, GetParam().detail)) << notes_of(read);
}
INSTANTIATE_TEST_SUITE_P(
    Rtf, RtfNotes,
    testing::Values(
        RtfCase{"dde", "{\\rtf1{\\field{\\*\\fldinst DDEAUTO c:\\\\a.exe b}{\\fldrslt x}}}", "content.dde", ""},
        RtfCase{"dde_in_pieces", "{\\rtf1{\\field{\\*\\fldinst {\\b D}{D}{\\u69?}{ x y}}{\\fldrslt x}}}", "content.dde",
                ""},
        RtfCase{"dde_in_hexadecimal", "{\\rtf1{\\field{\\*\\fldinst \\'44\\'44\\'45 x}}}", "content.dde", ""},
        RtfCase{"dde_inside_a_field",
                "{\\rtf1{\\field{\\*\\fldinst IF 1 {\\field{\\*\\fldinst DDE x y}{\\fldrslt a}}}}}", "content.dde", ""},
        RtfCase{"include", "{\\rtf1{\\field{\\*\\fldinst INCLUDETEXT \"http://x/a.rtf\"}}}", "content.active",
                "field includetext"},
        RtfCase{"picture", "{\\rtf1{\\field{\\*\\fldinst INCLUDEPICTURE \"http://x/a.png\" \\\\d}}}",
                "content.external-link", "field includepicture"},
        RtfCase{"hyperlink", "{\\rtf1{\\field{\\*\\fldinst HYPERLINK \"https://x\"}{\\fldrslt a}}}",
                "content.external-link", "hyperlink"},
        RtfCase{"template", "{\\rtf1{\\*\\template http://x/a.dotm}}", "content.active", "attachedTemplate"},
        RtfCase{"update", "{\\rtf1{\\object\\objautlink\\objupdate}}", "content.active", "linked object"},
        RtfCase{"activex", "{\\rtf1{\\object\\objocx}}", "content.active", "ActiveX"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RtfDocument, LinkedObjectsNameWhereTheyLead) {
  const Document read = read_rtf_document(
      object(hex(number(0x501) + number(1) + counted("htmlfile") + counted("ms-msdt:/id x") + counted("a"))), all_room);
  EXPECT_TRUE(noted(read, "content.active", "linked object")) << notes_of(read);
  EXPECT_TRUE(noted(read, "content.active", "link to a program")) << notes_of(read);
}

TEST(RtfDocument, WhatStandsBehindTheEndIsAFile) {
  const Document read = read_rtf_document("{\\rtf1 a}MZ" + std::string(100, 'x'), all_room);
  ASSERT_EQ(read.files.size(), 1U);
  EXPECT_EQ(read.files[0].octets.substr(0, 2), "MZ");
}

}  // namespace
}  // namespace vanthu::inspect
