// SPDX-License-Identifier: GPL-3.0-or-later
// Two thousand letters as an office writes them, full of words that markings are made of: none is marked, none is a
// paper, and nothing in them is refused. Made from one seed, so that every run sees the same letters.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/findings.hpp"
#include "samples.hpp"

namespace vanthu::inspect {
namespace {

using Words = std::vector<std::string_view>;

/// Deterministic choices: std::mt19937 is the same everywhere, distributions are not.
class Chooser {
 public:
  explicit Chooser(unsigned seed) : made_(seed) {}
  std::size_t below(std::size_t n) { return made_() % n; }
  std::string_view of(const Words& words) { return words[below(words.size())]; }
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::mt19937 made_;
};

const Words openings = {"Kính gửi các đồng chí,", "Chào anh,",
                        "Chào chị Lan,",          "Kính thưa đồng chí Chánh Văn phòng,",
                        "Thân gửi các bạn,",      "Kính gửi: Văn phòng Đảng uỷ",
                        "Em chào anh,",           "Gửi các đơn vị"};
const Words sentences = {"Đề nghị khẩn trương rà soát danh sách đảng viên trước ngày 15.",
                         "Công tác bảo vệ bí mật nhà nước được thực hiện nghiêm.",
                         "Mật khẩu hộp thư mới sẽ được gửi riêng, không chia sẻ mật khẩu cho người khác.",
                         "Mật độ dân số của xã tăng so với năm trước.",
                         "Uỷ ban Mặt trận Tổ quốc tỉnh phối hợp với Hội Nông dân tổ chức.",
                         "Tối nay họp giao ban lúc 19 giờ, tối thiểu mỗi phòng một người.",
                         "Mời các đồng chí dùng thử mật ong rừng Hương Khê, giá 300 nghìn một chai.",
                         "Nhiệm vụ trước mắt là hoàn thành báo cáo quý, không để mất số liệu.",
                         "Tình trạng khẩn cấp do bão số 5 được công bố tại ba huyện.",
                         "Góp ý dự thảo Nghị quyết gửi về Văn phòng trước thứ Sáu.",
                         "Công tác chính trị nội bộ và quy chế chi tiêu nội bộ đã được phổ biến.",
                         "Giữ mối liên hệ mật thiết với nhân dân.",
                         "Đơn vị còn nhiều khó khăn về cơ sở vật chất.",
                         "Ba mức độ bí mật nhà nước là Tuyệt mật, Tối mật và Mật theo Luật số 117/2025/QH15.",
                         "Bài thi gồm câu hỏi: tài liệu nào được đóng dấu MẬT, tài liệu nào đóng dấu TỐI MẬT?",
                         "Số điện thoại mới của phòng là 0239 385 xxxx, số máy lẻ 12.",
                         "Thông báo số 12-TB/TU ngày 03/4/2024 của Tỉnh uỷ đã được gửi các đơn vị.",
                         "Quyết định số 30/2020/NĐ-CP quy định về công tác văn thư.",
                         "Thời tiết mát mẻ, đoàn khởi hành lúc 7 giờ.",
                         "Xe hoả tốc hành đến ga Yên Trung chậm 20 phút.",
                         "Danh sách kèm theo, đề nghị kiểm tra và phản hồi.",
                         "Trân trọng cảm ơn."};
/// Lines that stand alone, as headings, rows and signatures do.
const Words lone_lines = {"MẶT TRẬN TỔ QUỐC VIỆT NAM",
                          "BÍ MẬT NHÀ NƯỚC VÀ TRÁCH NHIỆM CỦA CÁN BỘ",
                          "MẬT KHẨU",
                          "MẬT ONG HƯƠNG KHÊ",
                          "HỎI - ĐÁP VỀ LUẬT BẢO VỆ BÍ MẬT NHÀ NƯỚC",
                          "KHẨN TRƯƠNG TRIỂN KHAI PHÒNG CHỐNG BÃO",
                          "TỐI ƯU HOÁ QUY TRÌNH",
                          "UBMTTQ TỈNH HÀ TĨNH",
                          "MẤT ĐIỆN TOÀN XÃ TỪ 7 GIỜ",
                          "MẮT KÍNH TẶNG NGƯỜI CAO TUỔI",
                          "MAT",
                          "Mật độ: 210 người/km2",
                          "LỊCH CÔNG TÁC TUẦN",
                          "GIẢI MẬT TÀI LIỆU LƯU TRỮ: HƯỚNG DẪN CHUNG",
                          "Đoàn kết nội bộ - sáng tạo - phát triển"};
const Words subjects = {"Lịch họp giao ban",
                        "Đổi mật khẩu hộp thư",
                        "Về công tác bảo vệ bí mật nhà nước",
                        "Mặt trận Tổ quốc: giấy mời",
                        "Re: Khẩn trương gửi báo cáo",
                        "Góp ý dự thảo",
                        "[Mật ong] đặt hàng tháng 11",
                        "Tối nay họp",
                        "Thông báo số 12-TB/TU"};
const Words closings = {"Trân trọng,\nNguyễn Văn Hùng\nVăn phòng Tỉnh uỷ", "Thân,\nLan",
                        "Chuyên viên Lê Thị Mai\nĐT: 0912 xxx xxx", "--\nPhòng Tổng hợp\nTỈNH UỶ HÀ TĨNH"};
const Words list_of_levels = {"Tuyệt mật", "Tối mật", "Mật"};

std::string letter_text(Chooser& choose) {
  std::string text(choose.of(openings));
  text += "\n\n";
  const std::size_t paragraphs = 1 + choose.below(6);
  for (std::size_t p = 0; p < paragraphs; ++p) {
    if (choose.one_in(3)) text.append(choose.of(lone_lines)).append("\n");
    const std::size_t count = 1 + choose.below(4);
    for (std::size_t s = 0; s < count; ++s) text.append(choose.of(sentences)).append(" ");
    text += choose.one_in(2) ? "\n\n" : "\n";
  }
  if (choose.one_in(12)) {  // a lesson on the law: each level on its line, with what it is
    text += "Các mức độ:\n";
    for (const std::string_view level : list_of_levels) text.append("- ").append(level).append(": theo Điều 8\n");
  }
  if (choose.one_in(20)) {
    text += "Các mức độ bí mật:\n";
    for (const std::string_view level : list_of_levels) text.append(level).append("\n");
  }
  return text.append("\n").append(choose.of(closings)).append("\n");
}

std::string as_html(std::string_view text) {
  std::string html = "<html><body>";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    html.append("<p>").append(text.substr(at, end - at)).append("</p>\r\n");
    at = end + 1;
  }
  return html + "</body></html>";
}

std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

std::string letter(Chooser& choose) {
  const std::string text = letter_text(choose);
  std::string head =
      "From: =?utf-8?B?TmfDtCBWxINu?= <ngov@hatinh.dcs.example>\r\nTo: vt@hatinh.dcs.example\r\nMessage-ID: <" +
      std::to_string(choose.below(1000000)) + "@hatinh.dcs.example>\r\nMIME-Version: 1.0\r\nSubject: =?utf-8?B?" +
      samples::base64(choose.of(subjects)) + "?=\r\n";
  switch (choose.below(4)) {
    case 0:
      return head + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + crlf(text);
    case 1:
      return head + "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
             samples::base64(as_html(text)) + "\r\n";
    case 2:
      return head +
             "Content-Type: multipart/alternative; boundary=\"=_a1\"\r\n\r\n--=_a1\r\nContent-Type: text/plain; "
             "charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
             crlf(text) +
             "\r\n--=_a1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
             samples::base64(as_html(text)) + "\r\n--=_a1--\r\n";
    default:
      return head +
             "Content-Type: multipart/mixed; boundary=\"=_m1\"\r\n\r\n--=_m1\r\nContent-Type: text/plain; "
             "charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
             samples::base64(text) +
             "\r\n--=_m1\r\nContent-Type: text/plain; charset=utf-8; name=\"ghi-chu.txt\"\r\nContent-Disposition: "
             "attachment; filename=\"ghi-chu.txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
             samples::base64(letter_text(choose)) + "\r\n--=_m1--\r\n";
  }
}

TEST(OrdinaryMail, OfTwoThousandLettersIsNeitherMarkedNorAPaperNorRefused) {
  Chooser choose(20161124);
  std::size_t marked = 0, papers = 0, blocked = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string message = letter(choose);
    const filters::Facts facts = analyse(message);
    const auto report = [&](const std::string& what) {
      if (marked + papers + blocked <= 3) ADD_FAILURE() << what << " in letter " << i << ":\n" << message;
    };
    if (facts.secrecy != "none") {
      ++marked;
      report("marked " + facts.secrecy);
    }
    if (!facts.papers.empty()) {
      ++papers;
      report("a paper " + facts.papers[0].symbol);
    }
    for (const filters::Finding& one : facts.findings)
      if (!benign(one.id)) {
        ++blocked;
        report(one.id);
      }
  }
  EXPECT_EQ(marked, 0U);
  EXPECT_EQ(papers, 0U);
  EXPECT_EQ(blocked, 0U);
}

}  // namespace
}  // namespace vanthu::inspect
