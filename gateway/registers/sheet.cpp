// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/registers/sheet.hpp"

#include <algorithm>

#include "gateway/registers/acts.hpp"
#include "gateway/registers/closing.hpp"
#include "gateway/registers/limits.hpp"
#include "gateway/registers/words.hpp"

namespace vanthu::registers {
namespace {

/// A text that corrections may have changed.
Cell cell(const Line& line, std::string_view field, std::string shown) {
  Cell made{std::move(shown), {}, false};
  for (const Line::Correction& one : line.corrections)
    if (one.field == field && !one.was.empty()) made.struck.push_back(field == "date" ? printed_day(one.was) : one.was);
  return made;
}
Cell plain(std::string text) { return {std::move(text), {}, false}; }
Cell number(const std::string& text) { return {text, {}, running_number(text) != 0 || text == "0"}; }

/// Kind and trích yếu stand in one column: a correction of either strikes the whole.
Cell subject_cell(const Line& line) {
  Cell made = plain(kind_and_subject(line.card));
  Card past = line.card;
  for (auto one = line.corrections.rbegin(); one != line.corrections.rend(); ++one) {
    if (one->field != "kind" && one->field != "subject") continue;
    (one->field == "kind" ? past.kind : past.subject) = one->was;
    made.struck.insert(made.struck.begin(), kind_and_subject(past));
  }
  return made;
}

Cell symbol_cell(const Line& line) {
  Cell made = plain(printed_symbol(line.card));
  Card past = line.card;
  for (auto one = line.corrections.rbegin(); one != line.corrections.rend(); ++one) {
    if (one->field != "number" && one->field != "symbol") continue;
    (one->field == "number" ? past.number : past.symbol) = one->was;
    made.struck.insert(made.struck.begin(), printed_symbol(past));
  }
  return made;
}

std::string records_of(const Line& line) {
  std::string text;
  for (const Line::Despatch& one : line.despatches) text += (text.empty() ? "" : ", ") + std::to_string(one.record);
  return text;
}

/// Every receiving mailroom and how it stands there, by Vietnamese order of names.
std::string each_receipt(const Receipts& receipts, const Naming& naming) {
  std::vector<std::string> list;
  for (const Item& one : receipts.items) {
    std::string state = one.state == Item::State::entered   ? "số đến " + std::to_string(one.number)
                        : one.state == Item::State::waiting ? "chưa vào sổ"
                                                            : "từ chối";
    for (const Cause& cause : causes)
      if (one.state == Item::State::refused && cause.name == one.cause) state += std::string(", ") + cause.text;
    list.push_back(naming.name(one.unit) + ": " + state);
  }
  std::sort(list.begin(), list.end(), [](const std::string& a, const std::string& b) { return before(a, b); });
  std::string text;
  for (const std::string& one : list) text += (text.empty() ? "" : "\n") + one;
  return text;
}

Naming::Filed filed(const Line& line, const Naming& naming) {
  if (!naming.filed || line.despatches.empty()) return {};
  return naming.filed(line.despatches.front().record);
}

Sheet::Row outgoing_row(const Line& line, const Receipts& receipts, const Register& book, const Naming& naming) {
  const Card& card = line.card;
  const Naming::Filed file = filed(line, naming);
  Sheet::Row row;
  row.cancelled = line.cancelled.has_value();
  row.cells = {symbol_cell(line), cell(line, "date", printed_day(card.date)), subject_cell(line),
               cell(line, "signer", card.signer), cell(line, "recipients", card.recipients),
               cell(line, "holder", card.holder), cell(line, "copies", card.copies),
               plain(line.state == Line::State::sent || line.despatches.size() != 0 ? printed_day(line.day) : ""),
               plain(acknowledged(receipts)), plain(remarks_of(line)),
               // what only the gateway knows
               cell(line, "urgency", urgency_of(card)), plain(book.key.period.name), plain(naming.name(book.key.unit)),
               plain(card.message_id), plain(card.files),
               plain(signature_of(card) + (card.signed_at.empty() ? "" : ", " + card.signed_at)),
               plain(each_receipt(receipts, naming)), plain(card.unserved), plain(file.file), plain(file.kept),
               plain(records_of(line)), plain(std::to_string(line.volume)), plain(corrections_of(line))};
  row.cells[6].number = number(card.copies).number;
  return row;
}

/// Where the paper's head was not read: who sent it.
std::string author_of(const Card& card, const Naming& naming) {
  return card.sender.empty() ? card.from : naming.name(card.sender);
}

Sheet::Row incoming_row(const Line& line, const Item& item, const Naming& naming) {
  const Card& card = line.card;
  const Item::Handling handling = item.handling.value_or(Item::Handling());
  Sheet::Row row;
  row.cancelled = line.cancelled.has_value();
  row.cells = {plain(printed_day(line.day)),
               number(std::to_string(line.number)),
               cell(line, "issuer", card.issuer.empty() ? author_of(card, naming) : card.issuer),
               symbol_cell(line),
               cell(line, "date", printed_day(card.date)),
               subject_cell(line),
               cell(line, "to", card.to),
               plain(card.to.empty() ? "" : printed_day(line.day)),
               plain(line.made.by),
               plain(remarks_of(line)),
               plain(printed_time(line.arrived)),
               cell(line, "urgency", urgency_of(card)),
               plain(printed_day(handling.deadline)),
               plain(handling.instruction),
               plain(progress_of(item, naming.today)),
               plain(handling.answer),
               plain(filed(line, naming).file),
               plain("thư"),
               plain(item.mailbox),
               plain(card.files),
               plain(signature_of(card) + (card.signed_at.empty() ? "" : ", " + card.signed_at)),
               plain(records_of(line)),
               plain(std::to_string(line.volume)),
               plain(corrections_of(line))};
  return row;
}

const std::vector<std::string> outgoing_columns{"Số, ký hiệu văn bản",
                                                "Ngày tháng văn bản",
                                                "Tên loại và trích yếu nội dung văn bản",
                                                "Người ký",
                                                "Nơi nhận văn bản",
                                                "Đơn vị, người nhận bản lưu",
                                                "Số lượng bản",
                                                "Ngày chuyển",
                                                "Ký nhận",
                                                "Ghi chú",
                                                "Mức độ khẩn",
                                                "Nhiệm kỳ",
                                                "Cơ quan ban hành",
                                                "Mã thư (Message-ID)",
                                                "Mã băm tệp (SHA-256)",
                                                "Trạng thái ký số",
                                                "Tình trạng nhận",
                                                "Nơi nhận chưa gửi",
                                                "Mã hồ sơ",
                                                "Thời hạn bảo quản",
                                                "Bản ghi",
                                                "Tập",
                                                "Đã sửa"};
const std::vector<std::string> incoming_columns{"Ngày đến",
                                                "Số đến",
                                                "Tác giả",
                                                "Số, ký hiệu văn bản",
                                                "Ngày tháng văn bản",
                                                "Tên loại và trích yếu nội dung văn bản",
                                                "Đơn vị hoặc người nhận",
                                                "Ngày chuyển",
                                                "Ký nhận",
                                                "Ghi chú",
                                                "Giờ đến",
                                                "Mức độ khẩn",
                                                "Hạn giải quyết",
                                                "Ý kiến chỉ đạo",
                                                "Tiến độ giải quyết",
                                                "Số, ký hiệu văn bản trả lời",
                                                "Lưu hồ sơ số",
                                                "Kênh nhận",
                                                "Hộp thư nhận",
                                                "Mã băm tệp (SHA-256)",
                                                "Trạng thái ký số",
                                                "Bản ghi",
                                                "Tập",
                                                "Đã sửa"};

std::string two_digits(std::uint32_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }
}  // namespace

std::string progress_of(const Item& item, Date today) {
  if (!item.handling) return {};
  const Item::Handling& handling = *item.handling;
  if (!handling.finished.empty()) {
    const bool late = !handling.deadline.empty() && handling.finished > handling.deadline;
    return "đã xong ngày " + printed_day(handling.finished) + (late ? ", quá hạn" : "");
  }
  return !handling.deadline.empty() && handling.deadline < iso(today) ? "quá hạn" : "đang xử lý";
}

Result<Sheet> sheet_of(const Registers& registers, const lmdb::Transaction& txn, const Register& book,
                       std::uint32_t volume, const Naming& naming) {
  const std::uint32_t volumes = book.open_lines == 0 && !book.volumes.empty()
                                    ? static_cast<std::uint32_t>(book.volumes.size())
                                    : book.open_volume();
  if (volume > volumes)
    return fail(status::not_found,
                book.id() + ": có " + std::to_string(volumes) + " tập (has no volume " + std::to_string(volume) + ")");
  Lines lines = registers.lines(txn, book, {volume, 0, 0, limits::exported});
  if (lines.more)
    return fail(status::bad_arguments,
                book.id() + ": hơn " + std::to_string(limits::exported) +
                    " dòng, hãy xuất từng tập bằng --volume (too many lines; export it by --volume)");
  const bool out = book.key.direction == Direction::out;
  Sheet sheet;
  sheet.superior = in_capitals(naming.superior(book.key.unit));
  sheet.body = in_capitals(naming.name(book.key.unit));
  sheet.title = out ? "SỔ ĐĂNG KÝ VĂN BẢN ĐI" : "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN";
  const std::string title = title_of(book.key);
  sheet.period = title.substr(title.find(',') == title.npos ? 0 : title.find(',') + 2);
  sheet.columns = out ? outgoing_columns : incoming_columns;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::string from;
  std::string to;
  for (Line& line : lines.lines) {
    const bool silent = withhold(line, naming.withheld);
    if (line.number != 0 && (first == 0 || line.number < first)) first = line.number;
    last = std::max(last, line.number);
    if (from.empty() || line.day < from) from = line.day;
    to = std::max(to, line.day);
    if (out) {
      sheet.rows.push_back(outgoing_row(line, silent ? Receipts() : registers.receipts(txn, line), book, naming));
    } else {
      std::optional<Item> item;
      if (!line.despatches.empty())
        item = registers.item(txn, book.key.unit, line.despatches[0].record, line.despatches[0].paper);
      if (item && silent) withhold(*item, naming.withheld);
      sheet.rows.push_back(incoming_row(line, item.value_or(Item()), naming));
    }
  }
  sheet.from = printed_day(from);
  sheet.to = printed_day(to);
  if (first != 0) {
    sheet.first = two_digits(first);
    sheet.last = two_digits(last);
  }
  sheet.volume = volume != 0 ? std::to_string(volume) : volumes == 1 ? "1" : "1-" + std::to_string(volumes);
  const std::uint32_t one = volume != 0 ? volume : volumes;
  if (one <= book.volumes.size()) {
    const Volume& closed = book.volumes[one - 1];
    sheet.closed = "đã khoá sổ ngày " + printed_day(iso(day_of(closed.closed.at))) + " bởi " + closed.closed.by + ", " +
                   std::to_string(closed.lines) + " dòng" +
                   (closed.pages == 0 ? "" : ", " + std::to_string(closed.pages) + " trang") + ", SHA-256 " +
                   closed.sha256;
    if (const ClosingSeal seal = seal_of(closed.note); !seal.origin.empty())
      sheet.sealed = {"Sổ lưu trữ khi khoá: " + seal.origin + ", " + seal.size + " khung, gốc " + seal.root,
                      "Chữ ký điện tử: " + seal.signature};
    for (const Signature& one_of : closed.signatures)
      sheet.sealed.push_back("Người khoá sổ đã ký số: " + one_of.signer +
                             (one_of.signed_at.empty() ? "" : ", " + printed_time(one_of.signed_at)) + ", chứng thư " +
                             one_of.certificate_sha256.substr(0, 16));
  } else {
    sheet.closed = "chưa khoá sổ";
  }
  return sheet;
}

}  // namespace vanthu::registers
