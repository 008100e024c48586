// SPDX-License-Identifier: GPL-3.0-or-later
// The font and its size that HTML, sheets and OpenDocument give to a line; the other formats' stand with their readers.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "filters/inspect/text/html.hpp"
#include "filters/inspect/text/office.hpp"
#include "filters/inspect/text/office97.hpp"
#include "samples.hpp"

namespace vanthu::inspect {
namespace {

/// "text|font|size" of each line, the size in tenths of a point.
std::vector<std::string> fonts(const Lines& lines) {
  std::vector<std::string> result;
  for (const Line& line : lines)
    result.push_back(line.text + "|" + line.font + "|" + std::to_string(static_cast<int>(line.size * 10 + 0.5F)));
  return result;
}
using samples::biff;
using samples::little;
using List = std::vector<std::string>;

struct HtmlFont {
  const char* name;
  std::string html;
  List lines;
};
class HtmlLine : public testing::TestWithParam<HtmlFont> {};
TEST_P(HtmlLine, KnowsItsFont) { EXPECT_EQ(fonts(lines_of(read_html(GetParam().html))), GetParam().lines); }
INSTANTIATE_TEST_SUITE_P(
    Ways, HtmlLine,
    testing::Values(
        HtmlFont{"none", "<p>a</p>", {"a||0"}},
        HtmlFont{"style",
                 "<p style='font-family:\"Times New Roman\",serif;font-size:13.5pt'>a</p><p>b",
                 {"a|Times New Roman|135", "b||0"}},
        HtmlFont{"style_of_uppercase", "<P STYLE=\"FONT-SIZE : 20PX; Font-Family: Arial\">a", {"a|Arial|150"}},
        HtmlFont{
            "coded_quotes", "<p style=\"font-family:&quot;VNI-Times&quot;;font-size:14pt\">a", {"a|VNI-Times|140"}},
        HtmlFont{"shorthand", "<p style=\"font:bold 14pt/1.5 'Times New Roman', serif\">a", {"a|Times New Roman|140"}},
        HtmlFont{
            "attributes", "<font face=Arial size=5>a</font><br><font size=\"+1\">b</font>", {"a|Arial|180", "b||0"}},
        HtmlFont{
            "class_of_a_style_sheet",
            "<style><!-- /* Font Definitions */ @font-face {font-family:X;}\n p.MsoNormal, li.MsoNormal\n{margin:0;"
            "font-size:14.0pt; font-family:\".VnTime\";} .big {font-size:2em} --></style>"
            "<p class=MsoNormal>c\u00B8n b\u00E9</p><p class=\"x MsoNormal\"><span class='Big'>b</span></p><p>c</p>",
            {"c\u00B8n b\u00E9|.VnTime|140", "b|.VnTime|280", "c||0"}},
        HtmlFont{"element_of_a_style_sheet",
                 "<style>body{font:10pt Arial} h1{font-size:150%}</style><body><h1>a</h1>b",
                 {"a|Arial|150", "b|Arial|100"}},
        HtmlFont{"own_style_wins", "<style>p{font-size:9pt}</style><p style='font-size:8pt'>a", {"a||80"}},
        HtmlFont{"other_selectors_count_for_nothing",
                 "<style>div p, p:hover, #x {font-size:9pt}</style><p id=x>a",
                 {"a||0"}},
        HtmlFont{"first_letters_tell", "<p> <b> </b><font size=4>a</font> b</p>", {"a b||135"}},
        HtmlFont{"loose_paragraphs", "<p style='font-size:9pt'>a<p>b", {"a||90", "b||0"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HtmlLine, TheStyleSheetsFontIsReadAsOneOfAnOldEncoding) {
  const Lines lines = lines_of(read_html("<style>.a{font-family:.VnTimeH}</style><p class=a>m\u00CBt</p>"));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].by_font, "MẬT");
}

TEST(HtmlLine, StyleSheetsAreReadInLinearTime) {
  for (const std::string unit : {"/*", "<!--", "a{", "a,", "}", ".a{font-family:&quot;&quot;}", "p{font:1pt x}"}) {
    std::string css = "<style>";
    while (css.size() < 2'000'000) css += unit;
    (void)lines_of(read_html(css + "</style><p class='a a a'>x"));
  }
}

PackagePart xml(const char* name, std::string octets) { return {name, "", std::move(octets), true}; }

TEST(SheetLine, KnowsTheFontOfItsCellOrItsRun) {
  Notes notes;
  const Lines lines = package_text(
      {xml("xl/worksheets/sheet1.xml",
           "<worksheet><sheetData><row><c t='s' s='1'><v>0</v></c><c t='inlineStr'><is><t>b</t></is></c></row>"
           "<row><c t='s' s='9'><v>1</v></c><c s='1'><v>7</v></c></row></sheetData>"
           "<headerFooter><oddHeader>&amp;C&amp;\"Arial,Bold\"&amp;16top</oddHeader></headerFooter></worksheet>"),
       xml("xl/sharedStrings.xml",
           "<sst><si><t>t\u00D8nh</t></si><si><r><rPr><sz val='20'/><rFont "
           "val='Verdana'/></rPr><t>c</t></r></si></sst>"),
       xml("xl/styles.xml",
           "<styleSheet><fonts><font><sz val='11'/><name val='Calibri'/></font>"
           "<font><sz val='12.5'/><name val='.VnTimeH'/></font></fonts><cellXfs><xf/><xf "
           "fontId='1'/></cellXfs></styleSheet>")},
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", notes);
  EXPECT_EQ(fonts(lines),
            (List{"t\u00D8nh|.VnTimeH|125", "b|Calibri|110", "c|Verdana|200", "7|.VnTimeH|125", "top|Arial|160"}));
  EXPECT_EQ(lines[0].by_font, "TỈNH");
}

TEST(OpenDocumentLine, KnowsTheFontThatItsFamilyHasByDefault) {
  Notes notes;
  const PackagePart styles =
      xml("styles.xml",
          "<o><office:styles><style:default-style style:family='paragraph'><style:text-properties fo:font-size='12pt' "
          "style:font-name='Liberation Serif'/></style:default-style><style:default-style style:family='table-cell'>"
          "<style:text-properties fo:font-size='10pt' style:font-name='Liberation Sans'/></style:default-style>"
          "<style:style style:name='T1' style:family='text'><style:text-properties fo:font-size='15pt'/></style:style>"
          "<style:style style:name='ce1' style:family='table-cell'><style:text-properties style:font-name='Arial'/>"
          "</style:style></office:styles></o>");
  EXPECT_EQ(fonts(package_text({styles, xml("content.xml",
                                            "<o><office:body><office:text><text:p>a</text:p><text:p><text:span "
                                            "text:style-name='T1'>b</text:span></text:p><table:table><table:table-row>"
                                            "<table:table-cell><text:p>c</text:p></table:table-cell></table:table-row>"
                                            "</table:table></office:text></office:body></o>")},
                               "application/vnd.oasis.opendocument.text", notes)),
            (List{"a|Liberation Serif|120", "b|Liberation Serif|150", "c|Liberation Serif|120"}));
  EXPECT_EQ(fonts(package_text({styles, xml("content.xml",
                                            "<o><office:body><office:spreadsheet><table:table-row><table:table-cell>"
                                            "<text:p>a</text:p></table:table-cell><table:table-cell table:style-name="
                                            "'ce1'><text:p>b</text:p></table:table-cell></table:table-row>"
                                            "</office:spreadsheet></office:body></o>")},
                               "application/vnd.oasis.opendocument.spreadsheet", notes)),
            (List{"a|Liberation Sans|100", "b|Arial|100"}));
}

std::string font(const std::string& name, unsigned points) {
  return biff(0x0031, little(points * 20, 2) + std::string(12, '\0') + little(name.size(), 1) + little(0, 1) + name);
}
std::string cell(unsigned type, unsigned row, unsigned format, const std::string& rest) {
  return biff(type, little(row, 2) + little(0, 2) + little(format, 2) + rest);
}
std::string text(const std::string& latin) { return little(latin.size(), 2) + little(0, 1) + latin; }

TEST(Excel97Line, KnowsTheFontOfItsCellOrItsRun) {
  std::string stream = biff(0x0809, little(0x0600, 2) + std::string(14, '\0'));
  // Indexes 0, 1, 2, 3, 5: there is no 4.
  for (const char* name : {"Arial", ".VnTimeH", "Two", "Three", "Five"}) stream += font(name, 12);
  for (const unsigned index : {0U, 1U, 5U}) stream += biff(0x00E0, little(index, 2) + std::string(18, '\0'));
  const std::string runs = little(6, 2) + little(8, 1) + little(2, 2) + "a\nbcde" + little(2, 2) + little(2, 2) +
                           little(4, 2) + little(3, 2);
  stream += biff(0x00FC, little(1, 4) + little(1, 4) + runs);
  stream += cell(0x0204, 0, 1, text("t\xD8nh"));
  stream += cell(0x0204, 1, 2, text("x"));
  stream += cell(0x00FD, 2, 0, little(0, 4));
  stream += cell(0x0006, 3, 2, std::string(16, '\0')) + biff(0x0207, text("sum"));
  Lines lines;
  ASSERT_TRUE(read_excel97(stream, lines));
  EXPECT_EQ(fonts(lines),
            (List{"t\u00D8nh|.VnTimeH|120", "x|Five|120", "a|Arial|120", "bcde|Two|120", "sum|Five|120"}));
  EXPECT_EQ(lines[0].by_font, "TỈNH");
  for (std::size_t size = 0; size < stream.size(); ++size) {
    Lines cut;
    (void)read_excel97(std::string_view(stream).substr(0, size), cut);
  }
}

std::string text_atom(unsigned type, unsigned instance, const std::string& body) {
  return little(instance << 4, 2) + little(type, 2) + little(body.size(), 4) + body;
}

TEST(PowerPoint97Line, KnowsTheFontOfItsRun) {
  const auto wide = [](const std::string& latin) {
    std::string octets;
    for (const char c : latin) octets += little(static_cast<unsigned char>(c), 2);
    return octets;
  };
  // Two paragraph runs, one with every field that has a size of its own, then three runs of characters.
  const std::string paragraphs = little(8, 4) + little(0, 2) + little(0x32FDFF, 4) + std::string(26, 'x') +
                                 little(1, 2) + std::string(4, 'x') + std::string(4, 'x') + little(4, 4) +
                                 little(0, 2) + little(0, 4);
  const std::string characters = little(5, 4) + little(0x030003, 4) + little(3, 2) + little(1, 2) + little(28, 2) +
                                 little(3, 4) + little(0x670000, 4) + little(0, 2) + little(9, 2) + little(9, 2) +
                                 little(20, 2) + std::string(4, 'c') + little(4, 4) + little(0, 4);
  const std::string slide = text_atom(0x0FA0, 0, wide("t\xD8nh\rab\rcd")) +
                            text_atom(0x0FA1, 0, paragraphs + characters) + text_atom(0x0FA8, 0, "latin");
  const std::string entities = text_atom(0x0FB7, 0, wide("Arial") + std::string(58, '\0')) +
                               text_atom(0x0FB7, 1, wide(".VnTimeH") + std::string(52, '\0'));
  const std::string stream = little(0x0F, 2) + little(0x03E8, 2) + little(0, 4) + slide + entities;
  Lines lines;
  ASSERT_TRUE(read_powerpoint97(stream, lines));
  EXPECT_EQ(fonts(lines), (List{"t\u00D8nh|.VnTimeH|280", "ab|Arial|200", "cd||0", "latin||0"}));
  EXPECT_EQ(lines[0].by_font, "TỈNH");
  for (std::size_t size = 0; size < stream.size(); ++size) {
    Lines cut;
    (void)read_powerpoint97(std::string_view(stream).substr(0, size), cut);
  }
}

}  // namespace
}  // namespace vanthu::inspect
