// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/registers/words.hpp"

#include <unicode/coll.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "gateway/archive/terms.hpp"
#include "gateway/registers/acts.hpp"

namespace vanthu::registers {
namespace {

struct Word {
  std::string_view id;
  const char* text;
};
constexpr std::array<Word, 4> urgencies{
    {{"none", ""}, {"khan", "khẩn"}, {"thuong-khan", "thượng khẩn"}, {"hoa-toc", "hoả tốc"}}};
constexpr std::array<Word, 7> signatures{{{"none", "chưa ký số, chỉ có giá trị tham khảo"},
                                          {"valid", "hợp lệ"},
                                          {"invalid", "không hợp lệ"},
                                          {"unknown-ca", "không rõ cơ quan chứng thực"},
                                          {"expired", "chứng thư hết hạn"},
                                          {"revoked", "chứng thư bị thu hồi"},
                                          {"not-checked", "chưa kiểm tra"}}};

template <class Table>
std::string looked_up(const Table& table, const std::string& id) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Word& one) { return one.id == id; });
  return found == table.end() ? id : found->text;
}

std::string by(const Hand& hand) {
  return hand.by + ", " + printed_day(iso(day_of(hand.at))) + (hand.why.empty() ? "" : ": " + hand.why);
}

void add(std::string& to, const std::string& text) { to += (to.empty() ? "" : "; ") + text; }

void add_if_any(std::string& to, const std::string& text) {
  if (!text.empty()) add(to, text);
}

std::string in_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}
}  // namespace

std::string title_of(const Key& key) {
  std::string title = key.direction == Direction::out ? "Sổ văn bản đi" : "Sổ văn bản đến";
  if (!key.numbered) title += ", văn bản không đánh số ở đây";
  if (!key.series.empty()) title += ", ký hiệu " + key.series;
  const bool year = key.period.id.size() == 4 && key.period.id == key.period.name;
  return title += year ? ", năm " + key.period.name : ", nhiệm kỳ " + key.period.name;
}

std::string printed_day(std::string_view text) {
  const auto day = parse_date(text);
  if (!day) return std::string(text);
  const auto d = static_cast<unsigned>(day->day());
  const auto m = static_cast<unsigned>(day->month());
  return (d < 10 ? "0" : "") + std::to_string(d) + '/' + (m < 3 ? "0" : "") + std::to_string(m) + '/' +
         std::to_string(static_cast<int>(day->year()));
}

std::string printed_time(std::string_view text) {
  const auto day = parse_date(text.substr(0, 10));
  unsigned hour = 0;
  unsigned minute = 0;
  if (!day || text.size() < 17 || std::from_chars(text.data() + 11, text.data() + 13, hour).ptr != text.data() + 13 ||
      std::from_chars(text.data() + 14, text.data() + 16, minute).ptr != text.data() + 16 || hour > 23 || minute > 59)
    return std::string(text);
  const Time time(std::chrono::sys_days(*day) + std::chrono::hours(hour) + std::chrono::minutes(minute));
  const unsigned here = (hour + 7) % 24;
  return (here < 10 ? "0" : "") + std::to_string(here) + (minute < 10 ? ".0" : ".") + std::to_string(minute) + ", " +
         printed_day(iso(day_of(time)));
}

std::string printed_symbol(const Card& card) {
  const std::string printed = archive::printed_symbol(card.form, card.number, card.symbol);
  return printed.empty() ? "-" : printed;
}

std::string kind_and_subject(const Card& card) {
  if (card.kind.empty() || card.subject.starts_with(card.kind)) return in_one_line(card.subject);
  return card.kind + (card.subject.empty() ? "" : ": " + in_one_line(card.subject));
}

std::string acknowledged(const Receipts& receipts) {
  if (receipts.items.empty()) return {};
  std::string text = "đã tiếp nhận " + std::to_string(receipts.entered) + '/' + std::to_string(receipts.items.size());
  if (receipts.refused != 0) text += ", từ chối " + std::to_string(receipts.refused);
  return text;
}

std::string state_of(const Item& item) {
  switch (item.state) {
    case Item::State::waiting:
      return item.before == 0 ? "chờ vào sổ" : "chờ vào sổ, cùng tệp với bản ghi " + std::to_string(item.before);
    case Item::State::entered:
      return "số đến " + std::to_string(item.number) + (item.hand ? " (" + by(*item.hand) + ")" : "");
    case Item::State::gone:
      return "bản ghi đã huỷ trước khi vào sổ";
    case Item::State::refused:
      break;
  }
  std::string text = "từ chối";
  for (const Cause& cause : causes)
    if (cause.name == item.cause) text += std::string(": ") + cause.text;
  return text + (item.hand ? " (" + by(*item.hand) + ")" : "");
}

std::string state_of(const Line& line) {
  switch (line.state) {
    case Line::State::sent:
      return "đã gửi";
    case Line::State::reserved:
      return "đã cấp số, chưa gửi";
    case Line::State::entered:
      return "đã vào sổ";
    case Line::State::cancelled:
      return "ĐÃ HUỶ";
  }
  return {};
}

std::string urgency_of(const Card& card) { return looked_up(urgencies, card.urgency); }

std::string signature_of(const Card& card) {
  return card.signature.empty() ? std::string() : looked_up(signatures, card.signature);
}

std::string remarks_of(const Line& line) {
  std::string text;
  if (line.cancelled) add(text, "ĐÃ HUỶ (" + by(*line.cancelled) + ")");
  if (line.state == Line::State::reserved) add(text, "đã cấp số, chưa gửi");
  if (line.late) add(text, "ghi bổ sung sau khi khoá sổ");
  std::size_t again = 0;
  std::size_t versions = 0;
  for (const Line::Despatch& one : line.despatches) {
    if (one.sort == Line::Despatch::Sort::again) ++again;
    if (one.sort == Line::Despatch::Sort::version) ++versions;
  }
  if (again != 0) add(text, "gửi lại " + std::to_string(again) + " lần");
  if (versions != 0) add(text, "có " + std::to_string(versions) + " bản khác cùng số");
  if (line.card.waited && line.state == Line::State::sent) add(text, "chờ ý kiến khi nhận để gửi");
  add_if_any(text, line.gone);
  for (const Line::Remark& one : line.remarks) add(text, in_one_line(one.text));
  for (const Line::Correction& one : line.corrections) {
    const Field* field = field_of(one.field);
    add(text, std::string("sửa ") + (field == nullptr ? one.field.c_str() : field->title) + " (" + by(one.hand) + ")");
  }
  return text;
}

std::string corrections_of(const Line& line) {
  std::string text;
  for (const Line::Correction& one : line.corrections) {
    const Field* field = field_of(one.field);
    text += (text.empty() ? "" : "\n") + std::string(field == nullptr ? one.field.c_str() : field->title) + ": " +
            (one.was.empty() ? "(trống)" : in_one_line(one.was)) + " → " +
            (one.now.empty() ? "(trống)" : in_one_line(one.now)) + " (" + by(one.hand) + ")";
  }
  return text;
}

std::string in_capitals(std::string_view utf8) {
  std::string out;
  icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())))
      .toUpper(icu::Locale("vi"))
      .toUTF8String(out);
  return out;
}

bool before(std::string_view a, std::string_view b) {
  static const std::unique_ptr<icu::Collator> collator = [] {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<icu::Collator> made(icu::Collator::createInstance(icu::Locale("vi"), error));
    return U_SUCCESS(error) ? std::move(made) : nullptr;
  }();
  if (!collator) return a < b;
  UErrorCode error = U_ZERO_ERROR;
  const UCollationResult order =
      collator->compareUTF8(icu::StringPiece(a.data(), static_cast<int32_t>(a.size())),
                            icu::StringPiece(b.data(), static_cast<int32_t>(b.size())), error);
  return order == UCOL_LESS || (order == UCOL_EQUAL && a < b);
}

}  // namespace vanthu::registers
