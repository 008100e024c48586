// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <vector>

#include "gateway/archive/terms.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/base/text.hpp"
#include "gateway/search/limits.hpp"
#include "gateway/search/words.hpp"

namespace vanthu::search {
namespace {

Error wrong(const std::string& why) { return fail(status::bad_arguments, why); }

bool has_words(std::string_view text) { return !words_in(readable(text)).empty(); }

Result<FieldValue> words(std::string_view written) {
  if (!has_words(written)) return wrong("không có từ nào; cần ít nhất một chữ hoặc số (there is no word in it)");
  return FieldValue{std::string(written)};
}

Result<FieldValue> kind(std::string_view written) {
  if (kinds_named(written).empty())
    return wrong("không có loại văn bản '" + std::string(written) +
                 "'; viết tên loại hoặc một trong: " + known_kinds() + " (no such kind of paper)");
  return FieldValue{std::string(written)};
}

Result<FieldValue> symbol(std::string_view written) {
  std::string key = archive::symbol_key(written);
  if (key.empty())
    return wrong(
        "không có chữ hay số nào; viết số, ký hiệu hoặc cả hai: 01-TB/BCĐ (there is no letter or digit in it)");
  return FieldValue{std::move(key)};
}

Result<FieldValue> name_of_something(std::string_view written) {
  if (written.size() > limits::value_octets) return wrong("dài hơn mọi tên (it is longer than any name)");
  return FieldValue{text::ascii_lower(written)};
}

Result<FieldValue> opaque(std::string_view written) {
  if (written.size() > limits::value_octets) written = written.substr(0, limits::value_octets);
  return FieldValue{std::string(written)};
}

Result<FieldValue> message_id(std::string_view written) {
  if (written.starts_with('<') && written.ends_with('>')) written = written.substr(1, written.size() - 2);
  if (written.empty()) return wrong("Message-ID rỗng; viết có hoặc không có dấu < > (it is empty)");
  return opaque(written);
}

Result<FieldValue> digest(std::string_view written) {
  std::string lower = text::ascii_lower(written);
  const bool hexadecimal =
      std::all_of(lower.begin(), lower.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (lower.size() != 64 || !hexadecimal)
    return wrong("SHA-256 có 64 chữ số thập lục phân (a SHA-256 has 64 hexadecimal digits)");
  return FieldValue{std::move(lower)};
}

/// One of some values, each with what else it is called (without marks).
struct Option {
  const char *value, *also;
};
template <std::size_t n>
Result<FieldValue> chosen(const std::array<Option, n>& choices, std::string_view written) {
  const std::string key = text::fold(written);
  std::string all;
  for (const Option& one : choices) {
    if (key == one.value || key == one.also) return FieldValue{one.value};
    all += std::string(all.empty() ? "" : ", ") + one.value;
  }
  return wrong("'" + std::string(written) + "' không thuộc: " + all + " (is none of them)");
}

Result<FieldValue> secrecy(std::string_view written) {
  return chosen(
      std::to_array<Option>({{"none", "khong"}, {"mat", "mat"}, {"toi-mat", "toi mat"}, {"tuyet-mat", "tuyet mat"}}),
      written);
}
Result<FieldValue> urgency(std::string_view written) {
  return chosen(std::to_array<Option>(
                    {{"none", "khong"}, {"khan", "khan"}, {"thuong-khan", "thuong khan"}, {"hoa-toc", "hoa toc"}}),
                written);
}
Result<FieldValue> direction(std::string_view written) {
  return chosen(std::to_array<Option>({{"in", "den"}, {"out", "di"}, {"import", "nhap"}, {"append", "cat"}}), written);
}
Result<FieldValue> has(std::string_view written) {
  return chosen(std::to_array<Option>({{"attachment", "tep"}, {"paper", "van ban"}, {"signature", "chu ky"}}), written);
}

Result<FieldValue> held(std::string_view written) {
  const bool number = !written.empty() && written.size() < 10 && written.front() != '0' &&
                      std::all_of(written.begin(), written.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (number) return FieldValue{std::string(written)};
  return chosen(std::to_array<Option>({{"yes", "co"}, {"no", "khong"}}), written);
}

/// The two sides of "a..b"; one value is both.
std::pair<std::string_view, std::string_view> sides(std::string_view written) {
  const std::size_t dots = written.find("..");
  if (dots == std::string_view::npos) return {written, written};
  return {written.substr(0, dots), written.substr(dots + 2)};
}

std::optional<unsigned> digits(std::string_view text, std::size_t least, std::size_t most) {
  unsigned number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.size() < least || text.size() > most || error != std::errc{} || rest != text.data() + text.size()) return {};
  return number;
}

std::string padded(unsigned number, std::size_t width) {
  std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

/// The first and the last day of "2026", "2026-03", "2026-03-15", "03/2026", "15/3/2026".
std::optional<std::pair<Date, Date>> days_of(std::string_view written) {
  std::vector<std::string_view> parts;
  const char between = written.find('/') != std::string_view::npos ? '/' : '-';
  for (std::string_view rest = written;; rest.remove_prefix(rest.find(between) + 1)) {
    parts.push_back(rest.substr(0, rest.find(between)));
    if (parts.size() > 3) return {};
    if (rest.find(between) == std::string_view::npos) break;
  }
  if (between == '/') std::reverse(parts.begin(), parts.end());
  const std::size_t least = between == '/' ? 1 : 2;
  const auto year = digits(parts[0], 4, 4);
  const auto month = parts.size() > 1 ? digits(parts[1], least, 2) : std::optional<unsigned>(1);
  const auto day = parts.size() > 2 ? digits(parts[2], least, 2) : std::optional<unsigned>(1);
  if (!year || !month || !day) return {};
  const auto first = parse_date(padded(*year, 4) + '-' + padded(*month, 2) + '-' + padded(*day, 2));
  if (!first) return {};
  if (parts.size() == 3) return std::pair(*first, *first);
  const std::chrono::year_month last_month =
      parts.size() == 2 ? first->year() / first->month() : first->year() / std::chrono::December;
  return std::pair(*first, Date(last_month / std::chrono::last));
}

std::string compared(const Date& day) {
  std::string text = iso(day);
  text.erase(std::remove(text.begin(), text.end(), '-'), text.end());
  return text;
}

Result<FieldValue> days(std::string_view written) {
  const auto [from, to] = sides(written);
  if (from.empty() && to.empty())
    return wrong("khoảng không có đầu cuối; viết 2026-01.., ..2026-03 hoặc 2026-01..2026-03 (a range without ends)");
  FieldValue range;
  for (const auto& [text, end] : {std::pair{from, &range.value}, std::pair{to, &range.upper}}) {
    if (text.empty()) continue;
    const auto found = days_of(text);
    if (!found)
      return wrong("không phải ngày: " + std::string(text) +
                   "; viết 2026, 03/2026, 15/3/2026 hoặc 2026-03-15 (no day)");
    *end = compared(end == &range.value ? found->first : found->second);
  }
  if (!range.value.empty() && !range.upper.empty() && range.value > range.upper)
    return wrong("khoảng kết thúc trước khi bắt đầu; viết ngày sớm hơn trước (the range ends before it begins)");
  return range;
}

Result<FieldValue> numbers(std::string_view written) {
  const auto [from, to] = sides(written);
  if (from.empty() && to.empty())
    return wrong("khoảng không có đầu cuối; viết 12.., ..40 hoặc 12..40 (a range without ends)");
  FieldValue range;
  for (const auto& [text, end] : {std::pair{from, &range.value}, std::pair{to, &range.upper}}) {
    if (text.empty()) continue;
    std::uint64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || rest != text.data() + text.size() || number == 0 || number > 4'000'000'000U)
      return wrong("không phải số bản ghi: " + std::string(text) + "; số bắt đầu từ 1 (no record number)");
    *end = std::to_string(number);
  }
  if (!range.value.empty() && !range.upper.empty() && std::stoull(range.value) > std::stoull(range.upper))
    return wrong("khoảng kết thúc trước khi bắt đầu; viết số nhỏ trước (the range ends before it begins)");
  return range;
}

constexpr auto rows = std::to_array<FieldRow>({
    {"from", Field::from, "địa chỉ, hoặc từ trong địa chỉ hay tên người gửi (sender: address or words)", words},
    {"to", Field::to,
     "như trên, của người nhận; người nhận kín nếu được biết (recipient; of blind copies those that you are told of)",
     words},
    {"subject", Field::subject, "từ trong tiêu đề thư hoặc trích yếu văn bản (subject)", words},
    {"kind", Field::kind, "loại văn bản, tên hoặc viết tắt: TB, \"Thông báo\" (kind of paper)", kind},
    {"symbol", Field::symbol, "số, ký hiệu hoặc cả hai: 01, TB/BCĐ, 01-TB/BCĐ (number, symbol)", symbol},
    {"unit", Field::unit, "mã đơn vị, kể cả các đơn vị đã nhập vào nó (unit; those that became part of it count too)",
     name_of_something},
    {"term", Field::term, "nhiệm kỳ của cấp uỷ: tinhuy/XIX (term of a committee)", name_of_something},
    {"secrecy", Field::secrecy, "độ mật: none, mat, toi-mat, tuyet-mat (secrecy)", secrecy},
    {"urgency", Field::urgency, "độ khẩn: none, khan, thuong-khan, hoa-toc (urgency)", urgency},
    {"direction", Field::direction,
     "in (đến), out (đi), import (nhập), append (cất vào hộp thư bằng IMAP, không qua SMTP)", direction},
    {"class", Field::record_class, "lớp bản ghi (record class)", name_of_something},
    {"has", Field::has, "attachment (tệp gửi kèm), paper (văn bản), signature (chữ ký số)", has},
    {"type", Field::type, "kiểu thật của tệp gửi kèm hoặc đuôi tên: pdf, application/pdf (true type or ending)",
     name_of_something},
    {"name", Field::name, "từ trong tên tệp gửi kèm (words of an attachment's name)", words},
    {"date", Field::date,
     "ngày văn bản, không có thì ngày nhận (thư nhập: Date của thư): ngày, tháng, năm hoặc khoảng (the "
     "paper's date, else when it was accepted: day, month, year, range)",
     days},
    {"received", Field::received, "ngày nhận vào kho, viết như trên (when it was accepted, likewise)", days},
    {"record", Field::record, "số bản ghi hoặc khoảng: 12, 12..40 (record number or range)", numbers},
    {"sha256", Field::sha256,
     "của thư hoặc của tệp gửi kèm, 64 chữ số thập lục phân (of the message or of an attachment)", digest},
    {"message-id", Field::message_id, "có hoặc không có dấu < > (with or without angle brackets)", message_id},
    {"id", Field::id, "mã thư trong hàng đợi (queue id)", opaque},
    {"file", Field::file,
     "hồ sơ chứa nó: vptu/2026/05; mọi hồ sơ của đơn vị, của năm: vptu/2026 (file, or all of a unit's year)", opaque},
    {"fonds", Field::fonds, "phông có hồ sơ chứa nó, theo mã phông (fonds)", opaque},
    {"held", Field::held, "yes, no hoặc số lệnh giữ (held)", held},
    {"register", Field::registered, "sổ ghi nó, thêm số nếu cần: \"den/vptu/2026 15\" (register)", opaque},
});

/// Letters to change, add or take away.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> line(b.size() + 1);
  std::iota(line.begin(), line.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t before = std::exchange(line[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = before + (a[i] == b[j] ? 0U : 1U);
      before = line[j + 1];
      line[j + 1] = std::min({changed, line[j] + 1, line[j + 1] + 1});
    }
  }
  return line.back();
}
}  // namespace

const FieldRow* find_field(std::string_view name) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const FieldRow& one) { return one.name == name; });
  return row == rows.end() ? nullptr : &*row;
}

const FieldRow& row_of(Field field) {
  return *std::find_if(rows.begin(), rows.end(), [&](const FieldRow& one) { return one.field == field; });
}

const FieldRow& nearest_field(std::string_view name) {
  return *std::min_element(rows.begin(), rows.end(), [&](const FieldRow& a, const FieldRow& b) {
    return distance(a.name, name) < distance(b.name, name);
  });
}

std::string describe_fields() {
  std::string text;
  for (const FieldRow& row : rows) {
    std::string name = std::string(row.name) + ':';
    name.resize(std::max<std::size_t>(name.size(), 12), ' ');
    text += "  " + name + ' ' + row.wants + '\n';
  }
  return text;
}

}  // namespace vanthu::search
