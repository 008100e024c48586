// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/paper.hpp"

#include <gtest/gtest.h>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/paper/kinds.hpp"
#include "filters/inspect/paper/marking.hpp"
#include "filters/inspect/paper/number.hpp"
#include "filters/inspect/text/html.hpp"
#include "filters/inspect/text/legacy.hpp"
#include "filters/inspect/text/legacy_font.hpp"
#include "filters/inspect/text/rtf.hpp"
#include "filters/inspect/text/syllable.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "samples.hpp"
#include "zip_writer.hpp"

namespace vanthu::inspect {
namespace {

struct MarkCase {
  const char* name;
  std::string_view line, secrecy;
};
class MarkingLine : public testing::TestWithParam<MarkCase> {};
TEST_P(MarkingLine, IsReadAsAWholeWithItsToneMarks) { EXPECT_EQ(secrecy_of_line(GetParam().line), GetParam().secrecy); }
INSTANTIATE_TEST_SUITE_P(
    Lines, MarkingLine,
    testing::Values(MarkCase{"mat", "MẬT", "mat"}, MarkCase{"toi_mat", "TỐI MẬT", "toi-mat"},
                    MarkCase{"tuyet_mat", "TUYỆT MẬT", "tuyet-mat"}, MarkCase{"title_case", "Mật", "mat"},
                    MarkCase{"label", "Độ mật: Mật", "mat"}, MarkCase{"capital_label", "ĐỘ MẬT: TỐI MẬT", "toi-mat"},
                    MarkCase{"spaced", "M Ậ T", "mat"}, MarkCase{"spaced_two", "T Ố I  M Ậ T", "toi-mat"},
                    MarkCase{"framed", "[ MẬT ]", "mat"}, MarkCase{"stars", "* TUYỆT MẬT *", "tuyet-mat"},
                    MarkCase{"decomposed", "MÂ\u0323T", "mat"},
                    MarkCase{"copy_number", "TUYỆT MẬT - Bản số: 03", "tuyet-mat"},
                    MarkCase{"with_urgency", "MẬT - KHẨN", "mat"}, MarkCase{"front", "MẶT", "none"},
                    MarkCase{"fatherland_front", "MẶT TRẬN TỔ QUỐC", "none"}, MarkCase{"lost", "MẤT", "none"},
                    MarkCase{"no_marks", "MAT", "none"}, MarkCase{"small", "mật", "none"},
                    MarkCase{"prose", "tài liệu tuyệt mật thời chiến", "none"},
                    MarkCase{"state_secret", "BÍ MẬT NHÀ NƯỚC", "none"},
                    MarkCase{"declassified", "ĐÃ GIẢI MẬT", "none"}, MarkCase{"honey", "MẬT ONG", "none"},
                    MarkCase{"glossary", "Mật: độ thấp nhất", "none"},
                    MarkCase{"list", "Tuyệt mật, Tối mật, Mật là ba mức", "none"}, MarkCase{"empty", "", "none"}),
    [](const auto& row) { return std::string(row.param.name); });

class UrgencyLine : public testing::TestWithParam<MarkCase> {};
TEST_P(UrgencyLine, IsReadAsAWhole) { EXPECT_EQ(urgency_of_line(GetParam().line), GetParam().secrecy); }
INSTANTIATE_TEST_SUITE_P(Lines, UrgencyLine,
                         testing::Values(MarkCase{"khan", "KHẨN", "khan"},
                                         MarkCase{"thuong", "THƯỢNG KHẨN", "thuong-khan"},
                                         MarkCase{"hoa_toc", "HỎA TỐC", "hoa-toc"},
                                         MarkCase{"other_tone_place", "HOẢ TỐC", "hoa-toc"},
                                         MarkCase{"timed", "HOẢ TỐC HẸN GIỜ 14 giờ 30", "hoa-toc"},
                                         MarkCase{"prose", "khẩn trương triển khai", "none"}),
                         [](const auto& row) { return std::string(row.param.name); });

class MarkedSubject : public testing::TestWithParam<MarkCase> {};
TEST_P(MarkedSubject, IsReadAtItsBeginning) { EXPECT_EQ(secrecy_of_subject(GetParam().line), GetParam().secrecy); }
INSTANTIATE_TEST_SUITE_P(Subjects, MarkedSubject,
                         testing::Values(MarkCase{"alone", "MẬT", "mat"}, MarkCase{"brackets", "[MẬT] Báo cáo", "mat"},
                                         MarkCase{"colon", "TỐI MẬT: họp", "toi-mat"},
                                         MarkCase{"reply", "Re: [MẬT] Báo cáo", "mat"},
                                         MarkCase{"prose", "Về công tác bảo vệ bí mật nhà nước", "none"},
                                         MarkCase{"front", "[MẶT TRẬN] họp", "none"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Markings, OfTwoLevelsCloseTogetherAreAListOfTheLevels) {
  EXPECT_EQ(find_markings(lines_of("Có ba mức:\nMẬT\nTỐI MẬT\nTUYỆT MẬT\n")).secrecy, "none");
  EXPECT_EQ(find_markings(lines_of("MẬT\nlà mức thấp nhất.\n\nTỐI MẬT\nlà mức giữa.\n")).secrecy, "none");
  EXPECT_EQ(find_markings(lines_of("TỈNH UỶ\nSố 07-TB/TU\nTỐI MẬT\nMẬT\n")).secrecy, "toi-mat");
}

TEST(Markings, FarApartAreMarkings) {
  std::string text;
  for (std::size_t i = 0; i < header_lines; ++i) text += "Dòng nội dung.\n";
  EXPECT_EQ(find_markings(lines_of(text + "MẬT\n")).secrecy, "mat");
  EXPECT_EQ(find_markings(lines_of(text + "Mật\n")).secrecy, "none") << "small letters count in the header only";
  EXPECT_EQ(find_markings(lines_of("MẬT\n" + text + "TỐI MẬT\n")).secrecy, "toi-mat");
}

TEST(Markings, WrappedByANarrowFrameAreJoined) {
  EXPECT_EQ(find_markings(lines_of("TUYỆT\nMẬT\n")).secrecy, "tuyet-mat");
}

TEST(Markings, BesideOtherTextStandAlone) {
  EXPECT_EQ(find_markings(lines_of("SỞ KIỂM THỬ            TUYỆT MẬT\n")).secrecy, "tuyet-mat");
}

struct NumberCase {
  const char* name;
  std::string_view line, number, symbol;
  bool party;
};
class NumberLine : public testing::TestWithParam<NumberCase> {};
TEST_P(NumberLine, IsReadInEverySpelling) {
  const auto number = read_number(GetParam().line);
  ASSERT_TRUE(number);
  EXPECT_EQ(number->number, GetParam().number);
  EXPECT_EQ(number->symbol, GetParam().symbol);
  EXPECT_EQ(number->party, GetParam().party);
}
INSTANTIATE_TEST_SUITE_P(Spellings, NumberLine,
                         testing::Values(NumberCase{"party", "Số 127-QĐ/TW", "127", "QĐ/TW", true},
                                         NumberCase{"colon", "Số: 36-HD/VPTW", "36", "HD/VPTW", true},
                                         NumberCase{"blanks", "Số 01 - TB/BCĐ", "01", "TB/BCĐ", true},
                                         NumberCase{"draft", "Số      -BC/VPĐU", "", "BC/VPĐU", true},
                                         NumberCase{"en_dash", "Số 15–CV/VPTU", "15", "CV/VPTU", true},
                                         NumberCase{"hard_hyphen", "Số 15\u2011CV/VPTU", "15", "CV/VPTU", true},
                                         NumberCase{"eth", "Số 7-QÐ/TU", "7", "QĐ/TU", true},
                                         NumberCase{"mixed", "Số:01/TB-BCĐ", "01", "TB-BCĐ", false},
                                         NumberCase{"state", "Số: 852/TB-UBND", "852", "TB-UBND", false},
                                         NumberCase{"no_kind", "Số: 493/SGDĐT-NC", "493", "SGDĐT-NC", false},
                                         NumberCase{"year", "Số: 30/2020/NĐ-CP", "30", "NĐ-CP", false},
                                         NumberCase{"front", "Số: 123/TB-MTTQ-BTT", "123", "TB-MTTQ-BTT", false},
                                         NumberCase{"lower_so", "số 907-QĐi/BVSK", "907", "QĐi/BVSK", true},
                                         NumberCase{"mark_lost", "Số1024HD-UBND", "1024", "HD-UBND", false},
                                         NumberCase{"seen_twice", "Số: 15-QĐÐ/ĐU", "15", "QĐ/ĐU", true},
                                         NumberCase{"bad_tone", "Sổ 5-TB/TU", "5", "TB/TU", true}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(NumberLine, IsNotFoundInSentences) {
  for (const std::string_view line : {"Số lượng: 15", "Theo Công văn số 15-CV/VPTU ngày 3 tháng 4",
                                      "Số điện thoại 0912-345/678", "Số 5", "Số 12/5", "Số 12ABC-DEF", ""})
    EXPECT_FALSE(read_number(line)) << line;
}

TEST(PlaceDate, IsThePapersOwn) {
  const auto read = read_place_date("Hà Tĩnh, ngày 24 tháng 8 năm 2016");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->place, "Hà Tĩnh");
  EXPECT_EQ(read->date, "2016-08-24");
  EXPECT_FALSE(read_place_date("căn cứ cuộc họp ngày 24 tháng 8 năm 2016 của Ban Thường vụ"));
  EXPECT_FALSE(read_place_date("Hôm qua, họp"));
  ASSERT_TRUE(read_place_date("Hà Tĩnh, ngày    tháng 8 năm 2016"));
  EXPECT_EQ(read_place_date("Hà Tĩnh, ngày    tháng 8 năm 2016")->date, "");
  EXPECT_EQ(read_place_date("Hà Tĩnh, ngày 31 tháng 2 năm 2016")->date, "");
}

TEST(Kinds, ComeFromTheTables) {
  EXPECT_EQ(kind_of_title("THÔNG BÁO").name, "Thông báo");
  EXPECT_EQ(kind_of_title("QUYẾT ĐỊNH về việc").name, "Quyết định");
  EXPECT_EQ(kind_of_title("Thông báo này").name, "");
  EXPECT_EQ(kind_of_abbreviation("CV", true), "Công văn");
  EXPECT_EQ(kind_of_abbreviation("QĐ", true), "") << "quyết định or quy định: the symbol alone never decides";
  EXPECT_TRUE(known_abbreviation("QĐ"));
  EXPECT_EQ(kind_of_abbreviation("TTR", true), "Tờ trình");
  EXPECT_FALSE(known_abbreviation("XYZ"));
}

constexpr std::string_view party_letter =
    "TỈNH UỶ HÀ TĨNH                         ĐẢNG CỘNG SẢN VIỆT NAM\n"
    "VĂN PHÒNG\n"
    "*                                 Hà Tĩnh, ngày 24 tháng 11 năm 2026\n"
    "Số 15-CV/VPTU\n"
    "V/v chuẩn bị hội nghị\n"
    "giao ban tháng 12\n"
    "\n"
    "          Kính gửi: - Ban Tổ chức Tỉnh uỷ,\n"
    "\n"
    "Theo Công văn số 99-CV/BTCTU ngày 01 tháng 10 năm 2025, Văn phòng đề nghị.\n"
    "\n"
    "Nơi nhận:                               T/L BAN THƯỜNG VỤ\n"
    "- Như trên,                             CHÁNH VĂN PHÒNG\n"
    "- Thường trực Tỉnh uỷ (báo cáo),\n"
    "- Lưu Văn phòng Tỉnh uỷ.\n";

TEST(Paper, OfThePartyIsReadFromItsHeader) {
  const auto paper = read_paper(lines_of(party_letter));
  ASSERT_TRUE(paper);
  EXPECT_EQ(paper->form, "party");
  EXPECT_EQ(paper->number, "15");
  EXPECT_EQ(paper->symbol, "CV/VPTU");
  EXPECT_EQ(paper->kind, "Công văn");
  EXPECT_EQ(paper->issuer, "VĂN PHÒNG");
  EXPECT_EQ(paper->place, "Hà Tĩnh");
  EXPECT_EQ(paper->date, "2026-11-24");
  EXPECT_EQ(paper->subject, "chuẩn bị hội nghị giao ban tháng 12");
  EXPECT_EQ(paper->secrecy, "none");
  EXPECT_EQ(paper->recipients,
            (std::vector<std::string>{"Như trên", "Thường trực Tỉnh uỷ (báo cáo)", "Lưu Văn phòng Tỉnh uỷ"}));
  EXPECT_GT(paper->confidence, 0.9);
}

TEST(Paper, TellsWhomKinhGuiNamesWhereNhuTrenRefersToThem) {
  EXPECT_EQ(read_paper(lines_of(party_letter))->addressed_to, std::vector<std::string>{"Ban Tổ chức Tỉnh uỷ"});
  std::string several(party_letter);
  const std::string one = "Kính gửi: - Ban Tổ chức Tỉnh uỷ,\n";
  several.replace(
      several.find(one), one.size(),
      "Kính gửi:\n   - Ban Tổ chức Tỉnh uỷ,\n   - Đảng uỷ các xã, phường;\n   - Các đồng chí Tỉnh uỷ viên.\n");
  EXPECT_EQ(read_paper(lines_of(several))->addressed_to,
            (std::vector<std::string>{"Ban Tổ chức Tỉnh uỷ", "Đảng uỷ các xã, phường", "Các đồng chí Tỉnh uỷ viên"}));
  std::string without(party_letter);
  const std::string above = "- Như trên,                             CHÁNH VĂN PHÒNG\n";
  without.erase(without.find(above), above.size());
  EXPECT_TRUE(read_paper(lines_of(without))->addressed_to.empty());
}

TEST(Paper, TellsTheArticlesThatItsRecipientsReferTo) {
  const auto paper = read_paper(
      lines_of("TỈNH UỶ HÀ TĨNH\n*\nSố 15-QĐ/TU\nHà Tĩnh, ngày 3 tháng 4 năm 2026\n\nQUYẾT ĐỊNH\nvề việc A\n\n"
               "Điều 1. Thành lập Tổ công tác.\nĐiều 2. Tổ có trách nhiệm.\n"
               "Điều 3. Văn phòng Tỉnh uỷ, Ban Tổ chức Tỉnh uỷ\nchịu trách nhiệm thi hành Quyết định này.\n\n"
               "Nơi nhận:\n- Như Điều 3,\n- Lưu VPTU.\n"));
  ASSERT_TRUE(paper);
  EXPECT_EQ(paper->articles,
            std::vector<std::string>{
                "Điều 3. Văn phòng Tỉnh uỷ, Ban Tổ chức Tỉnh uỷ chịu trách nhiệm thi hành Quyết định này."});
}

TEST(Paper, OfTheStateIsReadFromItsHeader) {
  const auto paper = read_paper(
      lines_of("UBND TỈNH NGHỆ AN\nSỞ Y TẾ\n-------\nSố: 07/TB-SYT\nKHẨN\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT "
               "NAM\nĐộc lập - Tự do - Hạnh phúc\n"
               "Nghệ An, ngày 03 tháng 4 năm 2026\n\nTHÔNG BÁO\nVề việc khám sức khoẻ định kỳ\n\nCăn cứ Quyết "
               "định số 1/QĐ-UBND, thông báo.\n"));
  ASSERT_TRUE(paper);
  EXPECT_EQ(paper->form, "state");
  EXPECT_EQ(paper->symbol, "TB-SYT");
  EXPECT_EQ(paper->kind, "Thông báo");
  EXPECT_EQ(paper->issuer, "SỞ Y TẾ");
  EXPECT_EQ(paper->subject, "khám sức khoẻ định kỳ");
  EXPECT_EQ(paper->urgency, "khan");
  EXPECT_EQ(paper->date, "2026-04-03");
}

TEST(Paper, WithoutTheCountrysLineNeedsIssuerAndDate) {
  EXPECT_TRUE(read_paper(
      lines_of("TỈNH UỶ HÀ TĨNH\n*\nSố 07-TB/TU\nHà Tĩnh, ngày 3 tháng 4 năm 2026\n\nTHÔNG BÁO\nkết luận\n")));
  EXPECT_FALSE(read_paper(lines_of("Số 07-TB/TU\nxem giúp em nhé\n")));
}

struct NoPaperCase {
  const char* name;
  std::string_view text;
};
class OrdinaryText : public testing::TestWithParam<NoPaperCase> {};
TEST_P(OrdinaryText, IsNoPaper) { EXPECT_FALSE(read_paper(lines_of(GetParam().text))); }
INSTANTIATE_TEST_SUITE_P(
    Texts, OrdinaryText,
    testing::Values(
        NoPaperCase{"note", "Anh xem giúp Công văn số 15-CV/VPTU nhé. Số 15-CV/VPTU em gửi hôm qua."},
        NoPaperCase{
            "petition",
            "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\nĐƠN XIN NGHỈ PHÉP\nKính gửi: Văn "
            "phòng\n"},
        NoPaperCase{
            "company",
            "CÔNG TY TNHH DỪA XANH\nSố: 31/TB-DX\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nHà Tĩnh, ngày 1 tháng 2 năm "
            "2026\nTHÔNG BÁO\n"},
        NoPaperCase{"contract",
                    "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 05/HĐ-KT\nHà Tĩnh, ngày 1 tháng 2 năm 2026\nHỢP ĐỒNG\n"},
        NoPaperCase{"empty", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Paper, InAWordTableIsReadLikeOnPaper) {
  const std::string cell = "<w:tc><w:p><w:r><w:t>";
  const std::string body =
      "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>TỈNH UỶ HÀ "
      "TĨNH</w:t></w:r></w:p><w:p><w:r><w:t>*</w:t></w:r></w:p><w:p><w:r><w:t>Số 07</w:t>"
      "<w:noBreakHyphen/><w:t>TB/TU</w:t></w:r></w:p></w:tc>" +
      cell +
      "ĐẢNG CỘNG SẢN VIỆT NAM</w:t></w:r></w:p><w:p><w:r><w:t>Hà Tĩnh, ngày 24 tháng 8 năm "
      "2016</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
      "<w:p><w:r><w:t>THÔNG BÁO</w:t></w:r></w:p><w:p><w:r><w:t>về kết luận</w:t></w:r></w:p>"
      "<w:p><mc:AlternateContent><mc:Choice><w:drawing><wp:posOffset>30000</"
      "wp:posOffset><w:txbxContent><w:p><w:r><w:t>M</w:t></w:r><w:r>"
      "<w:t>ẬT</w:t></w:r></w:p></w:txbxContent></w:drawing></"
      "mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>MẬT</w:t></w:r></w:p>"
      "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:p>";
  const std::string docx =
      samples::zip_of({{"[Content_Types].xml", "<Types/>"},
                       {"word/document.xml", "<w:document xmlns:w=\"x\"><w:body>" + body + "</w:body></w:document>"}});
  const filters::Facts facts = analyse(samples::with_file("tb.docx", docx));
  ASSERT_EQ(facts.papers.size(), 1U);
  EXPECT_EQ(facts.papers[0].part, "2");
  EXPECT_EQ(facts.papers[0].symbol, "TB/TU");
  EXPECT_EQ(facts.papers[0].issuer, "TỈNH UỶ HÀ TĨNH");
  EXPECT_EQ(facts.papers[0].date, "2016-08-24");
  EXPECT_EQ(facts.papers[0].subject, "kết luận");
  EXPECT_EQ(facts.papers[0].secrecy, "mat");
  EXPECT_EQ(facts.secrecy, "mat");
  EXPECT_EQ(facts.secrecy_part, "2");
}

struct PlaceOfMark {
  const char* name;
  std::string file;
  std::string octets;
};
class HiddenMarking : public testing::TestWithParam<PlaceOfMark> {};
TEST_P(HiddenMarking, IsFound) {
  const filters::Facts facts = analyse(samples::with_file(GetParam().file, GetParam().octets));
  EXPECT_EQ(facts.secrecy, "mat") << samples::ids(facts);
}
using samples::docx_of;
using samples::zip_of;
INSTANTIATE_TEST_SUITE_P(
    Places, HiddenMarking,
    testing::Values(PlaceOfMark{"page_header", "a.docx",
                                docx_of({"x"},
                                        {{"word/header1.xml", "<w:hdr><w:p><w:r><w:t>MẬT</w:t></w:r></w:p></w:hdr>"}})},
                    PlaceOfMark{"sheet_print_header", "a.xlsx",
                                zip_of({{"[Content_Types].xml", "<x/>"},
                                        {"xl/workbook.xml", "<x/>"},
                                        {"xl/worksheets/sheet1.xml",
                                         "<w><sheetData/><headerFooter><oddHeader>&amp;C&amp;\"Times\"&amp;14MẬT</"
                                         "oddHeader></headerFooter></w>"}})},
                    PlaceOfMark{"slide", "a.pptx",
                                zip_of({{"[Content_Types].xml", "<x/>"},
                                        {"ppt/presentation.xml", "<x/>"},
                                        {"ppt/slides/slide1.xml", "<p><a:p><a:r><a:t>MẬT</a:t></a:r></a:p></p>"}})},
                    PlaceOfMark{"odt_header", "a.odt",
                                zip_of({{"mimetype", "application/vnd.oasis.opendocument.text"},
                                        {"content.xml", "<o/>"},
                                        {"styles.xml", "<o><style:header><text:p>MẬT</text:p></style:header></o>"}})},
                    PlaceOfMark{"html_entities", "a.html", "<html><p>M&#7852;T</p></html>"},
                    PlaceOfMark{"html_split_by_tags", "a.html", "<html><p><b>M</b>\u1EACT</p></html>"},
                    PlaceOfMark{"windows_1258", "a.txt", "S\xF4\xEC 1\r\nM\xC2\xF2T\r\n"},
                    PlaceOfMark{"text_in_zip_in_zip", "a.zip", zip_of({{"b.zip", zip_of({{"c.txt", "MẬT\n"}})}})},
                    PlaceOfMark{"attached_message", "a.eml", samples::with_text("MẬT")}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Markings, InTheMailsOwnTextAndSubjectCount) {
  EXPECT_EQ(analyse(samples::with_text("Kính gửi anh\r\nMẬT\r\nnội dung")).secrecy, "mat");
  EXPECT_EQ(analyse("From: a@b\r\nSubject: =?utf-8?B?W03huqxUXSBo4buNcA==?=\r\n\r\nx\r\n").secrecy, "mat");
}

TEST(Opening, IsTheFirstLineOfTheLettersOwnPlainText) {
  EXPECT_EQ(analyse(samples::with_text("\r\n \xC2\xA0\r\n  Đồng ý.\r\n> KHÔNG\r\n")).opening, "Đồng ý.");
  EXPECT_EQ(analyse(samples::with_text("")).opening, "");
  EXPECT_EQ(analyse(samples::with_text("° một")).opening, "° một");
  EXPECT_EQ(analyse(samples::with_file("a.txt", "ĐỒNG Ý\r\n")).opening.find("ĐỒNG Ý"), std::string::npos)
      << "a file says nothing for its sender";
  EXPECT_EQ(analyse("From: a@b\r\nContent-Type: text/html\r\n\r\n<p>OK</p>\r\n").opening, "");
  EXPECT_EQ(analyse(samples::with_text(std::string(2 * limits::opening_octets, 'x'))).opening.size(),
            limits::opening_octets);
}

TEST(Syllables, AreKnownByTheirSpelling) {
  for (const std::string_view word : {"uỷ", "ủy", "Nghiêng", "gì", "giếng", "quý", "được", "thuyền", "ĐẢNG", "khoẻ"})
    EXPECT_TRUE(is_syllable(word)) << word;
  for (const std::string_view word : {"ñöôïc", "xyz", "strong", "toàà", "", "bcd"})
    EXPECT_FALSE(is_syllable(word)) << word;
}

struct LegacyCase {
  const char* name;
  std::string_view text, expected;
  Legacy encoding;
};
class LegacyLine : public testing::TestWithParam<LegacyCase> {};
TEST_P(LegacyLine, IsConvertedByItsTable) {
  EXPECT_EQ(from_legacy(GetParam().text, GetParam().encoding), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(
    Tables, LegacyLine,
    testing::Values(LegacyCase{"tcvn3", "Uû ban nh©n d©n, ®\u00ADîc", "Uỷ ban nhân dân, được", Legacy::tcvn3},
                    LegacyCase{"tcvn3_dash", "th«ng b¸o – “kÕt luËn”", "thông báo – “kết luận”", Legacy::tcvn3},
                    LegacyCase{"vni", "Ñaûng uyû, ñöôïc, thoâng baùo", "Đảng uỷ, được, thông báo", Legacy::vni},
                    LegacyCase{"vni_capitals", "TUYEÄT MAÄT", "TUYỆT MẬT", Legacy::vni}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LegacyText, IsRecognizedByItsSyllablesAndGetsItsCapitalsBack) {
  const auto text = read_legacy(
      lines_of("tØnh uû hµ tÜnh\n*\nSè 07-TB/TU\nmËt\n®¶ng céng s¶n viÖt nam\nHµ TÜnh, ngµy 3 th¸ng 4 n¨m 2008\n\n"
               "th«ng b¸o\nVÒ viÖc häp giao ban\n"));
  ASSERT_FALSE(text.empty());
  EXPECT_EQ(text[0].how, "tcvn3");
  EXPECT_EQ(find_markings(text[0].lines).secrecy, "mat");
  const auto paper = read_paper(text[0].lines);
  ASSERT_TRUE(paper);
  EXPECT_EQ(paper->issuer, "TỈNH UỶ HÀ TĨNH");
  EXPECT_EQ(paper->kind, "Thông báo");
}

TEST(LegacyText, InTcvn3HasTheCapitalsOfABodysNameThatGoesOn) {
  const auto text = read_legacy(lines_of(
      "së th«ng tin vµ\ntruyÒn th«ng\nSè: 15/TB-STTTT\nth«ng b¸o\nvÒ c«ng t¸c c¸n bé cña c¸c ®¬n vÞ trªn ®Þa bµn tØnh\n"
      "Thùc hiÖn KÕ ho¹ch, ®Ò nghÞ c¸c cÊp uû khÈn tr­¬ng triÓn khai.\n"));
  ASSERT_FALSE(text.empty());
  EXPECT_EQ(text[0].lines[0].text, "SỞ THÔNG TIN VÀ");
  EXPECT_EQ(text[0].lines[1].text, "TRUYỀN THÔNG");
  EXPECT_EQ(text[0].lines[3].text, "THÔNG BÁO");
  EXPECT_EQ(text[0].lines[4].text, "về công tác cán bộ của các đơn vị trên địa bàn tỉnh");
}

TEST(LegacyText, TellsVpsAndVisciiApart) {
  // The same words in each encoding, read as Latin-1; VISCII has its hooked and dotted letters among the C1 controls.
  std::string viscii;
  for (const unsigned char octet : std::string_view(
           "\x54\xEF\x6E\x68\x20\x75\xD6\x20\x74\x68\xF4\x6E\x67\x20\x62\xE1\x6F\x20\x6B\xAA\x74\x20\x6C\x75\xA7"
           "\x6E\x20\x63\xFC\x61\x20\xD0\xE4\x6E\x67\x20\x62\xB5\x20\x76\xAB\x20\x76\x69\xAE\x63\x20\xF0\xE5\x6E\x67"
           "\x20\x6B\xFD\x20\x68\xF7\x70\x20")) {
    if (octet >= 0x80) viscii += static_cast<char>(0xC0 | octet >> 6);
    viscii += static_cast<char>(octet >= 0x80 ? 0x80 | (octet & 0x3F) : octet);
  }
  const auto text = read_legacy(lines_of(viscii + "\n"));
  ASSERT_FALSE(text.empty());
  EXPECT_EQ(text[0].how, "viscii");
}

TEST(LegacyText, IsDrawnByItsFontWhereTheFontIsKnown) {
  EXPECT_EQ(legacy_font(".VnTimeH"), (LegacyFont{Legacy::tcvn3, true}));
  EXPECT_EQ(legacy_font(".VnArial Narrow"), (LegacyFont{Legacy::tcvn3, false}));
  EXPECT_EQ(legacy_font(".VnTimeH,Bold"), (LegacyFont{Legacy::tcvn3, true}));
  EXPECT_EQ(legacy_font("VNI-Times"), (LegacyFont{Legacy::vni, false}));
  EXPECT_EQ(legacy_font("VPS Long An"), (LegacyFont{Legacy::vps, false}));
  for (const char* other : {"Times New Roman", "VNtimes new roman", "Vntime", "", "VNITECH"})
    EXPECT_FALSE(legacy_font(other)) << other;
  FontText row;
  row.append("Sè: 07   ");
  row.append("mËt", font_named(".VnTimeH", 14));
  row.append(" Hà Tĩnh", font_named(".VnTime"));
  Lines lines;
  add_row(lines, row, Zone::body, 0);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].by_font, "") << "an ordinary font draws what stands there";
  EXPECT_EQ(lines[1].by_font, "MẬT Hà Tĩnh") << "what only Unicode has is never converted";
  const auto text = read_legacy(lines);
  ASSERT_FALSE(text.empty());
  EXPECT_EQ(text[0].how, "fonts");
  EXPECT_EQ(find_markings(text[0].lines).secrecy, "none");
}

TEST(LegacyText, OfOneFontIsDrawnTogetherHoweverItIsCut) {
  FontText row;
  row.append("MA", font_named("VNI-Times", 14));
  row.append("\u00C4T", font_named("VNI-Helve", 15));
  Lines lines;
  add_row(lines, row, Zone::body, 0);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].by_font, "MẬT");
  EXPECT_EQ(lines_of(read_html("<p style=\"font-family:VNI-Times\">MA<b>\u00C4T</b></p>"))[0].by_font, "MẬT");
}

TEST(LegacyText, OfWrongFontsIsReadByItsSyllablesToo) {
  Lines lines =
      lines_of("Ñaûng uyû, ñöôïc, thoâng baùo veà vieäc hoïp giao ban cuûa caùc ñôn vò treân ñòa baøn tænh\nMAÄT\n");
  for (Line& line : lines) line.by_font = "sai";
  const auto text = read_legacy(lines);
  ASSERT_EQ(text.size(), 2U);
  EXPECT_EQ(text[0].how, "fonts");
  EXPECT_EQ(text[1].how, "vni");
  EXPECT_EQ(find_markings(text[1].lines).secrecy, "mat");
}

TEST(Markings, OfEveryPaperOfAFileCount) {
  std::string text;
  const std::string paper =
      "TỈNH UỶ HÀ TĨNH\nĐẢNG CỘNG SẢN VIỆT NAM\nHà Tĩnh, ngày 3 tháng 4 năm 2024\n*\nSố 07-TB/TU\n";
  text = paper + "THÔNG BÁO\nvề việc họp\n";
  for (int i = 0; i < 70; ++i) text += "Nội dung dòng " + std::to_string(i) + ".\n";
  text +=
      "Nơi nhận:\n- Lưu.\nT/M BAN THƯỜNG VỤ\nPHÓ BÍ THƯ\nNguyễn Văn An\n" + paper + "Mật\nTHÔNG BÁO\nvề việc khác\n";
  EXPECT_EQ(analyse(samples::with_text(text)).secrecy, "mat");
}

TEST(LegacyText, InRtfIsDrawnByTheFontTable) {
  Notes notes;
  const Lines lines = read_rtf(
      "{\\rtf1\\ansi\\deff1{\\fonttbl{\\f0 .VnTimeH;}{\\f1 .VnTime;}{\\f2 Arial;}}\\f0\\fs26 m\\'cbt\\par\\f1 c\\'b8n "
      "b\\'e9\\par "
      "\\plain \\'ae\\'adc\\par\\f2 caf\\'e9\\par}",
      notes);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].by_font, "MẬT");
  EXPECT_EQ(lines[0].font, ".VnTimeH");
  EXPECT_EQ(lines[0].size, 13) << "\\fs counts half points";
  EXPECT_EQ(lines[3].font, "Arial");
  EXPECT_EQ(lines[1].by_font, "cán bộ");
  EXPECT_EQ(lines[2].by_font, "đưc") << "the document's own font";
  EXPECT_EQ(lines[3].by_font, "");
}

TEST(LegacyText, InHtmlIsDrawnByTheFontAround) {
  const Lines lines = lines_of(
      read_html("<p><span style='font-family:\".VnTimeH\"'>t\u00D8nh <b>u\u00FB</b></span> Unicode: \u0111</p>"
                "<p><font face=\".VnTime\">c\u00B8n b\u00E9</font>, caf\u00E9<br>"
                "<span style=\"font-family:&quot;VNI-Times&quot;\">Ñaûng <i>uyû</i></span></p><p>th\u00E9</p>"));
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].by_font, "TỈNH UỶ Unicode: đ");
  EXPECT_EQ(lines[1].by_font, "cán bộ, café");
  EXPECT_EQ(lines[2].by_font, "Đảng uỷ");
  EXPECT_EQ(lines[3].by_font, "") << "outside of the tags that name a font";
}

TEST(LegacyText, InUnicodeIsNeverConverted) {
  // Under the VNI decoder these would become other, legal words: khoá -> khố, toàn -> tồn.
  for (const char* text :
       {"Hoà bình, toàn khoá, ngoài ra, cán bộ, được, thành phố, loài, hoài, toán, khoán, đoàn, xoài\n",
        "déjà vu, à la carte, où, élève, très, après, même, fête, forêt, garçon\n", "plain ASCII text\n"})
    EXPECT_TRUE(read_legacy(lines_of(text)).empty()) << text;
}

struct RtfPaperCase {
  const char* name;
  std::string_view rtf, text;
};
class Rtf : public testing::TestWithParam<RtfPaperCase> {};
TEST_P(Rtf, IsReadWithItsCharacterSets) {
  Notes notes;
  std::string all;
  for (const Line& line : read_rtf(GetParam().rtf, notes)) all += line.text + "|";
  EXPECT_EQ(all, GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    Forms, Rtf,
    testing::Values(
        RtfPaperCase{"plain", "{\\rtf1 xin\\par chao}", "xin|chao|"},
        RtfPaperCase{"unicode", "{\\rtf1\\uc1 M\\u7852?T}", "MẬT|"},
        RtfPaperCase{"negative", "{\\rtf1 \\u-3?x}", "\uFFFDx|"},
        RtfPaperCase{"font_charset", "{\\rtf1{\\fonttbl{\\f0\\fcharset163 Times;}}\\f0 M\\'c2\\'f2T}", "MẬT|"},
        RtfPaperCase{"skips", "{\\rtf1{\\info{\\author A}}{\\*\\generator X;}{\\pict 0102}a}", "a|"},
        RtfPaperCase{"header_and_box",
                     "{\\rtf1{\\header M\\u7852?T}{\\shp{\\*\\shpinst{\\sp{\\sn a}}{\\shptxt b\\par}}}c}", "MẬT|b|c|"},
        RtfPaperCase{"cells", "{\\rtf1 a\\cell b\\cell\\row}", "a|b|"},
        RtfPaperCase{"binary", "{\\rtf1 a\\bin3 }}}b}", "ab|"}, RtfPaperCase{"cut_off", "{\\rtf1 a\\u", "a|"},
        RtfPaperCase{"hyphen", "{\\rtf1 S\\u7889? 15\\_CV/TU}", "Số 15-CV/TU|"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Rtf, NestedBeyondAllMeasureIsNoted) {
  Notes notes;
  (void)read_rtf("{\\rtf1" + std::string(100000, '{'), notes);
  EXPECT_FALSE(notes.empty());
}

TEST(Columns, AreReadOneAfterTheOther) {
  const Lines lines = lines_of("TỈNH UỶ          ĐẢNG CỘNG SẢN\nVĂN PHÒNG\n*             Hà Tĩnh, ngày 1\nSố 1\n");
  std::string order;
  for (const Line& line : lines) order += line.text + "|";
  EXPECT_EQ(order, "TỈNH UỶ|VĂN PHÒNG|*|Số 1|ĐẢNG CỘNG SẢN|Hà Tĩnh, ngày 1|");
}

TEST(Html, IsLinearAndForgiving) {
  EXPECT_EQ(read_html("<p>a<br>b</p><td>c</td>&lt;&unknown;<").text, "a\nb\nc\n<&unknown;<");
  for (const std::string_view unit : {"<a ", "<!--", "<script>", "&", "<a '", "</"}) {
    std::string text;
    while (text.size() < 200000) text += unit;
    (void)read_html(text);
  }
}

}  // namespace
}  // namespace vanthu::inspect
