// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>

#include "document_samples.hpp"
#include "filters/inspect/analyse.hpp"
#include "filters/inspect/document/readers.hpp"
#include "gateway/base/limits.hpp"
#include "samples.hpp"

namespace vanthu::inspect {
namespace {

using namespace std::string_literals;
using samples::all_of;
using samples::all_room;
using samples::little;
using samples::noted_exactly;
using samples::program;

std::string attribute(unsigned level, unsigned id, const std::string& data) {
  unsigned sum = 0;
  for (const char c : data) sum += static_cast<unsigned char>(c);
  return little(level, 1) + little(id, 4) + little(data.size(), 4) + data + little(sum & 0xFFFFU, 2);
}
std::string padded(std::string octets) {
  octets.resize((octets.size() + 3) / 4 * 4);
  return octets;
}
std::string value(unsigned type, unsigned id, const std::string& octets) {
  return little(type, 2) + little(id, 2) + little(1, 4) + little(octets.size(), 4) + padded(octets);
}
std::string properties(const std::vector<std::string>& list) {
  std::string all = little(list.size(), 4);
  for (const std::string& one : list) all += one;
  return all;
}
std::string tnef(const std::string& attributes) {
  return little(0x223E9F78, 4) + little(1, 2) + attribute(1, 0x00089006, little(0x10000, 4)) + attributes;
}
const std::string attachment_begin = attribute(2, 0x00069002, std::string(14, '\0'));
std::string tnef_attachment(const std::string& name, const std::string& octets) {
  return attachment_begin + attribute(2, 0x00018010, name + '\0') + attribute(2, 0x0006800F, octets);
}

TEST(Tnef, GivesBodyAndAttachments) {
  const Document document =
      read_tnef(tnef(attribute(1, 0x00018004, "thu\0"s) + attribute(1, 0x0002800C, "Kinh gui\0"s) +
                     tnef_attachment("a.txt", "xin chao")),
                all_room);
  EXPECT_EQ(all_of(document), "body.txt: a.txt: ");
  EXPECT_EQ(document.files[0].octets, "thu\n\nKinh gui");
  EXPECT_EQ(document.files[1].octets, "xin chao");
}

struct LongName {
  const char* name;
  std::string short_name, long_name, shown;
};
class TnefName : public testing::TestWithParam<LongName> {};
TEST_P(TnefName, TheLongOneIsShownWhereItIsOne) {
  std::string attachment = attachment_begin;
  if (!GetParam().short_name.empty()) attachment += attribute(2, 0x00018010, GetParam().short_name + '\0');
  attachment += attribute(2, 0x0006800F, "xin chao") +
                attribute(2, 0x00069005, properties({value(0x001E, 0x3707, GetParam().long_name + '\0')}));
  const Document document = read_tnef(tnef(attachment), all_room);
  ASSERT_EQ(document.files.size(), 1U);
  EXPECT_EQ(document.files[0].name, GetParam().shown);
  EXPECT_EQ(document.files[0].octets, "xin chao");
}
INSTANTIATE_TEST_SUITE_P(Names, TnefName,
                         testing::Values(LongName{"another", "BAOCAO~1.DOC", "bao cao.doc", "bao cao.doc"},
                                         LongName{"the_same", "a.doc", "a.doc", "a.doc"},
                                         LongName{"in_a_folder", "A.DOC", "c:\\x\\a.doc", "a.doc"},
                                         LongName{"a_folder_alone", "a.doc", "x/", "a.doc"},
                                         LongName{"a_folder_alone_and_no_other", "", "x/", ""}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Tnef, ReadsPropertiesAndTakesTheLongName) {
  const std::string rtf = "\x10\0\0\0\x02\0\0\0MELA\0\0\0\0{}"s;
  const Document document = read_tnef(
      tnef(attribute(1, 0x00069003,
                     properties({little(0x0003, 2) + little(0x3705, 2) + little(1, 4),
                                 little(0x001E, 2) + little(0x8001, 2) + std::string(16, 'g') + little(1, 4) +
                                     little(6, 4) + padded("n\0a\0\0\0"s) + little(1, 4) + little(3, 4) + padded("abc"),
                                 value(0x0102, 0x1009, rtf), value(0x0102, 0x1013, "<p>x</p>")})) +
           tnef_attachment("BAOCAO~1.PDF", "%PDF-") +
           attribute(2, 0x00069005,
                     properties({value(0x001F, 0x3707, "b\0\xE1\0o\0 \0c\0\xE1\0o\0.\0p\0d\0f\0\0\0"s),
                                 value(0x001E, 0x370E, "Application/PDF\0"s)}))),
      all_room);
  ASSERT_EQ(document.files.size(), 3U) << all_of(document);
  EXPECT_TRUE(document.notes.empty()) << all_of(document);
  EXPECT_EQ(document.files[0].octets, "<p>x</p>");
  EXPECT_EQ(document.files[1].octets, "{}");
  EXPECT_EQ(document.files[2].name, "báo cáo.pdf");
  EXPECT_EQ(document.files[2].declared_type, "application/pdf");
}

TEST(Tnef, WhatIsInsideIsLookedIntoAlsoInAMessageInside) {
  const std::string inner = tnef(tnef_attachment("bao-cao.pdf", program));
  const std::string octets =
      tnef(attachment_begin + attribute(2, 0x00018010, "thu\0"s) +
           attribute(2, 0x00069005, properties({value(0x000D, 0x3701, std::string(16, 'i') + inner)})));
  const filters::Facts facts = analyse(samples::with_file("winmail.dat", octets, "application/ms-tnef"));
  const filters::Finding* found = samples::finding(facts, "content.executable");
  ASSERT_NE(found, nullptr) << samples::ids(facts);
  EXPECT_EQ(found->part, "2/thu/bao-cao.pdf");
  EXPECT_FALSE(samples::has(facts, "inspect.unsupported-container"));
}

TEST(Tnef, TwoReadingsAreNamedAndBothAreGiven) {
  const Document twice = read_tnef(tnef(tnef_attachment("a.txt", "mot") + attribute(2, 0x0006800F, "hai")), all_room);
  EXPECT_TRUE(noted_exactly(twice, "inspect.ambiguous-container", "attachment twice"));
  EXPECT_EQ(twice.files.size(), 2U);
  const Document early = read_tnef(tnef(attribute(2, 0x0006800F, "mot")), all_room);
  EXPECT_TRUE(noted_exactly(early, "inspect.ambiguous-container", "attachment without a beginning"));
}

TEST(Tnef, DamageIsNamedAndWhatCameOutIsGiven) {
  const std::string whole = tnef(tnef_attachment("a.txt", "xin chao") + tnef_attachment("b.txt", "tam biet"));
  std::string wrong = whole;
  wrong.back() = static_cast<char>(wrong.back() ^ 1);
  EXPECT_TRUE(noted_exactly(read_tnef(wrong, all_room), "inspect.unreadable", "TNEF checksum"));
  const Document cut = read_tnef(std::string_view(whole).substr(0, whole.size() - 5), all_room);
  EXPECT_FALSE(cut.readable);
  ASSERT_EQ(cut.files.size(), 2U);
  EXPECT_EQ(cut.files[0].octets, "xin chao");
  EXPECT_TRUE(
      noted_exactly(read_tnef(tnef(attribute(1, 0x00067777, "x")), all_room), "inspect.unreadable", "TNEF attribute"));
  EXPECT_TRUE(
      noted_exactly(read_tnef(tnef(attribute(1, 0x00069003, properties({little(0x0999, 2) + little(1, 2)}))), all_room),
                    "inspect.unreadable", "TNEF property"));
  const Document empty = read_tnef(tnef(attachment_begin + attribute(2, 0x00018010, "a.txt\0"s)), all_room);
  ASSERT_EQ(empty.files.size(), 1U);
  EXPECT_EQ(empty.files[0].trouble, "inspect.unreadable");
}

TEST(Tnef, SurvivesEveryCutAndEveryChangedOctet) {
  const std::string whole =
      tnef(attribute(1, 0x00069003, properties({value(0x0102, 0x1013, "<p>")})) + tnef_attachment("a.txt", "xin chao"));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0xFF);
    (void)read_tnef(changed, all_room);
    (void)read_tnef(std::string_view(whole).substr(0, i), all_room);
  }
}

}  // namespace
}  // namespace vanthu::inspect
