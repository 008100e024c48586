// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/minutes.hpp"

#include <gtest/gtest.h>
#include <poppler-document.h>
#include <poppler-page.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>

namespace vanthu::keeping {
namespace {

/// Every page's text, without what only lays it out.
std::vector<std::string> pages_of(const std::string& pdf) {
  const std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(pdf.data(), static_cast<int>(pdf.size())));
  std::vector<std::string> pages;
  if (document == nullptr) return pages;
  for (int i = 0; i < document->pages(); ++i) {
    const std::unique_ptr<poppler::page> page(document->create_page(i));
    const auto octets = page->text().to_utf8();
    std::string text(octets.begin(), octets.end());
    std::erase_if(text, [](char c) { return c == '\n' || c == ' '; });
    pages.push_back(std::move(text));
  }
  return pages;
}

std::string squeezed(std::string text) {
  std::erase(text, ' ');
  return text;
}

/// Where VANTHU_KEEP_PDF names a folder, papers are left there to be looked at.
void keep(const std::string& name, const std::string& pdf) {
  if (const char* folder = std::getenv("VANTHU_KEEP_PDF"))
    std::ofstream(std::string(folder) + "/" + name, std::ios::binary) << pdf;
}

DisposalMinutes minutes() {
  DisposalMinutes m;
  m.head = {"ĐẢNG BỘ TỈNH HÀ TĨNH", "VĂN PHÒNG TỈNH UỶ", "2037-03-05"};
  m.number = 4;
  m.unit = "Văn phòng Tỉnh uỷ (vptu)";
  m.decision = "12-QĐ/VPTU";
  m.decision_date = "2037-02-28";
  m.decision_sha256 = std::string(64, 'd');
  m.schedule = "2026-01-01";
  m.explanation = "Thư mời họp đã hết giá trị <b>hiện hành</b> & lịch sử";
  m.list_sha256 = std::string(64, 'a');
  m.persons = {{"Người đề nghị", "Nguyễn Thị Lan (lan@x.example), lúc 2037-02-20 09:00"},
               {"Người ghi quyết định", "Nguyễn Thị Lan (lan@x.example), lúc 2037-03-01 09:00"},
               {"Người duyệt", "Trần Văn Minh (minh@x.example), lúc 2037-03-02 09:00"},
               {"Người thực hiện", "Lê Thị Hoa (hoa@x.example), lúc 2037-03-04 09:00"}};
  m.listed = 3;
  m.destroyed = 2;
  m.spared = 1;
  m.destroyed_records = "1,7";
  m.spared_records = {{"9", "lệnh giữ số 1 (UBKT)"}};
  m.files = {{"vptu/2026/05", "Thư mời năm 2026", "thu-moi", "5", "2026-12-31", "2032-01-01", {1, 7, 9}}};
  m.stores = {"chỉ mục toàn văn", "khoá riêng của từng bản ghi đã bị xoá"};
  m.finished = "2037-03-04 09:01";
  m.log = {
      "mail.x.example/records", std::string(64, '7'), 123456, {"mail.x.example/records", "w1.example, 2037-03-05"}};
  return m;
}

TEST(DisposalMinutes, SayByWhichDecisionWhoDidWhatAndWhatWent) {
  const auto pdf = to_pdf(minutes());
  ASSERT_TRUE(pdf) << pdf.error().detail;
  keep("disposal.pdf", *pdf);
  const auto pages = pages_of(*pdf);
  ASSERT_EQ(pages.size(), 2U) << "the minutes, and the list";
  for (const char* part :
       {"ĐẢNG CỘNG SẢN VIỆT NAM", "ĐẢNG BỘ TỈNH HÀ TĨNH", "VĂN PHÒNG TỈNH UỶ", "BIÊN BẢN", "hủy tài liệu hết giá trị",
        "ngày 05 tháng 03 năm 2037", "12-QĐ/VPTU", "28/02/2037", "Nguyễn Thị Lan", "Trần Văn Minh", "Lê Thị Hoa",
        "3 bản ghi", "2 bản ghi", "1 bản ghi", "1 hồ sơ", "mail.x.example/records, 123456 khung", "NGƯỜI THỰC HIỆN",
        "giá trị <b>hiện hành</b> & lịch sử", "khoá riêng của từng bản ghi đã bị xoá"})
    EXPECT_NE(pages[0].find(squeezed(part)), std::string::npos) << part << "\n" << pages[0];
  for (const std::string& digest : {std::string(64, 'a'), std::string(64, 'd'), std::string(64, '7')})
    EXPECT_NE(pages[0].find(digest), std::string::npos) << digest;
  for (const char* part :
       {"PHỤ LỤC 1", "vptu/2026/05", "Thư mời năm 2026", "01/01/2032", "1,7,9", "PHỤ LỤC 2", "lệnh giữ số 1 (UBKT)"})
    EXPECT_NE(pages[1].find(squeezed(part)), std::string::npos) << part << "\n" << pages[1];
}

TEST(DisposalMinutes, NoRecordOfALongListIsLeftOutOfThePaper) {
  DisposalMinutes m = minutes();
  Numbers scattered;
  for (std::uint64_t i = 0; i < 4000; ++i) scattered.push_back(100001 + 2 * i);
  m.files.clear();
  for (int i = 0; i < 60; ++i) m.files.push_back({"vptu/2026/" + std::to_string(i), "Hồ sơ", "x", "5", "", "", {5}});
  m.files[30].records = scattered;
  m.destroyed_records = to_ranges(scattered);
  const auto pdf = to_pdf(m);
  ASSERT_TRUE(pdf) << pdf.error().detail;
  std::string all;
  for (const std::string& page : pages_of(*pdf)) all += page;
  for (const std::uint64_t number : scattered) {
    const std::size_t first = all.find(std::to_string(number));
    ASSERT_NE(first, std::string::npos) << number;
    ASSERT_NE(all.find(std::to_string(number), first + 1), std::string::npos) << number << ": in its file, and as gone";
  }
  for (int i = 0; i < 60; ++i) EXPECT_NE(all.find("vptu/2026/" + std::to_string(i)), std::string::npos) << i;
}

TEST(HandoverMinutes, ListEveryFileAndCountWhatIsInThem) {
  HandoverMinutes m;
  m.head = minutes().head;
  m.from = "Văn phòng Tỉnh uỷ";
  m.to = "Lưu trữ lịch sử tỉnh";
  m.log = minutes().log;
  for (std::uint64_t i = 1; i <= 90; ++i)
    m.files.push_back({"vptu/2026/" + std::to_string(i), "Hồ sơ <i>số</i> " + std::to_string(i), "10 năm",
                       i == 40 ? "2025-02-03" : "2026-01-05", i == 50 ? "2026-12-31" : "2026-06-30", i});
  const auto pdf = to_pdf(m);
  ASSERT_TRUE(pdf) << pdf.error().detail;
  keep("handover.pdf", *pdf);
  const auto pages = pages_of(*pdf);
  for (const char* part : {"giao nhận tài liệu lưu trữ điện tử", "Bên giao: Văn phòng Tỉnh uỷ",
                           "Bên nhận: Lưu trữ lịch sử tỉnh", "90 hồ sơ", "4095 bản ghi", "03/02/2025 đến 31/12/2026",
                           "ĐẠI DIỆN BÊN GIAO", "ĐẠI DIỆN BÊN NHẬN", "mail.x.example/records, 123456 khung"})
    EXPECT_NE(pages.at(0).find(squeezed(part)), std::string::npos) << part << "\n" << pages[0];
  std::string all;
  for (const std::string& page : pages) all += page;
  for (int i = 1; i <= 90; ++i)
    EXPECT_NE(all.find(squeezed("Hồ sơ <i>số</i> " + std::to_string(i))), std::string::npos) << i;
}

TEST(DisposalMinutes, WithoutASignedHeadThePaperSaysSo) {
  DisposalMinutes m = minutes();
  m.log = {};
  const auto pdf = to_pdf(m);
  ASSERT_TRUE(pdf);
  EXPECT_NE(pages_of(*pdf)[0].find(squeezed("chưa có gốc cây đã ký")), std::string::npos);
}

}  // namespace
}  // namespace vanthu::keeping
