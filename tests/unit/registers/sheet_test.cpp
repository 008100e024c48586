// SPDX-License-Identifier: GPL-3.0-or-later
// Registers as files: what others' programs read in them.
#include "gateway/registers/sheet.hpp"

#include <poppler-document.h>
#include <poppler-page.h>
#include <zip.h>

#include <pugixml.hpp>

#include "gateway/registers/words.hpp"
#include "tests/unit/registers/fixture.hpp"

namespace vanthu::registers {
namespace {
constexpr const char* sheet_book = "di/vptu/xx/tb-tu";
constexpr const char* evil = "=HYPERLINK(\"http://x.example\";\"<b>&amp;\")\n</span>";

const Naming naming{
    [](const std::string& unit) {
      return unit == "vptu" ? std::string("Văn phòng Tỉnh uỷ") : unit == "xa" ? "Đảng uỷ xã" : "Ban Tổ chức";
    },
    [](const std::string&) { return std::string("TỈNH UỶ HÀ TĨNH"); }};

class SheetTest : public RegistersTest {
 protected:
  Sheet sheet(const std::string& id, std::uint32_t volume = 0) const {
    const auto made = look([&](const lmdb::Transaction& txn) {
      return sheet_of(registers_, txn, *registers_.find(txn, id), volume, naming);
    });
    EXPECT_TRUE(made) << made.error().detail;
    return *made;
  }
  /// A corrected line, a cancelled one, an allocated one, one from a stranger who wishes us ill.
  void fill() {
    const std::uint64_t record = post({.sheets = {{"07", "TB/TU"}}});
    ASSERT_TRUE(enter("xa", record));
    ASSERT_TRUE(act(correct, sheet_book, LineRef{7}, "subject", "Kết luận về chuyển đổi số", clerk("đọc sai")));
    post({.sheets = {{"08", "TB/TU", "g", "2026-11-22", evil}}});
    ASSERT_TRUE(allocate("TB/TU", 2));
    ASSERT_TRUE(act(cancel, sheet_book, LineRef{9}, clerk("đánh nhầm")));
  }
};

/// A member of the archive that a spreadsheet is.
std::string member(const std::string& octets, const char* name) {
  zip_error_t error;
  zip_source_t* source = zip_source_buffer_create(octets.data(), octets.size(), 0, &error);
  zip_t* archive = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive == nullptr) return {};
  zip_stat_t stat;
  std::string content;
  if (zip_stat(archive, name, 0, &stat) == 0) {
    content.resize(stat.size);
    zip_file_t* file = zip_fopen(archive, name, 0);
    EXPECT_EQ(zip_fread(file, content.data(), stat.size), static_cast<zip_int64_t>(stat.size));
    zip_fclose(file);
  }
  zip_discard(archive);
  return content;
}

/// The cells of a worksheet by their names; strings resolved, inline or shared.
std::map<std::string, std::string> cells_of(const std::string& octets) {
  pugi::xml_document sheet, shared;
  EXPECT_TRUE(sheet.load_string(member(octets, "xl/worksheets/sheet1.xml").c_str()));
  std::vector<std::string> strings;
  if (const std::string text = member(octets, "xl/sharedStrings.xml"); !text.empty()) {
    EXPECT_TRUE(shared.load_string(text.c_str(), pugi::parse_default | pugi::parse_ws_pcdata));
    for (const pugi::xml_node& one : shared.child("sst").children("si")) {
      std::string all;
      for (const auto& piece : one.select_nodes(".//t")) all += piece.node().child_value();
      strings.push_back(all);
    }
  }
  std::map<std::string, std::string> cells;
  for (const auto& found : sheet.select_nodes("//c")) {
    const pugi::xml_node cell = found.node();
    EXPECT_FALSE(cell.child("f")) << "a formula";
    std::string value = cell.child_value("v");
    if (std::string(cell.attribute("t").value()) == "s") value = strings.at(std::stoul(value));
    for (const auto& piece : cell.select_nodes("is//t")) value += piece.node().child_value();
    cells[cell.attribute("r").value()] = value;
  }
  return cells;
}

/// All text of all pages, white space squeezed.
std::vector<std::string> pages_of(const std::string& octets) {
  const std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(octets.data(), static_cast<int>(octets.size())));
  EXPECT_NE(document, nullptr);
  std::vector<std::string> pages;
  for (int i = 0; document && i < document->pages(); ++i) {
    const std::unique_ptr<poppler::page> page(document->create_page(i));
    const poppler::rectf area = page->page_rect();
    EXPECT_NEAR(area.width(), 841.89, 0.1);
    EXPECT_NEAR(area.height(), 595.28, 0.1);
    const auto raw = page->text(area, poppler::page::raw_order_layout).to_utf8();
    std::string text;
    for (const char c : raw)
      if (c != '\n' && c != '\f')
        text += c;
      else if (!text.empty() && text.back() != ' ')
        text += ' ';
    pages.push_back(text);
  }
  return pages;
}

TEST_F(SheetTest, HasThePrescribedColumnsFirst) {
  fill();
  const Sheet out = sheet(sheet_book);
  const std::vector<std::string> prescribed{"Số, ký hiệu văn bản",
                                            "Ngày tháng văn bản",
                                            "Tên loại và trích yếu nội dung văn bản",
                                            "Người ký",
                                            "Nơi nhận văn bản",
                                            "Đơn vị, người nhận bản lưu",
                                            "Số lượng bản",
                                            "Ngày chuyển",
                                            "Ký nhận",
                                            "Ghi chú"};
  ASSERT_GE(out.columns.size(), prescribed.size());
  EXPECT_TRUE(std::equal(prescribed.begin(), prescribed.end(), out.columns.begin()));
  ASSERT_EQ(out.rows.size(), 4U);
  for (const Sheet::Row& row : out.rows) EXPECT_EQ(row.cells.size(), out.columns.size());
  const auto& first = out.rows[0].cells;
  EXPECT_EQ(first[0].text, "07-TB/TU");
  EXPECT_EQ(first[1].text, "20/11/2026");
  EXPECT_EQ(first[2].text, "Thông báo: Kết luận về chuyển đổi số");
  EXPECT_EQ(first[2].struck, std::vector<std::string>{"Thông báo: Kết luận của Thường trực"});
  EXPECT_EQ(first[8].text, "đã tiếp nhận 1/2");
  EXPECT_TRUE(out.rows[2].cancelled);
  EXPECT_NE(out.rows[2].cells[9].text.find("ĐÃ HUỶ (huong, "), std::string::npos);
  EXPECT_NE(out.rows[2].cells[9].text.find(": đánh nhầm)"), std::string::npos);
  EXPECT_EQ(out.superior, "TỈNH UỶ HÀ TĨNH");
  EXPECT_EQ(out.first + "-" + out.last, "07-10");
  EXPECT_EQ(out.period, "ký hiệu TB/TU, nhiệm kỳ XX, 2025-2030");
  const Sheet in = sheet("den/xa/2026");
  EXPECT_EQ(in.columns[0], "Ngày đến");
  EXPECT_EQ(in.columns[9], "Ghi chú");
  EXPECT_EQ(in.rows.at(0).cells[1].text, "1");
  EXPECT_EQ(in.rows[0].cells.size(), in.columns.size());
}

/// Between the two words of a purge a book goes on having no gap, and does not say what was stored by mistake.
TEST_F(SheetTest, WhatWaitsForAPurgeKeepsItsNumberAndNoWords) {
  const std::uint64_t record = post({.sheets = {{"07", "TB/TU", "mat", "2026-11-20", "Chuyện không nên có"}}});
  ASSERT_TRUE(enter("xa", record));
  ASSERT_TRUE(act(correct, sheet_book, LineRef{7}, "subject", "Chuyện đã sửa", clerk("đọc sai chuyện")));
  ASSERT_TRUE(act(remark, sheet_book, LineRef{7}, "ghi chú về chuyện", clerk()));
  ASSERT_TRUE(act(track, Tracking{"xa", record, 0, "2026-12-01", {}, "ý kiến về chuyện", {}}, clerk()));
  Naming silent = naming;
  silent.withheld = {record};
  for (const char* id : {sheet_book, "den/xa/2026"}) {
    const auto made = look(
        [&](const lmdb::Transaction& txn) { return sheet_of(registers_, txn, *registers_.find(txn, id), 0, silent); });
    ASSERT_TRUE(made) << made.error().detail;
    const std::string csv = to_csv(*made);
    for (const char* stays : {"07-TB/TU", "20/11/2026", "đang chờ xoá khẩn cấp"})
      EXPECT_NE(csv.find(stays), std::string::npos) << stays << " in " << csv;
    for (const char* goes : {"Chuyện", "chuyện", "Thông báo", "Trần Bá Khoa", "Phòng Tổng hợp", "thành, thị uỷ",
                             "vanthu.vptu@", "vanthu.xa@", "Ban Tổ chức:"})
      EXPECT_EQ(csv.find(goes), std::string::npos) << goes << " in " << csv;
  }
  const auto whole = to_csv(sheet(sheet_book));
  EXPECT_NE(whole.find("Chuyện đã sửa"), std::string::npos) << "as soon as the purge is taken back";
}

TEST_F(SheetTest, CsvIsWhatSpreadsheetsReadAndComputesNothing) {
  Sheet sheet;
  sheet.columns = {"Số", "Trích yếu"};
  const auto csv = [&](const std::string& text, bool number = false) {
    sheet.rows = {{{{"7", {}, true}, {text, {}, number}}, false}};
    return to_csv(sheet);
  };
  EXPECT_EQ(csv("Về \"việc\", họp\nhai"),
            "\xEF\xBB\xBF\"Số\",\"Trích yếu\"\r\n\"7\",\"Về \"\"việc\"\", họp\nhai\"\r\n");
  for (const char* text : {"=1+1", "+84 1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\uFF1D1"})
    EXPECT_NE(csv(text).find(std::string("\"'") + text), std::string::npos) << text;
  for (const char* text : {"a=1", "-", "1-2", "'=1", ""})
    EXPECT_NE(csv(text).find(std::string(",\"") + text + "\""), std::string::npos) << text;
}

TEST_F(SheetTest, GoldenCsv) {
  post({.to = {"vanthu.xa"}, .sheets = {{"07", "TB/TU"}}, .unserved = "“Thành uỷ”"});
  EXPECT_EQ(to_csv(sheet(sheet_book)),
            "\xEF\xBB\xBF\"Số, ký hiệu văn bản\",\"Ngày tháng văn bản\",\"Tên loại và trích yếu nội dung văn bản\","
            "\"Người ký\",\"Nơi nhận văn bản\",\"Đơn vị, người nhận bản lưu\",\"Số lượng bản\",\"Ngày chuyển\","
            "\"Ký nhận\",\"Ghi chú\",\"Mức độ khẩn\",\"Nhiệm kỳ\",\"Cơ quan ban hành\",\"Mã thư (Message-ID)\","
            "\"Mã băm tệp (SHA-256)\",\"Trạng thái ký số\",\"Tình trạng nhận\",\"Nơi nhận chưa gửi\",\"Mã hồ sơ\","
            "\"Thời hạn bảo quản\",\"Bản ghi\",\"Tập\",\"Đã sửa\"\r\n"
            "\"07-TB/TU\",\"20/11/2026\",\"Thông báo: Kết luận của Thường trực\",\"CHÁNH VĂN PHÒNG Trần Bá Khoa\","
            "\"Các huyện, thành, thị uỷ;\",\"Lưu VPTU.\",\"1\",\"24/11/2026\",\"đã tiếp nhận 0/1\",\"\",\"\","
            "\"XX, 2025-2030\",\"Văn phòng Tỉnh uỷ\",\"<ID1@vptu.example>\",\"" +
                file_hash("f") +
                "\",\"chưa ký số, chỉ có giá trị tham khảo\",\"Đảng uỷ xã: chưa vào sổ\",\"“Thành "
                "uỷ”\",\"\",\"\",\"1\",\"1\",\"\"\r\n");
}

TEST_F(SheetTest, XlsxHoldsTextsAsTexts) {
  fill();
  const auto octets = to_xlsx(sheet(sheet_book));
  ASSERT_TRUE(octets) << octets.error().detail;
  const auto cells = cells_of(*octets);
  EXPECT_EQ(cells.at("A1"), "TỈNH UỶ HÀ TĨNH");
  EXPECT_EQ(cells.at("A7"), "Số, ký hiệu văn bản");
  EXPECT_EQ(cells.at("A8"), "07-TB/TU");
  EXPECT_EQ(cells.at("C8"), "Thông báo: Kết luận của Thường trực Thông báo: Kết luận về chuyển đổi số");
  EXPECT_EQ(cells.at("G8"), "2");
  EXPECT_NE(cells.at("C9").find("=HYPERLINK(\"http://x.example\";\"<b>&amp;\") </span>"), std::string::npos)
      << cells.at("C9");
  EXPECT_NE(member(*octets, "xl/styles.xml").find("<strike/>"), std::string::npos);
}

TEST_F(SheetTest, PdfHasACoverAndNumberedPages) {
  fill();
  const auto octets = to_pdf(sheet(sheet_book));
  ASSERT_TRUE(octets) << octets.error().detail;
  const auto pages = pages_of(*octets);
  ASSERT_EQ(pages.size(), 2U);
  for (const char* text : {"TỈNH UỶ HÀ TĨNH", "VĂN PHÒNG TỈNH UỶ", "SỔ ĐĂNG KÝ VĂN BẢN ĐI", "nhiệm kỳ XX, 2025-2030",
                           "Từ số 07 đến số 10", "tập) số: 1", "Gồm 1 trang, 4 dòng", "chưa khoá sổ"})
    EXPECT_NE(pages[0].find(text), std::string::npos) << text << "\n" << pages[0];
  for (const char* text : {"Người ký", "(10)", "07-TB/TU", "20/11/2026", "Trang 1/1", "HYPERLINK", "</span>"})
    EXPECT_NE(pages[1].find(text), std::string::npos) << text << "\n" << pages[1];
}

TEST_F(SheetTest, PdfGoesOnOverManyPages) {
  Sheet sheet = this->sheet((post({.sheets = {{"07", "TB/TU"}}}), sheet_book));
  // A cell that needs pages of its own goes on on the next one, and nothing of it is lost.
  std::string& many = sheet.rows[0].cells[4].text;
  many.clear();
  for (int i = 0; i < 150; ++i) many += "Đảng uỷ xã số " + std::to_string(1000 + i) + ";\n";
  const Sheet::Row row = sheet.rows[0];
  for (int i = 0; i < 60; ++i) {
    sheet.rows.push_back(row);
    sheet.rows.back().cells[0].text = std::to_string(i) + "-TB/TU";
    sheet.rows.back().cells[4].text = "Như trên";
  }
  const auto octets = to_pdf(sheet);
  ASSERT_TRUE(octets);
  const auto pages = pages_of(*octets);
  ASSERT_GT(pages.size(), 4U);
  const std::string last = "Trang " + std::to_string(pages.size() - 1) + "/" + std::to_string(pages.size() - 1);
  EXPECT_NE(pages.back().find(last), std::string::npos) << pages.back();
  EXPECT_NE(pages.back().find("59-TB/TU"), std::string::npos);
  std::string all;
  for (const std::string& page : pages) all += page;
  for (int i = 0; i < 150; ++i) EXPECT_NE(all.find(std::to_string(1000 + i) + ";"), std::string::npos) << i;
  many = std::string(100000, 'x');
  EXPECT_LT(pages_of(*to_pdf(sheet)).size(), 40U) << "cut at limits::cell_octets";
  sheet.rows.resize(limits::printed + 1);
  EXPECT_FALSE(to_pdf(sheet));
}

TEST_F(SheetTest, AnEmptyVolumeAndOneThatIsNotThere) {
  post({.sheets = {{"07", "TB/TU"}}});
  ASSERT_TRUE(act(close, sheet_book, clerk()));
  EXPECT_NE(sheet(sheet_book, 1).closed.find("đã khoá sổ ngày"), std::string::npos);
  EXPECT_EQ(sheet(sheet_book).volume, "1");
  Sheet sealed = sheet(sheet_book, 1);
  EXPECT_TRUE(sealed.sealed.empty()) << "nobody signed it here";
  EXPECT_EQ(pages_of(sealed), 1U);
  sealed.sealed = {"Sổ lưu trữ khi khoá: o/records, 12 khung, gốc ROOT", "Chữ ký điện tử: — o/records c2ln"};
  const std::string cover = pages_of(*to_pdf(sealed)).front();
  for (const std::string& one : sealed.sealed) EXPECT_NE(cover.find(one), std::string::npos) << cover;
  EXPECT_EQ(look([&](const lmdb::Transaction& txn) {
              return sheet_of(registers_, txn, *registers_.find(txn, sheet_book), 2, naming).error().reply;
            }),
            Reply(status::not_found));
  Sheet empty;
  empty.columns = sheet(sheet_book).columns;
  EXPECT_EQ(pages_of(*to_pdf(empty)).size(), 2U);
  EXPECT_TRUE(to_xlsx(empty));
}

TEST(Words, SortAndPrintAsInViet) {
  std::vector<std::string> names{"Đức Thọ", "Dũng", "Ân", "An", "Ăn", "Ứng", "Ung", "Ê", "E"};
  std::sort(names.begin(), names.end(), before);
  EXPECT_EQ(names, (std::vector<std::string>{"An", "Ăn", "Ân", "Dũng", "Đức Thọ", "E", "Ê", "Ung", "Ứng"}));
  EXPECT_EQ(printed_day("2016-08-24"), "24/8/2016");
  EXPECT_EQ(printed_day("2016-02-04"), "04/02/2016");
  EXPECT_EQ(printed_day("hôm qua"), "hôm qua");
  EXPECT_EQ(printed_time("2026-11-24T08:05:00.123Z"), "15.05, 24/11/2026");
  EXPECT_EQ(printed_time("2026-11-24T17:30:00Z"), "00.30, 25/11/2026");
  for (const char* text : {"", "2026-11-24", "2026-11-24T08", "2026-11-24T99:00:00Z"})
    EXPECT_EQ(printed_time(text), text);
}

}  // namespace
}  // namespace vanthu::registers
