// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/text/office97.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

/// Record types (MS-XLS 2.3).
enum Record : std::uint16_t {
  bof = 0x0809,
  page_header = 0x0014,
  page_footer = 0x0015,
  go_on = 0x003C,  // CONTINUE
  rich_label = 0x00D6,
  shared_texts = 0x00FC,  // SST
  shared_label = 0x00FD,
  text_box = 0x01B6,  // TXO
  label = 0x0204,
  formula_text = 0x0207,
};

std::uint32_t number(std::string_view octets, std::size_t at, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = width; i-- > 0;)
    value = value << 8 | (at + i < octets.size() ? static_cast<unsigned char>(octets[at + i]) : 0U);
  return value;
}

/// A record and those that go on with it, read as one. Where text is cut between two, the next one says anew how wide
/// its characters are (MS-XLS 2.5.293).
class Chain {
 public:
  explicit Chain(std::vector<std::string_view> records) : records_(std::move(records)) { settle(); }
  bool at_end() const { return record_ >= records_.size(); }
  std::uint32_t number(std::size_t width) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value |= std::uint32_t{octet()} << (8 * i);
    return value;
  }
  void skip(std::size_t count) {
    while (count > 0 && !at_end()) {
      const std::size_t here = std::min(count, records_[record_].size() - at_);
      at_ += here;
      count -= here;
      settle();
    }
  }
  /// Characters, as many as there are of them.
  std::string text(std::size_t characters, bool wide) {
    std::string octets;
    while (characters > 0 && !at_end()) {
      const std::size_t width = wide ? 2 : 1;
      const std::size_t here = std::min(characters, (records_[record_].size() - at_) / width);
      for (std::size_t i = 0; i < here; ++i) {
        octets += records_[record_][at_ + i * width];
        octets += wide ? records_[record_][at_ + i * width + 1] : '\0';
      }
      at_ += here * width;
      characters -= here;
      if (characters == 0) break;
      ++record_;
      at_ = 0;
      if (!at_end() && !records_[record_].empty()) {
        wide = (records_[record_][0] & 1) != 0;
        at_ = 1;
      }
    }
    settle();
    return to_utf8(octets, "utf-16le").value_or(std::string());
  }

 private:
  unsigned char octet() {
    if (at_end()) return 0;
    const auto value = static_cast<unsigned char>(records_[record_][at_++]);
    settle();
    return value;
  }
  void settle() {
    while (record_ < records_.size() && at_ >= records_[record_].size()) {
      ++record_;
      at_ = 0;
    }
  }
  std::vector<std::string_view> records_;
  std::size_t record_ = 0;
  std::size_t at_ = 0;
};

/// XLUnicodeRichExtendedString, whose count has been read.
std::string rich_text(Chain& chain, std::size_t characters) {
  const std::uint32_t flags = chain.number(1);
  const std::size_t runs = (flags & 8) != 0 ? chain.number(2) : 0;
  const std::size_t extra = (flags & 4) != 0 ? chain.number(4) : 0;
  std::string text = chain.text(characters, (flags & 1) != 0);
  chain.skip(4 * runs + extra);
  return text;
}

class Workbook {
 public:
  Workbook(std::string_view stream, Lines& lines) : stream_(stream), lines_(lines) {}

  bool read() {
    while (next() && lines_.size() < limits::text_lines) {
      switch (type_) {
        case bof:
          modern_ = number(body_, 0, 2) == 0x0600;
          ++sheet_;
          break;
        case shared_texts:
          read_shared();
          break;
        case shared_label: {
          const std::uint32_t which = number(body_, 6, 4);
          if (which < shared_.size()) cell(shared_[which], number(body_, 0, 2), number(body_, 2, 2));
          break;
        }
        case label:
        case rich_label:
          cell(counted(6), number(body_, 0, 2), number(body_, 2, 2));
          break;
        case formula_text:
          cell(counted(0), 0, 0);
          break;
        case page_header:
        case page_footer:
          if (!body_.empty()) line(counted(0), type_ == page_header ? Zone::page_header : Zone::page_footer);
          break;
        case text_box:
          read_box();
          break;
        default:
          break;
      }
    }
    return any_;
  }

 private:
  bool next() {
    if (at_ + 4 > stream_.size()) return false;
    type_ = static_cast<std::uint16_t>(number(stream_, at_, 2));
    const std::size_t size = number(stream_, at_ + 2, 2);
    if (!any_ && type_ != bof) return false;
    any_ = true;
    body_ = stream_.substr(at_ + 4, size);
    at_ += 4 + body_.size();
    return true;
  }
  std::vector<std::string_view> continued() {
    std::vector<std::string_view> records{body_};
    while (at_ + 4 <= stream_.size() && number(stream_, at_, 2) == go_on) {
      next();
      records.push_back(body_);
    }
    return records;
  }
  void read_shared() {
    Chain chain(continued());
    chain.skip(4);
    const std::uint32_t count = chain.number(4);
    for (std::uint32_t i = 0; i < count && !chain.at_end() && shared_.size() < limits::text_lines; ++i) {
      const std::size_t characters = chain.number(2);
      shared_.push_back(rich_text(chain, characters));
      kept_ += shared_.back().size();
      if (kept_ > limits::text_octets) return;
    }
  }
  /// A text at that place of the record, its count in front.
  std::string counted(std::size_t at) const {
    const std::size_t characters = number(body_, at, 2);
    if (body_.size() < at + 2) return {};
    if (!modern_) return to_utf8(body_.substr(at + 2, characters), "windows-1252").value_or(std::string());
    Chain chain({body_.substr(at + 2)});
    return rich_text(chain, characters);
  }
  void read_box() {
    const std::size_t characters = number(body_, 10, 2);
    auto records = continued();
    if (records.size() < 2 || records[1].empty()) return;
    Chain chain({records.begin() + 1, records.end()});
    const bool wide = (chain.number(1) & 1) != 0;
    line(chain.text(characters, wide), Zone::box);
  }
  /// Cells of a row stand side by side.
  void cell(const std::string& text, std::uint32_t row, std::uint32_t column) {
    if (row != last_row_ || sheet_ != last_sheet_) ++row_;
    last_row_ = row;
    last_sheet_ = sheet_;
    const std::size_t before = lines_.size();
    add(text, Zone::cell);
    for (std::size_t i = before; i < lines_.size(); ++i) {
      lines_[i].begin = static_cast<float>(column) * 100;
      lines_[i].end = lines_[i].begin + 90;
    }
  }
  void line(const std::string& text, Zone zone) {
    ++row_;
    add(text, zone);
  }
  void add(std::string_view text, Zone zone) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
      add_row(lines_, text.substr(0, end), zone, row_);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (!text.empty()) ++row_;
    }
  }

  std::string_view stream_;
  Lines& lines_;
  std::size_t at_ = 0;
  std::uint16_t type_ = 0;
  std::string_view body_;
  bool any_ = false;
  bool modern_ = true;
  std::vector<std::string> shared_;
  std::uint64_t kept_ = 0;
  std::uint32_t row_ = 0, last_row_ = 0, sheet_ = 0, last_sheet_ = 0;
};

}  // namespace

bool read_excel97(std::string_view stream, Lines& lines) { return Workbook(stream, lines).read(); }

}  // namespace vanthu::inspect
