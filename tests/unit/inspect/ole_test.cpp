// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>

#include "document_samples.hpp"
#include "filters/inspect/analyse.hpp"
#include "filters/inspect/document/lzfu.hpp"
#include "filters/inspect/document/ole_parts.hpp"
#include "filters/inspect/document/readers.hpp"
#include "gateway/base/limits.hpp"
#include "ole_writer.hpp"
#include "samples.hpp"
#include "zip_writer.hpp"

namespace vanthu::inspect {
namespace {

using namespace std::string_literals;
using samples::all_of;
using samples::all_room;
using samples::biff;
using samples::little;
using samples::noted_exactly;
using samples::ole_of;
using samples::program;
using samples::storage;
using samples::stream;
using samples::utf16;

Document read_nodes(const std::vector<samples::OleNode>& nodes) { return read_ole(ole_of(nodes), all_room); }

std::string word_stream(std::string_view text, unsigned flags = 0) {
  std::string fib = little(0xA5EC, 2) + std::string(8, '\0') + little(flags, 2) + std::string(500, '\0');
  return fib.append(text).append(4096, ' ');
}
std::string excel(const std::string& records) {
  return biff(0x0809, little(0x0600, 2) + little(0x0005, 2) + std::string(12, '\0')) + records + biff(0x000A, "") +
         std::string(4096, '\0');
}
std::string atom(unsigned type, const std::string& data, unsigned version = 0) {
  return little(version, 2) + little(type, 2) + little(data.size(), 4) + data;
}
std::string native(const std::string& label, const std::string& name, const std::string& command,
                   const std::string& octets) {
  const std::string body = little(2, 2) + label + '\0' + name + '\0' + little(3, 4) + little(command.size() + 1, 4) +
                           command + '\0' + little(octets.size(), 4) + octets;
  return little(body.size(), 4) + body;
}

TEST(Ole, TypesAreToldByTheStreams) {
  EXPECT_EQ(read_nodes({stream("WordDocument", word_stream("xin chao"))}).type, "application/msword");
  EXPECT_EQ(read_nodes({stream("Workbook", excel(""))}).type, "application/vnd.ms-excel");
  EXPECT_EQ(read_nodes({stream("PowerPoint Document", atom(0x03E8, "x"))}).type, "application/vnd.ms-powerpoint");
  const Document plain = read_nodes({stream("WordDocument", word_stream("xin chao"))});
  EXPECT_EQ(all_of(plain), "inspect.no-text(application/msword) ");
}

struct OleCase {
  const char* name;
  std::vector<samples::OleNode> nodes;
  std::string id, detail;
};
class OleHolds : public testing::TestWithParam<OleCase> {};
TEST_P(OleHolds, WhatIsNamed) {
  const Document document = read_nodes(GetParam().nodes);
  EXPECT_TRUE(document.readable);
  EXPECT_TRUE(noted_exactly(document, GetParam().id, GetParam().detail)) << all_of(document);
}
INSTANTIATE_TEST_SUITE_P(
    Cases, OleHolds,
    testing::Values(
        OleCase{"vba_in_word",
                {stream("WordDocument", word_stream("x")), storage("Macros", {storage("VBA", {stream("dir", "x")})})},
                "content.macro",
                "VBA"},
        OleCase{"vba_in_excel",
                {stream("Workbook", excel("")), storage("_VBA_PROJECT_CUR", {stream("x", "x")})},
                "content.macro",
                "VBA"},
        OleCase{"vba_deep_in_an_object",
                {stream("WordDocument", word_stream("x")),
                 storage("ObjectPool", {storage("_1", {storage("VBA", {stream("dir", "x")})})})},
                "content.macro",
                "VBA"},
        OleCase{"xlm_sheet",
                {stream("Workbook", excel(biff(0x0085, little(0, 4) + "\0\x01\x03\0abc"s)))},
                "content.macro",
                "XLM"},
        OleCase{"dde_in_excel",
                {stream("Workbook", excel(biff(0x01AE, little(0, 2) + little(7, 2) + "\0cmd\x03 /c"s)))},
                "content.dde",
                "link"},
        OleCase{"other_workbook",
                {stream("Workbook", excel(biff(0x01AE, little(1, 2) + little(5, 2) +
                                                           "\0\x01"
                                                           "a.xl"s)))},
                "content.external-link",
                "workbook"},
        OleCase{"dde_in_word", {stream("WordDocument", word_stream("\x13 DDEAUTO c:\\\\a"))}, "content.dde", "field"},
        OleCase{"dde_in_wide_word",
                {stream("WordDocument", word_stream(utf16("\x13"
                                                          "dde \"x\"")))},
                "content.dde",
                "field"},
        OleCase{"included",
                {stream("WordDocument", word_stream("\x13 INCLUDEPICTURE \"http://x\""))},
                "content.external-link",
                "includepicture"},
        OleCase{"macros_in_powerpoint",
                {stream("PowerPoint Document",
                        atom(0x03FF, atom(0x0400, little(1, 4) + little(1, 4) + little(2, 4)), 0xF))},
                "content.macro",
                "VBA"},
        OleCase{"program_behind_a_click",
                {stream("PowerPoint Document", atom(0x0FF3, std::string(8, '\0') + "\x02" + std::string(7, '\0')))},
                "content.active",
                "run program"},
        OleCase{"activex",
                {stream("WordDocument", word_stream("x")),
                 storage("ObjectPool", {storage("_1", {stream("\x03OCXNAME", "x")})})},
                "content.active",
                "ActiveX"},
        OleCase{
            "url_moniker",
            {storage("ObjectPool",
                     {storage("_1", {stream("\x01Ole",
                                            std::string(24, '\0') +
                                                "\xE0\xC9\xEA\x79\xF9\xBA\xCE\x11\x8C\x82\0\xAA\0\x4B\xA9\x0B"s)})})},
            "content.active",
            "remote object"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Ole, LockedOnesAreNamed) {
  for (const auto& nodes : std::vector<std::vector<samples::OleNode>>{
           {stream("EncryptedPackage", "x"), stream("EncryptionInfo", "y")},
           {stream("WordDocument", word_stream("x", 0x0100))},
           {stream("Workbook", excel(biff(0x002F, "xxxxxx")))},
           {stream("PowerPoint Document", atom(0x2F14, "x", 0xF))},
           {stream("PowerPoint Document", "x"), stream("Current User", std::string(12, '\0') + little(0xF3D1C4DF, 4))},
           {storage("\x06"
                    "DataSpaces",
                    {}),
            stream("\x09"
                   "DRMContent",
                   "x")}})
    EXPECT_TRUE(read_nodes(nodes).locked) << nodes[0].name;
}

TEST(Ole, EmbeddedFilesComeOutWithTheNameThatRuns) {
  const Document document = read_nodes(
      {stream("WordDocument", word_stream("x")),
       storage("ObjectPool", {storage("_1", {stream("\x01Ole10Native", native("cong-van.pdf", "C:\\tmp\\a.exe",
                                                                              "C:\\tmp\\a.exe", program))})})});
  ASSERT_EQ(document.files.size(), 1U) << all_of(document);
  EXPECT_EQ(document.files[0].name, "ObjectPool/_1/a.exe");
  EXPECT_EQ(document.files[0].octets, program);
  EXPECT_TRUE(noted_exactly(document, "name.differs", "pdf, exe")) << all_of(document);
}

TEST(Ole, ProgramInAnObjectOfADocIsFound) {
  const std::string doc = ole_of(
      {stream("WordDocument", word_stream("x")),
       storage("ObjectPool", {storage("_1", {stream("\x01Ole10Native", native("a.pdf", "a.pdf", "a.pdf", program))}),
                              storage("_2", {stream("Package", samples::docx_of({"MẬT"}))})})});
  const filters::Facts facts = analyse(samples::with_file("a.doc", doc));
  const filters::Finding* found = samples::finding(facts, "content.executable");
  ASSERT_NE(found, nullptr) << samples::ids(facts);
  EXPECT_EQ(found->part, "2/ObjectPool/_1/a.pdf");
  EXPECT_TRUE(std::any_of(facts.parts.begin(), facts.parts.end(), [](const auto& part) {
    return part.type == "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  }));
}

TEST(Ole, ObjectsOfPowerpointAreUnpacked) {
  const std::string inner = ole_of({storage("VBA", {stream("dir", "x")})});
  std::string packed(inner.size() + 100, '\0');
  uLongf size = packed.size();
  ASSERT_EQ(compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(inner.data()),
                     inner.size()),
            Z_OK);
  packed.resize(size);
  const std::string ppt = ole_of(
      {stream("PowerPoint Document", atom(0x1011, little(inner.size(), 4) + packed, 0x10) + std::string(4096, '\0'))});
  const filters::Facts facts = analyse(samples::with_file("a.ppt", ppt));
  EXPECT_TRUE(samples::has(facts, "content.macro")) << samples::ids(facts);
}

TEST(Ole, InstallersAreExecutables) {
  const unsigned char id[16] = {0x84, 0x10, 0x0C, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46};
  const filters::Facts facts = analyse(samples::with_file("a.doc", ole_of({stream("x", "y")}, id)));
  EXPECT_TRUE(samples::has(facts, "content.executable")) << samples::ids(facts);
}

std::vector<samples::OleNode> msg_of(const std::string& subject, std::vector<samples::OleNode> more) {
  std::vector<samples::OleNode> nodes{stream("__properties_version1.0", std::string(32, '\0')),
                                      stream("__substg1.0_0037001F", utf16(subject)),
                                      stream("__substg1.0_1000001F", utf16("Kinh gui"))};
  for (auto& node : more) nodes.push_back(std::move(node));
  return nodes;
}
samples::OleNode msg_attachment(const std::string& number, const std::string& name, const std::string& octets) {
  return storage("__attach_version1.0_#0000000" + number,
                 {stream("__properties_version1.0", std::string(8, '\0')), stream("__substg1.0_3707001F", utf16(name)),
                  stream("__substg1.0_37010102", octets)});
}

TEST(Msg, BodyAttachmentsAndAttachedMessagesComeOut) {
  const auto inner = msg_of("thu trong", {msg_attachment("0", "b.pdf", program)});
  const std::string msg = ole_of(
      msg_of("thu", {msg_attachment("0", "a.txt", "xin chao"),
                     storage("__attach_version1.0_#00000001", {stream("__substg1.0_3001001F", utf16("chuyen tiep")),
                                                               storage("__substg1.0_3701000D", inner)})}));
  const filters::Facts facts = analyse(samples::with_file("a.msg", msg));
  ASSERT_GE(facts.parts.size(), 6U) << samples::ids(facts);
  EXPECT_EQ(facts.parts[1].type, "application/vnd.ms-outlook");
  const filters::Finding* found = samples::finding(facts, "content.executable");
  ASSERT_NE(found, nullptr) << samples::ids(facts);
  EXPECT_EQ(found->part, "2/chuyen tiep/b.pdf");
  EXPECT_FALSE(samples::has(facts, "inspect.unsupported-container")) << samples::ids(facts);
  const Document document = read_ole(msg, all_room);
  ASSERT_FALSE(document.files.empty());
  EXPECT_EQ(document.files[0].name, "body.txt");
  EXPECT_EQ(document.files[0].octets, "thu\n\nKinh gui");
}

TEST(Msg, WhatIsNotThereIsNamed) {
  const Document document = read_nodes(
      msg_of("thu", {storage("__attach_version1.0_#00000000", {stream("__substg1.0_3707001F", utf16("a.txt")),
                                                               stream("__substg1.0_370D001F", utf16("\\\\x\\a"))}),
                     storage("__attach_version1.0_#00000001", {stream("__substg1.0_3707001F", utf16("b.txt"))}),
                     stream("__substg1.0_8001001F", utf16("\\\\x\\sound.wav"))}));
  EXPECT_TRUE(noted_exactly(document, "content.external-link", "attachment")) << all_of(document);
  EXPECT_TRUE(noted_exactly(document, "content.active", "path to another computer")) << all_of(document);
  EXPECT_EQ(document.files.back().trouble, "inspect.unreadable");
}

TEST(PackedRtf, IsUnpackedAndDamageIsNoticed) {
  // MS-OXRTFCP 3.1.1: the example of the specification.
  const std::string packed =
      "\x2D\0\0\0\x2B\0\0\0LZFu\xF1\xC5\xC7\xA7\x03\0\x0A\0rcpg125B2\x0A\xF3 hel\x09\0 bw\x05\xB0ld}\x0A\x80\x0F\xA0"s;
  std::string rtf;
  EXPECT_TRUE(unpack_rtf(packed, 1000, rtf));
  EXPECT_EQ(rtf, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
  EXPECT_FALSE(unpack_rtf(packed.substr(0, 30), 1000, rtf));
  EXPECT_FALSE(unpack_rtf(packed, 10, rtf));
  EXPECT_TRUE(unpack_rtf("\x10\0\0\0\x02\0\0\0MELA\0\0\0\0{}"s, 1000, rtf));
  EXPECT_EQ(rtf, "{}");
}

TEST(Ole, SurvivesEveryCutAndEveryChangedOctetOfItsTables) {
  const std::string whole = ole_of(msg_of("thu", {msg_attachment("0", "a.txt", "xin chao")}));
  for (std::size_t i = 0; i < std::min<std::size_t>(whole.size(), 3000); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0xFF);
    (void)read_ole(changed, all_room);
    if (i % 7 == 0) (void)read_ole(whole.substr(0, i), all_room);
  }
}

TEST(Ole, CirclesAndCrowdsEnd) {
  std::string circle = ole_of({stream("a", std::string(5000, 'x'))});
  // Every entry of the allocation table points at the next one but the last, which points at the first.
  const std::size_t table = (static_cast<unsigned char>(circle[76]) + 1U) * 512U;
  for (std::size_t i = 0; i < 128; ++i)
    circle.replace(table + 4 * i, 4, little((i + 1) % (circle.size() / 512 - 1), 4));
  EXPECT_FALSE(read_ole(circle, all_room).readable);
  std::vector<samples::OleNode> many;
  for (std::size_t i = 0; i < limits::ole_streams + 200; ++i) many.push_back(stream("s" + std::to_string(i), "x"));
  EXPECT_TRUE(noted_exactly(read_nodes(many), "inspect.too-many", ""));
}

}  // namespace
}  // namespace vanthu::inspect
