// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/office97.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "samples.hpp"

namespace vanthu::inspect {
namespace {
using samples::biff;
using samples::little;
using samples::put_little;

std::string wide(std::u16string_view text) {
  std::string octets;
  for (const char16_t c : text) octets += little(c, 2);
  return octets;
}
std::vector<std::string> texts(const Lines& lines) {
  std::vector<std::string> all;
  for (const Line& line : lines) all.push_back(line.text);
  return all;
}

/// A document of pieces, narrow and wide in turn, and how many characters its stories have.
struct Word {
  std::string main = std::string(0x200, '\0'), table;
  explicit Word(const std::vector<std::string>& pieces, const std::vector<std::uint32_t>& stories) {
    put_little(main, 0x02, 0xC1, 2);
    put_little(main, 0x0A, 0x0200, 2);
    for (std::size_t i = 0; i < stories.size(); ++i) put_little(main, 0x4C + 4 * i, stories[i], 4);
    std::string places, descriptors;
    std::uint32_t characters = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      places += little(characters, 4);
      const bool narrow = i % 2 == 0;
      const std::size_t at = main.size();
      descriptors += little(0, 2) + little(narrow ? 0x40000000U | at * 2 : at, 4) + little(0, 2);
      main += pieces[i];
      characters += static_cast<std::uint32_t>(narrow ? pieces[i].size() : pieces[i].size() / 2);
    }
    places += little(characters, 4);
    table =
        "\x01" + little(3, 2) + "abc" + "\x02" + little(places.size() + descriptors.size(), 4) + places + descriptors;
    put_little(main, 0x1A2, 0, 4);
    put_little(main, 0x1A6, table.size(), 4);
  }
};

TEST(Word97, IsReadPieceByPieceInTheOrderOfItsText) {
  const Word word({"TH\xD4NG B\xC1O\r", wide(u"TỐI MẬT\x07\x07"),
                   "\x13HYPERLINK \"x\"\x14link\x15 b\x1E"
                   "c\r"},
                  {100});
  Lines lines;
  Notes notes;
  ASSERT_TRUE(read_word97(word.main, "", word.table, lines, notes));
  EXPECT_EQ(texts(lines), (std::vector<std::string>{"THÔNG BÁO", "TỐI MẬT", "link b-c"}));
  EXPECT_EQ(lines[1].zone, Zone::cell);
  EXPECT_TRUE(notes.empty());
}

TEST(Word97, KnowsPageHeadersByTheStoryTheyStandIn) {
  const Word word({"body\rhead\r"}, {5, 0, 5});
  Lines lines;
  Notes notes;
  ASSERT_TRUE(read_word97(word.main, "", word.table, lines, notes));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].zone, Zone::body);
  EXPECT_EQ(lines[1].zone, Zone::page_header);
}

TEST(Word97, OfTheNinetiesLiesTogether) {
  std::string main(0x80, '\0');
  put_little(main, 0x02, 0x65, 2);
  put_little(main, 0x18, 0x80, 4);
  main += "old text\r";
  put_little(main, 0x1C, main.size(), 4);
  Lines lines;
  Notes notes;
  ASSERT_TRUE(read_word97(main, "", "", lines, notes));
  EXPECT_EQ(texts(lines), std::vector<std::string>{"old text"});
  put_little(main, 0x0A, 0x0004, 2);
  EXPECT_FALSE(read_word97(main, "", "", lines, notes)) << "saved fast: its pieces lie elsewhere";
}

TEST(Word97, CutOffAnywhereIsSurvived) {
  const Word word({"abc\r", wide(u"def\r")}, {8});
  for (std::size_t i = 0; i < word.main.size(); i += 7) {
    Lines lines;
    Notes notes;
    (void)read_word97(word.main.substr(0, i), "", word.table, lines, notes);
  }
  for (std::size_t i = 0; i < word.table.size(); ++i) {
    Lines lines;
    Notes notes;
    (void)read_word97(word.main, "", word.table.substr(0, i), lines, notes);
  }
}

std::string sheet_begin() { return biff(0x0809, little(0x0600, 2) + std::string(14, '\0')); }

TEST(Excel97, ReadsSharedTextsAlsoWhereARecordEndsWithinOne) {
  // Two texts: "Số 7" in UTF-16, cut after two characters and going on in Latin-1; then one with a run of formatting.
  const std::string first = little(4, 2) + "\x01" + wide(u"Số");
  const std::string second = std::string("\0 7", 3) + little(5, 2) + "\x08" + little(1, 2) + "hello" + little(0, 4);
  const std::string stream = sheet_begin() + biff(0x00FC, little(2, 4) + little(2, 4) + first) + biff(0x003C, second) +
                             biff(0x00FD, little(0, 2) + little(1, 2) + little(0, 2) + little(0, 4)) +
                             biff(0x00FD, little(0, 2) + little(3, 2) + little(0, 2) + little(1, 4)) +
                             biff(0x00FD, little(2, 2) + little(0, 2) + little(0, 2) + little(9, 4));
  Lines lines;
  ASSERT_TRUE(read_excel97(stream, lines));
  EXPECT_EQ(texts(lines), (std::vector<std::string>{"Số 7", "hello"}));
  EXPECT_EQ(lines[0].row, lines[1].row);
  EXPECT_LT(lines[0].end, lines[1].begin);
}

TEST(Excel97, ReadsTextBoxesAndPageHeaders) {
  std::string box(18, '\0');
  put_little(box, 10, 4, 2);
  const std::string stream = sheet_begin() + biff(0x0014, little(3, 2) + std::string("\0", 1) + "top") +
                             biff(0x01B6, box) + biff(0x003C, std::string("\0", 1) + "TEXT") + biff(0x003C, "\0\0");
  Lines lines;
  ASSERT_TRUE(read_excel97(stream, lines));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].zone, Zone::page_header);
  EXPECT_EQ(lines[1].zone, Zone::box);
  EXPECT_EQ(lines[1].text, "TEXT");
}

TEST(Excel97, OtherOctetsAreNoRecords) {
  Lines lines;
  EXPECT_FALSE(read_excel97("", lines));
  EXPECT_FALSE(read_excel97("anything else", lines));
}

TEST(PowerPoint97, ReadsTheTextsOfItsRecords) {
  const auto atom = [](unsigned type, const std::string& body) {
    return little(0, 2) + little(type, 2) + little(body.size(), 4) + body;
  };
  const std::string inside = atom(0x0FA0, wide(u"MẬT\rdòng hai")) + atom(0x0FA8, "latin") + atom(0x1234, "nothing");
  const std::string stream = little(0x000F, 2) + little(0x03E8, 2) + little(inside.size(), 4) + inside;
  Lines lines;
  ASSERT_TRUE(read_powerpoint97(stream, lines));
  EXPECT_EQ(texts(lines), (std::vector<std::string>{"MẬT", "dòng hai", "latin"}));
  EXPECT_FALSE(read_powerpoint97("not a record", lines));
}

}  // namespace
}  // namespace vanthu::inspect
