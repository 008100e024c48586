// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>

#include "filters/inspect/paper/head.hpp"
#include "filters/inspect/paper/kinds.hpp"
#include "filters/inspect/paper/named.hpp"
#include "filters/inspect/paper/number.hpp"
#include "filters/inspect/paper/paper.hpp"
#include "filters/inspect/paper/rule_books.hpp"
#include "filters/inspect/paper/signing.hpp"
#include "filters/inspect/paper/stamps.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::string_view notice =
    "TỈNH UỶ HÀ TĨNH                         ĐẢNG CỘNG SẢN VIỆT NAM\n"
    "BAN CHỈ ĐẠO ỨNG DỤNG\n"
    "CÔNG NGHỆ THÔNG TIN                     Hà Tĩnh, ngày 24 tháng 8 năm 2016\n"
    "*\n"
    "Số 01-TB/BCĐ\n"
    "Lưu hành nội bộ\n"
    "\n"
    "                 THÔNG BÁO\n"
    "        về kết luận phiên họp thứ nhất\n"
    "\n"
    "Ngày 15/8/2016, tại Văn phòng Tỉnh uỷ, Ban Chỉ đạo họp phiên thứ nhất.\n"
    "1. Quyết định số 12-QĐ/TU ngày 3/4/2015 vẫn có hiệu lực.\n"
    "\n"
    "Nơi nhận:                               T/M BAN CHỈ ĐẠO\n"
    "- Thường trực Tỉnh uỷ (b/c),            K/T TRƯỞNG BAN\n"
    "- Các huyện, thành, thị uỷ,             PHÓ TRƯỞNG BAN\n"
    "- Lưu VPTU.                             (đã ký)\n"
    "                                        Nguyễn Văn Bình\n";

const filters::Source* source(const filters::Paper& paper, std::string_view field) {
  const auto found = std::find_if(paper.sources.begin(), paper.sources.end(),
                                  [&](const filters::Source& one) { return one.field == field; });
  return found == paper.sources.end() ? nullptr : &*found;
}

TEST(PaperFields, AreAllReadAndEachWithItsPlace) {
  const auto paper = read_paper(lines_of(notice));
  ASSERT_TRUE(paper);
  EXPECT_EQ(paper->parent, "TỈNH UỶ HÀ TĨNH");
  EXPECT_EQ(paper->issuer, "BAN CHỈ ĐẠO ỨNG DỤNG CÔNG NGHỆ THÔNG TIN");
  EXPECT_EQ(paper->number, "01");
  EXPECT_EQ(paper->symbol, "TB/BCĐ");
  EXPECT_EQ(paper->kind, "Thông báo");
  EXPECT_EQ(paper->place, "Hà Tĩnh");
  EXPECT_EQ(paper->date, "2016-08-24");
  EXPECT_EQ(paper->subject, "kết luận phiên họp thứ nhất");
  EXPECT_EQ(paper->circulation, "Lưu hành nội bộ");
  EXPECT_EQ(paper->authority, "T/M BAN CHỈ ĐẠO / K/T TRƯỞNG BAN");
  EXPECT_EQ(paper->post, "PHÓ TRƯỞNG BAN");
  EXPECT_EQ(paper->signer, "Nguyễn Văn Bình");
  EXPECT_EQ(paper->recipients,
            (std::vector<std::string>{"Thường trực Tỉnh uỷ (b/c)", "Các huyện, thành, thị uỷ", "Lưu VPTU"}));
  for (const char* field : {"number", "symbol", "form", "issuer", "place", "date", "kind", "subject", "recipients",
                            "authority", "post", "signer", "circulation"}) {
    const filters::Source* one = source(*paper, field);
    ASSERT_NE(one, nullptr) << field;
    EXPECT_EQ(one->reading, "text") << field;
    EXPECT_GT(one->confidence, 0.5) << field;
    EXPECT_GT(one->line, 0U) << field;
  }
  EXPECT_EQ(source(*paper, "secrecy"), nullptr) << "what is not there was read nowhere";
}

TEST(RuleBooks, AreThoseOfThePapersOwnDay) {
  EXPECT_EQ(rule_books_of("party", "2016-08-24"), "31-QĐ/TW, 11-HD/VPTW");
  EXPECT_EQ(rule_books_of("party", "2018-04-02"), "66-QĐ/TW, 11-HD/VPTW");
  EXPECT_EQ(rule_books_of("party", "2018-04-03"), "66-QĐ/TW, 36-HD/VPTW");
  EXPECT_EQ(rule_books_of("party", "2030-01-01"), "399-QĐ/TW, 05-HD/VPTW");
  EXPECT_EQ(rule_books_of("state", "2020-03-05"), "30/2020/NĐ-CP");
  EXPECT_EQ(rule_books_of("party", "1990-01-01"), "");
  EXPECT_EQ(rule_books_of("party", ""), "");
  EXPECT_EQ(read_paper(lines_of(notice))->rules, "31-QĐ/TW, 11-HD/VPTW");
}

TEST(PaperFields, FromAScanSayHowSureTheyAreAndWhereTheyStand) {
  Lines lines = lines_of(notice);
  for (Line& line : lines) {
    line.certainty = 80;
    line.page = 0;
    line.top = 100;
    line.bottom = 112;
  }
  const auto paper = read_paper(lines);
  ASSERT_TRUE(paper);
  const filters::Source* number = source(*paper, "number");
  ASSERT_NE(number, nullptr);
  EXPECT_EQ(number->reading, "ocr");
  EXPECT_LT(number->confidence, 0.81);
  EXPECT_EQ(number->page, 1U);
  ASSERT_TRUE(number->box);
  EXPECT_EQ(number->box->top, 100);
  EXPECT_EQ(paper->page, 1U);
}

TEST(PaperFields, FromAScanAreMendedWhereOneReadingIsLeft) {
  const auto scanned = [](std::string_view number) {
    std::string text(notice);
    text.replace(text.find("Số 01-TB/BCĐ"), std::string_view("Số 01-TB/BCĐ").size(), number);
    Lines lines = lines_of(text);
    for (Line& line : lines) line.certainty = 80;
    const auto paper = read_paper(lines);
    return paper ? paper->number + " " + paper->symbol : std::string("no paper");
  };
  EXPECT_EQ(scanned("S6:36-KL/BXDD"), "36 KL/BXDĐ");
  EXPECT_EQ(scanned("Số: 5-QC/ĐĐUK"), "5 QC/ĐUK");
  EXPECT_EQ(scanned("Số01\u2044BC\u2044ĐĐ"), "01 BC/ĐĐ") << "a body of that symbol there is";
  EXPECT_EQ(scanned("Số01TBBCĐ"), "01 ") << "the form shows that it is a paper, the symbol stays unknown";
  EXPECT_EQ(scanned("Số: 5-TE/BCĐ"), "5 TB/BCĐ") << "the title says what it must be";
  EXPECT_EQ(scanned("Số: 128    TB/BCĐ"), "128 TB/BCĐ") << "apart on one row";
  EXPECT_EQ(scanned("x"), "no paper");
}

TEST(PaperFields, ThatAreTypedAreNotMended) {
  std::string text(notice);
  text.replace(text.find("TB/BCĐ"), std::string_view("TB/BCĐ").size(), "TB/BXDD");
  const auto paper = read_paper(lines_of(text));
  ASSERT_TRUE(paper);
  EXPECT_EQ(paper->symbol, "TB/BXDD");
  text.replace(text.find("Số 01-TB/BXDD"), std::string_view("Số 01-TB/BXDD").size(), "Số01TBBCĐ");
  EXPECT_FALSE(read_paper(lines_of(text))) << "without a number it is none: nothing was misread";
}

TEST(PaperFields, AreReadWhereTheHeaderWasLost) {
  constexpr std::string_view rest =
      "THÔNG BÁO\nkết luận của đồng chí Trưởng Ban Chỉ đạo\ntại phiên họp thứ nhất\n-----\n"
      "Ngày 15 tháng 8 năm 2016, tại Văn phòng Tỉnh uỷ, Ban Chỉ đạo đã họp phiên thứ nhất.\n"
      "Nơi nhận:\n- Thường trực Tỉnh uỷ (báo cáo),\n- Các huyện, thành, thị uỷ,\n- Lưu.\n"
      "T/L TRƯỞNG BAN CHỈ ĐẠO\nPHÓ TRƯỞNG BAN THƯỜNG TRỰC\nNguyễn Văn Bình\n4\n2\n";
  const auto paper = read_paper(lines_of("*\nSố 01 - TB/BCĐ\n" + std::string(rest)));
  ASSERT_TRUE(paper);
  EXPECT_EQ(paper->number, "01");
  EXPECT_EQ(paper->symbol, "TB/BCĐ");
  EXPECT_EQ(paper->kind, "Thông báo");
  EXPECT_EQ(paper->form, "party");
  EXPECT_EQ(paper->subject, "kết luận của đồng chí Trưởng Ban Chỉ đạo tại phiên họp thứ nhất");
  EXPECT_EQ(paper->date, "") << "the day of the meeting is not the paper's";
  EXPECT_EQ(paper->issuer, "BAN CHỈ ĐẠO");
  EXPECT_EQ(paper->signer, "Nguyễn Văn Bình");
  EXPECT_EQ(paper->recipients,
            (std::vector<std::string>{"Thường trực Tỉnh uỷ (báo cáo)", "Các huyện, thành, thị uỷ", "Lưu"}));
  EXPECT_FALSE(read_paper(lines_of("Số 01 - TB/BCĐ\n" + std::string(rest))))
      << "without the rule it may be a quotation";
  EXPECT_FALSE(read_paper(lines_of("*\nSố 01 - TB/BCĐ\nTHÔNG BÁO\nkết luận\nNgày 15 tháng 8, đã họp.\n")));
}

TEST(Papers, OfOneFileAreReadOneByOne) {
  std::string second(notice);
  second.replace(second.find("01-TB/BCĐ"), std::string_view("01-TB/BCĐ").size(), "02-KH/BCĐ");
  second.replace(second.find("THÔNG BÁO"), std::string_view("THÔNG BÁO").size(), "KẾ HOẠCH");
  const auto papers = read_papers(lines_of(std::string(notice) + "\n" + second));
  ASSERT_EQ(papers.size(), 2U);
  EXPECT_EQ(papers[0].symbol, "TB/BCĐ");
  EXPECT_EQ(papers[1].symbol, "KH/BCĐ");
  EXPECT_EQ(papers[1].kind, "Kế hoạch");
  EXPECT_EQ(papers[1].parent, "TỈNH UỶ HÀ TĨNH");
  EXPECT_EQ(papers[0].recipients.size(), 3U);
  EXPECT_GT(source(papers[1], "number")->line, source(papers[0], "signer")->line);
}

TEST(Papers, WhoseSheetsLayTheOtherWayRoundAreReadFromTheirFirstPage) {
  Lines first = lines_of(notice.substr(0, notice.find("Nơi nhận")));
  Lines last = lines_of(notice.substr(notice.find("Nơi nhận")));
  Lines body;
  for (int i = 0; i < 70; ++i)
    body.push_back({"Nội dung dòng " + std::to_string(i) + " của văn bản.", Zone::body, 0, 1, 2});
  body.insert(body.end(), last.begin(), last.end());
  Lines scan = body;
  scan.insert(scan.end(), first.begin(), first.end());
  for (std::size_t i = 0; i < scan.size(); ++i) {
    scan[i].page = i < body.size() ? 0 : 1;
    scan[i].row = static_cast<std::uint32_t>(i);
    scan[i].top = 10;
    scan[i].bottom = 20;
  }
  const auto papers = read_papers(scan);
  ASSERT_EQ(papers.size(), 1U);
  EXPECT_EQ(papers[0].symbol, "TB/BCĐ");
  EXPECT_EQ(papers[0].page, 2U) << "of the file as it came";
  EXPECT_EQ(papers[0].recipients.size(), 3U);
  EXPECT_GT(source(papers[0], "number")->line, body.size());
}

TEST(Papers, OneThatQuotesAnothersHeadStaysOne) {
  const std::string quoted = std::string(notice.substr(0, notice.find("Nơi nhận"))) +
                             "Mẫu trình bày:\nĐẢNG CỘNG SẢN VIỆT NAM\nSố …-TB/TU\n" +
                             std::string(notice.substr(notice.find("Nơi nhận")));
  EXPECT_EQ(read_papers(lines_of(quoted)).size(), 1U);
}

TEST(Stamps, OfArrivalGiveNoNumberToThePaper) {
  const std::string text =
      "VĂN PHÒNG TỈNH UỶ\nĐẾN Số: 1532\nNgày: 25/8/2016\nChuyển: đ/c Chánh Văn phòng\n" + std::string(notice);
  const auto paper = read_paper(lines_of(text));
  ASSERT_TRUE(paper);
  EXPECT_EQ(paper->number, "01");
  EXPECT_EQ(paper->date, "2016-08-24");
  EXPECT_EQ(paper->arrival_number, "1532");
  EXPECT_EQ(paper->arrival_date, "2016-08-25");
}

TEST(Stamps, ThatDeclassifyCarryAnothersNumber) {
  const auto paper = read_paper(
      lines_of("ĐÃ GIẢI MẬT\nTheo Quyết định\nSố 77-QĐ/TU\nngày 3 tháng 4 năm 2020\n" + std::string(notice)));
  ASSERT_TRUE(paper);
  EXPECT_EQ(paper->number, "01");
  EXPECT_EQ(paper->symbol, "TB/BCĐ");
  EXPECT_EQ(paper->date, "2016-08-24");
}

struct TextCase {
  const char* name;
  std::string_view text, wanted;
};

class DraftLine : public testing::TestWithParam<TextCase> {};
TEST_P(DraftLine, IsAMarkOfItsOwn) { EXPECT_EQ(read_draft(lines_of(GetParam().text)).text, GetParam().wanted); }
INSTANTIATE_TEST_SUITE_P(Lines, DraftLine,
                         testing::Values(TextCase{"alone", "DỰ THẢO\n", "DỰ THẢO"},
                                         TextCase{"counted", "Dự thảo lần 2\n", "Dự thảo lần 2"},
                                         TextCase{"framed", "(DỰ THẢO LẦN 3)\n", "(DỰ THẢO LẦN 3)"},
                                         TextCase{"dated", "Dự thảo (lần 2) ngày 3/4\n", "Dự thảo (lần 2) ngày 3/4"},
                                         TextCase{"about", "góp ý dự thảo Nghị quyết\n", ""},
                                         TextCase{"title", "Dự thảo Nghị quyết đại hội\n", ""}),
                         [](const auto& row) { return std::string(row.param.name); });

class Name : public testing::TestWithParam<TextCase> {};
TEST_P(Name, StandsUnderItsPost) { EXPECT_EQ(read_signing(lines_of(GetParam().text), 0).signer, GetParam().wanted); }
INSTANTIATE_TEST_SUITE_P(
    Blocks, Name,
    testing::Values(TextCase{"party", "T/M BAN THƯỜNG VỤ\nPHÓ BÍ THƯ\n(Đã ký)\nTrần Thị Hồng Lan\n",
                             "Trần Thị Hồng Lan"},
                    TextCase{"state", "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Ngọc Châu\n", "Lê Ngọc Châu"},
                    TextCase{"head_alone", "CHÁNH VĂN PHÒNG\nHà Văn Trọng\n", "Hà Văn Trọng"},
                    TextCase{"sentence", "T/M BAN THƯỜNG VỤ\nYêu cầu các đơn vị thực hiện.\n", ""},
                    TextCase{"small", "Phó Bí thư\nNguyễn Văn An\n", ""}),
    [](const auto& row) { return std::string(row.param.name); });

class Title : public testing::TestWithParam<TextCase> {};
TEST_P(Title, NamesItsKind) { EXPECT_EQ(kind_of_title(GetParam().text).name, GetParam().wanted); }
INSTANTIATE_TEST_SUITE_P(
    Lines, Title,
    testing::Values(TextCase{"spaced", "T H Ô N G  B Á O", "Thông báo"}, TextCase{"spaced_d", "Đ Ề  Á N", "Đề án"},
                    TextCase{"marks_lost", "QUYÊT ĐỊNH", "Quyết định"}, TextCase{"no_marks", "BAO CAO", "Báo cáo"},
                    TextCase{"two_kinds", "QUY ĐỊNH", "Quy định"}, TextCase{"sentence", "Thông báo cho các đơn vị", ""},
                    TextCase{"no_kind", "T Ỉ N H", ""}),
    [](const auto& row) { return std::string(row.param.name); });

class DateLine : public testing::TestWithParam<TextCase> {};
TEST_P(DateLine, IsReadInEverySpelling) {
  const auto read = read_place_date(GetParam().text);
  EXPECT_EQ(read ? read->date : "no date", GetParam().wanted);
}
INSTANTIATE_TEST_SUITE_P(Lines, DateLine,
                         testing::Values(TextCase{"slashes", "Hà Tĩnh, ngày 24/8/2016", "2016-08-24"},
                                         TextCase{"marks_lost", "Hà Tĩnh, ngay 24 thang 8 nam 2016", "2016-08-24"},
                                         TextCase{"close", "Hà Tĩnh, ngày24 tháng8 năm2016", "2016-08-24"},
                                         TextCase{"misread", "Hà Tĩnh, ngày l5 tháng O8 năm 2O16", "2016-08-15"},
                                         TextCase{"unread_day", "Hà Tĩnh, ngày T tháng 8 năm 2016", ""},
                                         TextCase{"open_day", "Hà Tĩnh, ngày … tháng 8 năm 2016", ""},
                                         TextCase{"no_such_day", "Hà Tĩnh, ngày 31 tháng 2 năm 2016", ""},
                                         TextCase{"sentence", "Hà Tĩnh, ngày 24 tháng 8 năm 2016 đã họp", "no date"},
                                         TextCase{"law", "căn cứ Luật ngày 24 tháng 8 năm 2016", "no date"}),
                         [](const auto& row) { return std::string(row.param.name); });

class NoPaper : public testing::TestWithParam<TextCase> {};
TEST_P(NoPaper, IsTakenForOne) {
  const auto paper = read_paper(lines_of(GetParam().text));
  EXPECT_FALSE(paper) << paper->issuer << " " << paper->number << " " << paper->symbol;
}
INSTANTIATE_TEST_SUITE_P(
    Texts, NoPaper,
    testing::Values(
        TextCase{"petition_that_quotes",
                 "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM\nHà Tĩnh, ngày 3 tháng 4 năm 2024\nĐƠN ĐỀ NGHỊ\nTheo Thông báo\n"
                 "Số 12-TB/TU ngày 3/4/2020 của Tỉnh uỷ, tôi làm đơn này.\n",
                 ""},
        TextCase{"application_with_a_number",
                 "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM\nHà Tĩnh, ngày 3 tháng 4 năm 2024\nĐƠN XIN NGHỈ PHÉP\n"
                 "Số: 05/ĐX-CN\n",
                 ""},
        TextCase{"lesson_on_form",
                 "TẬP HUẤN VĂN THƯ\nCách trình bày:\nĐẢNG CỘNG SẢN VIỆT NAM\nSố 24-BS/UBKTTU\nvà thể thức trang\n", ""},
        TextCase{"news",
                 "BÁO HÀ TĨNH ĐIỆN TỬ\nThứ Ba, ngày 3 tháng 4 năm 2024\nBan Thường vụ Tỉnh uỷ ban hành Chỉ thị\n"
                 "Số 15-CT/TU ngày 2/4/2024 về phòng cháy rừng yêu cầu các cấp khẩn trương.\n",
                 ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(PaperFields, OfASubjectThatWasBrokenGoOn) {
  const auto subject = [](std::string_view under_title) {
    const auto paper = read_paper(
        lines_of(std::string(notice.substr(0, notice.find("        về kết luận"))) + std::string(under_title)));
    return paper ? paper->symbol + " " + paper->subject : std::string("no paper");
  };
  EXPECT_EQ(subject("về thực hiện Nghị quyết số 18-NQ/TW của Ban\nChấp hành Trung ương\nCăn cứ Điều lệ Đảng\n"),
            "TB/BCĐ thực hiện Nghị quyết số 18-NQ/TW của Ban Chấp hành Trung ương");
  EXPECT_EQ(subject("về thực hiện Nghị quyết\nsố 18-NQ/TW của Trung ương\nCăn cứ Điều lệ Đảng\n"),
            "TB/BCĐ thực hiện Nghị quyết số 18-NQ/TW của Trung ương");
  EXPECT_EQ(subject("về lịch tiếp công dân của Thường trực\nTỉnh uỷ tháng 11\nCăn cứ Điều lệ Đảng\n"),
            "TB/BCĐ lịch tiếp công dân của Thường trực Tỉnh uỷ tháng 11");
  EXPECT_EQ(subject("về công tác cán bộ\nTỉnh uỷ thông báo đến các đơn vị như sau\n"), "TB/BCĐ công tác cán bộ");
  EXPECT_EQ(subject("về công tác cán bộ\nCác đơn vị quán triệt, bảo đảm an toàn; các đoàn thể giám sát việc này.\n"),
            "TB/BCĐ công tác cán bộ");
}

class PaperFileName : public testing::TestWithParam<TextCase> {};
// In the party TB may be a Thông báo or a Tuyên bố, so no kind is named.
TEST_P(PaperFileName, TellsNumberAndSymbol) {
  const auto paper = paper_of_file_name(GetParam().text);
  EXPECT_EQ(paper ? paper->number + " " + paper->symbol + " " + paper->kind : "nothing", GetParam().wanted);
  if (paper) {
    EXPECT_LT(paper->confidence, 0.5);
  }
}
INSTANTIATE_TEST_SUITE_P(Names, PaperFileName,
                         testing::Values(TextCase{"canonical", "01-TB.BCĐ.pdf", "01 TB/BCĐ "},
                                         TextCase{"signed", "01-TB-BCD.signed.pdf", "01 TB/BCD "},
                                         TextCase{"kind_first", "TB 01 BCD (da ky).pdf", "01 TB/BCD "},
                                         TextCase{"no_mark", "12-QD.TU.docx", "12 QĐ/TU "},
                                         TextCase{"no_organ", "KH_15.pdf", "15 KH Kế hoạch"},
                                         TextCase{"scan", "scan0001.pdf", "nothing"},
                                         TextCase{"date", "2024-05-03 hop.pdf", "nothing"},
                                         TextCase{"phone", "IMG_20240503.jpg", "nothing"},
                                         TextCase{"words", "bao cao thang 5.docx", "nothing"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Subject, TellsThePaperItSends) {
  const auto paper = paper_of_subject("V/v gửi Thông báo số 01-TB/BCĐ ngày 24/8");
  ASSERT_TRUE(paper);
  EXPECT_EQ(paper->number, "01");
  EXPECT_EQ(paper->symbol, "TB/BCĐ");
  EXPECT_EQ(paper->sources[0].reading, "subject");
  EXPECT_FALSE(paper_of_subject("Lịch họp số 5"));
  EXPECT_FALSE(paper_of_subject(""));
}

TEST(PaperFields, OfASubjectEndWhereTheBodyBegins) {
  const auto subject = [](std::string_view under_title) {
    std::string text(notice.substr(0, notice.find("        về kết luận")));
    const auto paper = read_paper(lines_of(text + std::string(under_title)));
    return paper ? paper->subject : std::string("no paper");
  };
  EXPECT_EQ(subject("thực hiện Nghị quyết số 18-NQ/TW\nThực hiện Kế hoạch số 3, Ban Chỉ đạo thông báo:\n"),
            "thực hiện Nghị quyết số 18-NQ/TW");
  EXPECT_EQ(subject("về kỷ niệm 90 năm ngày\nngày thành lập Đảng\nTheo đề nghị của Văn phòng\n"),
            "kỷ niệm 90 năm ngày ngày thành lập Đảng");
  EXPECT_EQ(subject("CỦA BAN THƯỜNG VỤ TỈNH UỶ\nvề công tác cán bộ\nCăn cứ Điều lệ Đảng\n"), "công tác cán bộ");
  EXPECT_EQ(subject("về đề án (lần 2)\nCăn cứ Điều lệ Đảng\n"), "đề án (lần 2)");
}

TEST(PaperFields, OfAnIssuerThatBrokeInTheMiddleAreJoined) {
  const auto issuer = [](std::string_view block) {
    const auto paper = read_paper(lines_of("ĐẢNG CỘNG SẢN VIỆT NAM\nHà Tĩnh, ngày 1 tháng 2 năm 2024\n" +
                                           std::string(block) + "*\nSố 5-TB/BTCTU\nTHÔNG BÁO\nvề việc họp\n"));
    return paper ? paper->parent + "|" + paper->issuer : std::string("no paper");
  };
  EXPECT_EQ(issuer("TỈNH UỶ HÀ TĨNH\nBAN TỔ CHỨC\n"), "TỈNH UỶ HÀ TĨNH|BAN TỔ CHỨC");
  EXPECT_EQ(issuer("VĂN PHÒNG\nTỈNH UỶ HÀ TĨNH\n"), "|VĂN PHÒNG TỈNH UỶ HÀ TĨNH");
  EXPECT_EQ(issuer("TỈNH UỶ HÀ TĨNH\nBAN TUYÊN GIÁO VÀ\nDÂN VẬN\n"), "TỈNH UỶ HÀ TĨNH|BAN TUYÊN GIÁO VÀ DÂN VẬN");
  EXPECT_EQ(issuer("ĐẢNG BỘ TỈNH HÀ TĨNH\nĐẢNG UỶ XÃ THẠCH LẠC\n"), "ĐẢNG BỘ TỈNH HÀ TĨNH|ĐẢNG UỶ XÃ THẠCH LẠC");
}

}  // namespace
}  // namespace vanthu::inspect
