// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/register_text.hpp"

#include <algorithm>

#include "admin/directory_text.hpp"
#include "admin/table.hpp"
#include "gateway/registers/sheet.hpp"
#include "gateway/registers/words.hpp"

namespace vanthu::admin {
namespace json = boost::json;
using namespace registers;
namespace {
constexpr std::size_t register_subject_columns = 60;

std::string numbers(const std::vector<std::uint32_t>& list) {
  std::string text;
  for (const std::uint32_t number : list) text += (text.empty() ? "" : ", ") + std::to_string(number);
  return text;
}

std::string volumes(const Register& book) {
  std::string text = std::to_string(book.volumes.size()) + " tập đã khoá";
  return book.volumes.empty() ? std::string("chưa khoá") : text;
}

json::object hand_json(const Hand& hand);
json::array signatures_json(const Volume& volume) {
  json::array all;
  for (const registers::Signature& mark : volume.signatures)
    all.push_back(json::object{{"cms", mark.cms},
                               {"signer", mark.signer},
                               {"certificate_sha256", mark.certificate_sha256},
                               {"signed_at", mark.signed_at},
                               {"hand", hand_json(mark.hand)}});
  return all;
}
json::object hand_json(const Hand& hand) {
  json::object o{{"by", hand.by}, {"at", rfc3339(hand.at)}};
  if (!hand.why.empty()) o["why"] = hand.why;
  return o;
}

json::object item_json(const Item& item) {
  json::object o{{"unit", item.unit},         {"record", item.record},   {"paper", item.paper + 1},
                 {"state", word(item.state)}, {"mailbox", item.mailbox}, {"arrived", item.arrived}};
  if (item.number != 0) o["number"] = item.number;
  if (!item.book.empty()) o["register"] = item.book;
  if (!item.cause.empty()) o["cause"] = item.cause;
  if (item.before != 0) o["same_file_as_record"] = item.before;
  if (item.hand) o["hand"] = hand_json(*item.hand);
  if (item.handling) {
    json::object handling{{"hand", hand_json(item.handling->hand)}};
    for (const auto& [name, text] : {std::pair{"deadline", &item.handling->deadline},
                                     {"instruction", &item.handling->instruction},
                                     {"finished", &item.handling->finished},
                                     {"answer", &item.handling->answer}})
      if (!text->empty()) handling[name] = *text;
    o["handling"] = std::move(handling);
  }
  return o;
}

json::object register_json(const Register& book) {
  json::object o{{"id", book.id()},
                 {"title", title_of(book.key)},
                 {"direction", word(book.key.direction)},
                 {"unit", book.key.unit},
                 {"period", book.key.period.name},
                 {"series", book.key.series},
                 {"lines", book.lines},
                 {"open_volume", book.open_volume()},
                 {"open_lines", book.open_lines},
                 {"open_reserved", book.open_reserved}};
  json::array closed;
  for (const Volume& one : book.volumes)
    closed.push_back(json::object{{"first", one.first},
                                  {"last", one.last},
                                  {"lines", one.lines},
                                  {"from", one.from},
                                  {"to", one.to},
                                  {"sha256", one.sha256},
                                  {"pages", one.pages},
                                  {"note", one.note},
                                  {"signatures", signatures_json(one)},
                                  {"closed", hand_json(one.closed)}});
  o["volumes"] = std::move(closed);
  return o;
}
}  // namespace

std::string registers_text(const std::vector<Register>& books, const UnitNames& names) {
  if (books.empty()) return "Chưa có sổ nào.\n";
  Table table({"mã sổ", "đơn vị", "sổ", "số dòng", "tập"});
  for (const Register& book : books)
    table.add({book.id(), names(book.key.unit), title_of(book.key), std::to_string(book.lines), volumes(book)});
  return table.text();
}

json::value registers_json(const std::vector<Register>& books, const UnitNames& names) {
  json::array list;
  for (const Register& book : books) {
    json::object one = register_json(book);
    one["unit_name"] = names(book.key.unit);
    list.push_back(std::move(one));
  }
  return json::object{{"registers", std::move(list)}};
}

std::string waiting_text(const std::vector<WaitingRow>& rows, const UnitNames& names, bool more) {
  if (rows.empty()) return "Không có văn bản nào chờ vào sổ.\n";
  Table table({"bản ghi", "đơn vị", "đến lúc", "số, ký hiệu", "trích yếu", "từ", "ghi chú"});
  for (const WaitingRow& row : rows)
    table.add({std::to_string(row.item.record) + (row.item.paper == 0 ? "" : "." + std::to_string(row.item.paper + 1)),
               names(row.item.unit), printed_time(row.item.arrived), registers::printed_symbol(row.card),
               shortened(printable(kind_and_subject(row.card)), register_subject_columns), row.card.from,
               row.item.before == 0 ? "" : "cùng tệp với bản ghi " + std::to_string(row.item.before)});
  return table.text() + (more ? "… và còn nữa (--limit N).\n" : "");
}

json::value waiting_json(const std::vector<WaitingRow>& rows, bool more) {
  json::array list;
  for (const WaitingRow& row : rows) {
    json::object one = item_json(row.item);
    one["card"] = to_json(row.card);
    list.push_back(std::move(one));
  }
  return json::object{{"waiting", std::move(list)}, {"more", more}};
}

std::string due_text(const std::vector<WaitingRow>& rows, const UnitNames& names, Date today) {
  if (rows.empty()) return "Không có văn bản nào đang chờ giải quyết theo hạn.\n";
  Table table({"hạn", "bản ghi", "đơn vị", "số đến", "số, ký hiệu", "trích yếu", "ý kiến chỉ đạo", "tiến độ"});
  for (const WaitingRow& row : rows)
    table.add({printed_day(row.item.handling->deadline),
               std::to_string(row.item.record) + (row.item.paper == 0 ? "" : "." + std::to_string(row.item.paper + 1)),
               names(row.item.unit), std::to_string(row.item.number), registers::printed_symbol(row.card),
               shortened(printable(kind_and_subject(row.card)), register_subject_columns),
               shortened(printable(row.item.handling->instruction), 30), progress_of(row.item, today)});
  return table.text();
}

json::value due_json(const std::vector<WaitingRow>& rows, Date today) {
  json::array list;
  for (const WaitingRow& row : rows) {
    json::object one = item_json(row.item);
    one["late"] = row.item.handling->deadline < iso(today);
    one["card"] = to_json(row.card);
    list.push_back(std::move(one));
  }
  return json::object{{"due", std::move(list)}};
}

std::string lines_text(const Register& book, const std::vector<LineRow>& rows, const UnitNames& names, bool more) {
  std::string out = names(book.key.unit) + ": " + title_of(book.key) + '\n';
  for (std::size_t i = 0; i < book.volumes.size(); ++i) {
    const Volume& one = book.volumes[i];
    out += "tập " + std::to_string(i + 1) + ": " + std::to_string(one.lines) + " dòng, số " +
           std::to_string(one.first) + " đến " + std::to_string(one.last) + ", khoá ngày " +
           printed_day(iso(day_of(one.closed.at))) + " bởi " + one.closed.by;
    for (const registers::Signature& mark : one.signatures)
      out += ", đã ký số: " + mark.signer + (mark.signed_at.empty() ? "" : " " + mark.signed_at);
    out += '\n';
  }
  out = printable_lines(out);
  const bool in = book.key.direction == Direction::in;
  Table table({in ? "số đến" : "dòng", "số, ký hiệu", "ngày", "tên loại, trích yếu", in ? "người nhận" : "người ký",
               in ? "vào sổ" : "chuyển", "trạng thái", "ghi chú"});
  for (const LineRow& row : rows) {
    const Line& line = row.line;
    const std::string received = acknowledged(row.receipts);
    table.add({in ? std::to_string(line.number) : "#" + std::to_string(line.ordinal),
               registers::printed_symbol(line.card), printed_day(line.card.date),
               shortened(printable(kind_and_subject(line.card)), register_subject_columns),
               shortened(printable(in ? line.card.to : line.card.signer), 30), printed_day(line.day),
               !in && line.state == Line::State::sent && !received.empty() ? received : state_of(line),
               shortened(printable(remarks_of(line)), register_subject_columns)});
  }
  out += table.text();
  return out + (more ? "… và còn nữa (--from N, --limit N).\n" : "");
}

json::value line_json(const LineRow& row) {
  json::object o = to_json(row.line);
  for (const char* hand : {"made", "cancelled"}) o.erase(hand);
  if (!row.line.made.by.empty()) o["made"] = hand_json(row.line.made);
  if (row.line.cancelled) o["cancelled"] = hand_json(*row.line.cancelled);
  json::array corrections;
  for (const Line::Correction& one : row.line.corrections)
    corrections.push_back(
        json::object{{"field", one.field}, {"was", one.was}, {"now", one.now}, {"hand", hand_json(one.hand)}});
  o["corrections"] = std::move(corrections);
  json::array remarks;
  for (const Line::Remark& one : row.line.remarks)
    remarks.push_back(json::object{{"text", one.text}, {"hand", hand_json(one.hand)}});
  o["remarks"] = std::move(remarks);
  json::array receivers;
  for (const Item& one : row.receipts.items) receivers.push_back(item_json(one));
  o["receipts"] = json::object{{"units", row.receipts.items.size()},
                               {"entered", row.receipts.entered},
                               {"refused", row.receipts.refused},
                               {"each", std::move(receivers)}};
  return o;
}

json::value lines_json(const Register& book, const std::vector<LineRow>& rows, bool more) {
  json::array list;
  for (const LineRow& row : rows) list.push_back(line_json(row));
  return json::object{{"register", register_json(book)}, {"lines", std::move(list)}, {"more", more}};
}

std::string line_text(const Register& book, const LineRow& row, const UnitNames& names) {
  const Line& line = row.line;
  std::string out = names(book.key.unit) + ": " + title_of(book.key) + ", tập " + std::to_string(line.volume) +
                    ", dòng #" + std::to_string(line.ordinal) + '\n';
  const auto put = [&](const std::string& title, const std::string& text) {
    if (!text.empty()) out += "  " + title + ": " + text + '\n';
  };
  if (book.key.direction == Direction::in) put("số đến", std::to_string(line.number));
  put("số, ký hiệu", registers::printed_symbol(line.card));
  put("trạng thái", state_of(line));
  put(book.key.direction == Direction::in ? "vào sổ" : "ngày chuyển", printed_day(line.day));
  put("đến lúc", printed_time(line.arrived));
  for (const Field& field : fields) {
    if (field.name == "form" || field.name == "number" || field.name == "symbol") continue;
    std::string text = line.card.*field.text;
    if (field.name == "date") text = printed_day(text);
    if (field.name == "urgency") text = urgency_of(line.card);
    if (field.name == "signature") text = signature_of(line.card);
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos;) text.replace(at, 1, " | ");
    put(field.title, text);
  }
  if (!line.made.by.empty()) put("người ghi", line.made.by + ", " + printed_time(rfc3339(line.made.at)));
  std::string records;
  for (const Line::Despatch& one : line.despatches)
    records += (records.empty() ? "" : ", ") + std::to_string(one.record) + " (" + printed_day(one.day) +
               (one.sort == Line::Despatch::Sort::again     ? ", gửi lại"
                : one.sort == Line::Despatch::Sort::version ? ", bản khác"
                                                            : "") +
               ")";
  put("bản ghi", records);
  if (const std::string struck = corrections_of(line); !struck.empty()) out += "  đã sửa:\n    " + struck + '\n';
  put("ghi chú", remarks_of(line));
  put("tiếp nhận", acknowledged(row.receipts));
  out = printable_lines(out);
  if (row.receipts.items.empty()) return out;
  Table table({"đơn vị nhận", "bản ghi", "tình trạng"});
  std::vector<std::pair<std::string, const Item*>> sorted;
  for (const Item& one : row.receipts.items) sorted.emplace_back(names(one.unit), &one);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return registers::before(a.first, b.first); });
  for (const auto& [name, one] : sorted) table.add({name, std::to_string(one->record), state_of(*one)});
  return out + table.text();
}

std::string gaps_text(const Register& book, const Gaps& gaps) {
  std::string out = book.id() + " (" + title_of(book.key) + "):\n";
  const auto put = [&](const char* what, const std::string& which) {
    if (!which.empty()) out += std::string("  ") + what + ": " + which + '\n';
  };
  std::string ranges;
  for (const Gaps::Range& one : gaps.unseen)
    ranges += (ranges.empty() ? "" : ", ") + std::to_string(one.first) +
              (one.first == one.last ? "" : "-" + std::to_string(one.last));
  put("không gửi qua cổng này (not sent through this gateway)", ranges);
  put("trùng số (several papers bear it)", numbers(gaps.duplicates));
  put("số đã huỷ mà vẫn dùng (cancelled and used)", numbers(gaps.reused));
  put("có nhiều bản (sent in several versions)", numbers(gaps.versions));
  put("đã cấp, chưa gửi (allocated, not sent)", numbers(gaps.reserved));
  if (gaps.more) out += "  …\n";
  if (out.find('\n') + 1 == out.size()) out += "  liên tục, không trùng\n";
  return out;
}

json::value gaps_json(const Register& book, const Gaps& gaps) {
  json::array ranges;
  for (const Gaps::Range& one : gaps.unseen) ranges.push_back(json::object{{"first", one.first}, {"last", one.last}});
  return json::object{{"register", book.id()},
                      {"not_sent_through_this_gateway", std::move(ranges)},
                      {"duplicates", json::value_from(gaps.duplicates)},
                      {"cancelled_and_used", json::value_from(gaps.reused)},
                      {"versions", json::value_from(gaps.versions)},
                      {"allocated_not_sent", json::value_from(gaps.reserved)},
                      {"more", gaps.more}};
}

}  // namespace vanthu::admin
