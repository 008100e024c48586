// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/minutes.hpp"

#include <algorithm>

#include "gateway/print/flow.hpp"

namespace vanthu::keeping {
namespace {
using print::Face;
using print::Flow;

constexpr Face plain{11, false, false}, bold{11, true, false}, fixed{8, false, true};
constexpr std::size_t cell_octets = 700;  // of record numbers in one cell

/// "29 tháng 11 năm 2026"; of what is no ISO day dots, to be filled in.
std::string in_words(const std::string& day) {
  if (day.size() < 10) return "...... tháng ...... năm ..........";
  return day.substr(8, 2) + " tháng " + day.substr(5, 2) + " năm " + day.substr(0, 4);
}

/// "30/11/2026"
std::string printed(const std::string& day) {
  return day.size() < 10 ? day : day.substr(8, 2) + '/' + day.substr(5, 2) + '/' + day.substr(0, 4);
}

void letterhead(Flow& paper, const Letterhead& head) {
  paper.parts({{head.superior, plain, 1}, {"ĐẢNG CỘNG SẢN VIỆT NAM", {13, true, false}, 1}}, 1);
  paper.parts({{head.body, bold, 1}, {"──────────────", {7, false, false}, 1}}, 1);
  paper.parts({{"*", plain, 1}, {"", plain, 1}}, 1);
  paper.parts({{"Số ........-BB/............", plain, 1},
               {".................., ngày " + in_words(head.day), {11, false, false}, 1}},
              22);
}

void title(Flow& paper, const char* second) {
  paper.line("BIÊN BẢN", {16, true, false}, PANGO_ALIGN_CENTER, 2);
  paper.line(second, {13, true, false}, PANGO_ALIGN_CENTER, 2);
  paper.line("─────", {7, false, false}, PANGO_ALIGN_CENTER, 12);
}

void item(Flow& paper, const std::string& text) { paper.line(text, plain, PANGO_ALIGN_LEFT, 4); }

void anchored(Flow& paper, const Anchor& log) {
  if (log.origin.empty()) {
    paper.row("Sổ lưu trữ", "chưa có gốc cây đã ký khi in biên bản này", {10, false, false});
    return;
  }
  paper.row("Sổ lưu trữ", log.origin + ", " + std::to_string(log.size) + " khung", {10, false, false});
  paper.row("Gốc cây đã ký", log.root, fixed);
  std::string signers;
  for (const std::string& one : log.signers) signers += (signers.empty() ? "" : "\n") + one;
  paper.row("Ký bởi", signers.empty() ? "-" : signers, {9, false, false});
}

void signatures(Flow& paper, const std::vector<std::string>& who) {
  paper.space(14);
  std::vector<Flow::Part> names, notes;
  for (const std::string& one : who) {
    names.push_back({one, bold, 1});
    notes.push_back({"(ký, ghi rõ họ tên)", {9, false, false}, 1});
  }
  paper.parts(names, 1);
  paper.parts(notes, 70);
}

/// Rows of a table, the last cell of each no longer than fits on a page.
void add_row(std::vector<std::vector<std::string>>& rows, std::vector<std::string> cells, const std::string& list) {
  for (const std::string& piece : print::in_pieces(list, cell_octets)) {
    cells.push_back(piece);
    rows.push_back(cells);
    cells.assign(cells.size() - 1, "");
  }
}
}  // namespace

Result<std::string> to_pdf(const DisposalMinutes& what) {
  const std::string number = std::to_string(what.number);
  Flow paper("Biên bản hủy tài liệu, đề nghị số " + number, "Biên bản hủy tài liệu, đề nghị số " + number);
  letterhead(paper, what.head);
  title(paper, "hủy tài liệu hết giá trị");
  item(paper, "Căn cứ Quyết định số " + what.decision + " ngày " + printed(what.decision_date) +
                  " về việc hủy tài liệu hết giá trị;");
  item(paper, "Căn cứ bảng thời hạn bảo quản, phiên bản " + what.schedule + ".");
  item(paper, "Cơ quan, đơn vị có tài liệu: " + what.unit + ". Các bước đã làm, bởi những người sau:");
  for (const auto& [did, who] : what.persons) paper.row(did, who, {11, false, false});
  paper.space(4);
  item(paper, "Thuyết minh: " + what.explanation);
  paper.space(4);
  paper.line("1. Kết quả", bold, PANGO_ALIGN_LEFT, 4);
  paper.table({{"Trong danh mục", 1}, {"Đã hủy", 1}, {"Để lại", 1}, {"Số hồ sơ trong danh mục", 1}},
              {{std::to_string(what.listed) + " bản ghi", std::to_string(what.destroyed) + " bản ghi",
                std::to_string(what.spared) + " bản ghi", std::to_string(what.files.size()) + " hồ sơ"}});
  paper.space(6);
  item(paper, "Việc hủy hoàn thành lúc " + what.finished +
                  ". Danh mục tài liệu đã hủy và tài liệu để lại ở phụ lục kèm theo, là bộ phận của biên bản này.");
  paper.line("2. Phương pháp hủy", bold, PANGO_ALIGN_LEFT, 4);
  for (const std::string& store : what.stores) item(paper, "- " + store);
  item(paper,
       "Số bản ghi, dòng sổ đăng ký, mục lục hồ sơ và các chứng cứ trong sổ lưu trữ vẫn giữ nguyên. Bản sao dự phòng "
       "của kho khoá còn giữ được khoá cho tới khi bản cuối cùng hết hạn.");
  paper.line("3. Chứng cứ", bold, PANGO_ALIGN_LEFT, 4);
  paper.row("Danh mục (SHA-256)", what.list_sha256, fixed);
  paper.row("Bản quét quyết định", what.decision_sha256, fixed);
  if (!what.decision_kept.empty()) paper.row("Bản quét lưu ở", what.decision_kept, plain);
  anchored(paper, what.log);
  signatures(paper, {"NGƯỜI DUYỆT", "NGƯỜI THỰC HIỆN", "ĐẠI DIỆN CƠ QUAN"});

  paper.next_page();
  paper.line("PHỤ LỤC 1", {13, true, false}, PANGO_ALIGN_CENTER, 2);
  paper.line("Danh mục tài liệu hết giá trị", bold, PANGO_ALIGN_CENTER, 8);
  std::vector<std::vector<std::string>> rows;
  std::size_t ordinal = 0;
  for (const Listed& file : what.files)
    add_row(rows, {std::to_string(++ordinal), file.file, file.title, file.term, printed(file.ended), printed(file.due)},
            to_ranges(file.records));
  paper.table({{"STT", 0.6},
               {"Mã hồ sơ", 1.6},
               {"Tiêu đề hồ sơ", 3},
               {"Thời hạn (năm)", 0.9},
               {"Kết thúc", 1.3},
               {"Hết hạn từ", 1.3},
               {"Bản ghi", 2}},
              rows);
  paper.space(8);
  item(paper, "Bản ghi đã hủy: ");
  for (const std::string& piece : print::in_pieces(what.destroyed_records, cell_octets))
    item(paper, piece.empty() ? "không có" : piece);
  if (!what.spared_records.empty()) {
    paper.space(10);
    paper.line("PHỤ LỤC 2", {13, true, false}, PANGO_ALIGN_CENTER, 2);
    paper.line("Tài liệu trong danh mục được để lại", bold, PANGO_ALIGN_CENTER, 8);
    rows.clear();
    for (const auto& [records, why] : what.spared_records) add_row(rows, {print::cut(why, 1000)}, records);
    paper.table({{"Lý do để lại", 3}, {"Bản ghi", 2}}, rows);
  }
  return paper.finish();
}

Result<std::string> to_pdf(const HandoverMinutes& what) {
  Flow paper("Biên bản giao nhận tài liệu lưu trữ", "Biên bản giao nhận tài liệu lưu trữ, " + what.from);
  letterhead(paper, what.head);
  title(paper, "giao nhận tài liệu lưu trữ điện tử");
  paper.line("Bên giao: " + what.from, bold, PANGO_ALIGN_LEFT, 2);
  item(paper, "Đại diện: ............................................ Chức vụ: ..................................");
  paper.line("Bên nhận: " + what.to, bold, PANGO_ALIGN_LEFT, 2);
  item(paper, "Đại diện: ............................................ Chức vụ: ..................................");
  paper.space(4);
  std::uint64_t records = 0;
  std::string from, to;
  for (const HandedFile& file : what.files) {
    records += file.records;
    if (from.empty() || file.opened < from) from = file.opened;
    to = std::max(to, file.ended);
  }
  item(paper, "Hai bên thống nhất giao nhận tài liệu như sau:");
  for (const std::string& one : what.fonds) paper.row("Phông", print::cut(one, 1000), plain);
  paper.row("Số hồ sơ", std::to_string(what.files.size()) + " hồ sơ, danh mục ở phụ lục kèm theo", plain);
  paper.row("Số tài liệu", std::to_string(records) + " bản ghi (thư kèm văn bản)", plain);
  paper.row("Thời gian", printed(from) + " đến " + printed(to), plain);
  paper.row("Dạng giao",
            "gói BagIt (RFC 8493) hoặc E-ARK (CSIP): thư gốc, thẻ mô tả phông, hồ sơ, tài liệu, sổ đăng ký, chứng cứ",
            plain);
  paper.space(4);
  item(paper,
       "Bên nhận kiểm tra gói bằng sha256sum -c và vanthu-verify, rồi ký điện tử (CMS) lên tệp manifest-sha256.txt "
       "của gói: chữ ký ấy là xác nhận đã nhận đủ, nguyên vẹn những gì tệp liệt kê.");
  paper.row("SHA-256 manifest", "................................................................", fixed);
  anchored(paper, what.log);
  item(paper, "Biên bản lập thành hai bản, mỗi bên giữ một bản.");
  signatures(paper, {"ĐẠI DIỆN BÊN GIAO", "ĐẠI DIỆN BÊN NHẬN"});

  paper.next_page();
  paper.line("PHỤ LỤC", {13, true, false}, PANGO_ALIGN_CENTER, 2);
  paper.line("Danh mục hồ sơ giao nhận", bold, PANGO_ALIGN_CENTER, 8);
  std::vector<std::vector<std::string>> rows;
  for (const HandedFile& file : what.files)
    rows.push_back({std::to_string(rows.size() + 1), file.id, print::cut(file.title, 1000), file.term,
                    printed(file.opened), printed(file.ended), std::to_string(file.records)});
  paper.table({{"STT", 0.6},
               {"Mã hồ sơ", 1.6},
               {"Tiêu đề hồ sơ", 3},
               {"Thời hạn", 1.1},
               {"Bắt đầu", 1.3},
               {"Kết thúc", 1.3},
               {"Số tài liệu", 0.9}},
              rows);
  return paper.finish();
}

}  // namespace vanthu::keeping
