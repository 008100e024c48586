// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/recipient_lines.hpp"

#include <gtest/gtest.h>

#include "filters/addressing/line_words.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::addressing {
namespace {

std::string lines_shape(const std::vector<PrintedLine>& lines) {
  std::string all;
  for (const PrintedLine& line : lines) {
    if (!all.empty()) all += " || ";
    switch (line.kind) {
      case PrintedLine::Kind::addressees:
        break;
      case PrintedLine::Kind::as_above:
        all += "<above>";
        break;
      case PrintedLine::Kind::articles:
        all += "<articles>";
        for (const unsigned number : line.articles) all += " " + std::to_string(number);
        break;
      case PrintedLine::Kind::archive:
        all += "<archive> ";
        break;
    }
    for (std::size_t i = 0; i < line.pieces.size(); ++i) all += (i == 0 ? "" : " | ") + std::string(line.piece(i));
    if (!line.purpose.empty()) all += " {" + line.purpose + "}";
  }
  return all;
}

struct PrintedRow {
  const char *printed, *read;
};
class Printed : public ::testing::TestWithParam<PrintedRow> {};
TEST_P(Printed, IsTakenApart) { EXPECT_EQ(lines_shape(read_recipient_line(GetParam().printed)), GetParam().read); }
INSTANTIATE_TEST_SUITE_P(
    Lines, Printed,
    ::testing::Values(
        PrintedRow{"- Thường trực Tỉnh uỷ (báo cáo);", "Thường trực Tỉnh uỷ {báo cáo}"},
        PrintedRow{"Thường trực Tỉnh uỷ (b/c),", "Thường trực Tỉnh uỷ {b/c}"},
        PrintedRow{"\xE2\x80\xA2 Các ban Đảng, UBKT, Văn phòng Tỉnh uỷ;", "Các ban Đảng | UBKT | Văn phòng Tỉnh uỷ"},
        PrintedRow{"1. Ban Tổ chức và Ban Nội chính (để thực hiện)", "Ban Tổ chức | Ban Nội chính {để thực hiện}"},
        PrintedRow{"a) VPTU.", "VPTU"}, PrintedRow{"Như trên;", "<above>"}, PrintedRow{"- Như kính gửi,", "<above>"},
        PrintedRow{"Như trên (02 bản); VPTU (để biết)", "<above> || VPTU {để biết}"},
        PrintedRow{"Như Điều 3;", "<articles> 3"}, PrintedRow{"Như Điều 2, 3 (t/h)", "<articles> 2 3 {t/h}"},
        PrintedRow{"Lưu.", "<archive> "}, PrintedRow{"Lưu: VT, TH.", "<archive> VT | TH"},
        PrintedRow{"Lưu BCĐ, VPTU.", "<archive> BCĐ | VPTU"}, PrintedRow{"LƯU VT", "<archive> VT"},
        PrintedRow{"Lưu trữ lịch sử tỉnh", "Lưu trữ lịch sử tỉnh"},
        PrintedRow{"Văn phòng Tỉnh uỷ, lưu VT.", "Văn phòng Tỉnh uỷ || <archive> VT"},
        PrintedRow{"Như trên, VPTU, lưu VT", "<above> || VPTU || <archive> VT"},
        PrintedRow{"Thường trực Tỉnh uỷ (b/c), các ban đảng (t/h);", "Thường trực Tỉnh uỷ {b/c} || các ban đảng {t/h}"},
        PrintedRow{"Thường trực Tỉnh uỷ để b/c", "Thường trực Tỉnh uỷ {để b/c}"},
        PrintedRow{"Đảng uỷ xã Tượng Sơn (cũ)", "Đảng uỷ xã Tượng Sơn (cũ)"},
        PrintedRow{"UBMTTQ tỉnh (qua VPTU) (để phối hợp)", "UBMTTQ tỉnh {để phối hợp}"},
        PrintedRow{"Ban Tổ chức Tỉnh uỷ (để biết", "Ban Tổ chức Tỉnh uỷ {để biết}"},
        PrintedRow{"Nơi nhận: Ban Tổ chức Tỉnh uỷ", "Ban Tổ chức Tỉnh uỷ"},
        PrintedRow{"Đồng chí Nguyễn Hữu Đông, Bí thư Tỉnh uỷ", "Đồng chí Nguyễn Hữu Đông | Bí thư Tỉnh uỷ"},
        PrintedRow{"", ""}, PrintedRow{" -; . ", ""}, PrintedRow{"(để biết)", ""}, PrintedRow{"()", ""},
        PrintedRow{"Như Điều;", "<articles>"}));

TEST(Printed, HasItsBounds) {
  std::string many = "A";
  for (std::size_t i = 0; i < 100; ++i) many += ", B";
  const auto lines = read_recipient_line(many);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].pieces.size(), limits::recipient_pieces);
  EXPECT_EQ(lines[0].pieces.back().end, lines[0].text.size());  // nothing is lost

  std::string entries;
  for (std::size_t i = 0; i < 100; ++i) entries += "A;";
  EXPECT_EQ(read_recipient_line(entries).size(), limits::recipient_pieces);

  const std::string at_the_bound(limits::recipient_line_octets, 'a');
  EXPECT_EQ(read_recipient_line(at_the_bound).at(0).text, at_the_bound);
  EXPECT_EQ(read_recipient_line(at_the_bound + "b").at(0).text, at_the_bound);
}

const Abbreviations& abbreviations() {
  static const Abbreviations one(
      {{"VPTU", "Văn phòng Tỉnh uỷ"}, {"TU", "Tỉnh uỷ"}, {"đ/c", "đồng chí"}, {"T.Ư", "Trung ương"}});
  return one;
}
TEST(LineWords, WriteAbbreviationsOut) {
  EXPECT_EQ(line_words("Các đ/c Lãnh đạo VPTU", abbreviations()).strict, "các đồng chí lãnh đạo văn phòng tỉnh uỷ");
  EXPECT_EQ(line_words("Các đ/c Lãnh đạo VPTU", abbreviations()).loose, "lãnh đạo văn phòng tỉnh uỷ");
  EXPECT_EQ(line_words("Các đ/c Lãnh đạo VPTU", abbreviations()).bare, "lanh dao van phong tinh uy");
  EXPECT_EQ(line_words("Văn phòng T.Ư,", abbreviations()).strict, "văn phòng trung ương");
}
TEST(LineWords, AreEqualHoweverTheToneIsPlaced) {
  EXPECT_EQ(line_words("Tỉnh ủy", abbreviations()).strict, line_words("TỈNH UỶ", abbreviations()).strict);
}
TEST(LineWords, LeaveShortWordsAlone) {
  EXPECT_EQ(line_words("trùng tu", abbreviations()).strict, "trùng tu");
  EXPECT_EQ(line_words("vptu", abbreviations()).strict, "văn phòng tỉnh uỷ");
  EXPECT_EQ(line_words("các", abbreviations()).loose, "các");  // a name made of such words alone keeps them
}

}  // namespace
}  // namespace vanthu::addressing
