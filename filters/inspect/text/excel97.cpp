// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/text/legacy_font.hpp"
#include "filters/inspect/text/office97.hpp"
#include "filters/inspect/text/styled_text.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

/// Record types (MS-XLS 2.3).
enum Record : std::uint16_t {
  formula = 0x0006,
  bof = 0x0809,
  page_header = 0x0014,
  page_footer = 0x0015,
  font_entry = 0x0031,
  go_on = 0x003C,  // CONTINUE
  rich_label = 0x00D6,
  cell_format = 0x00E0,   // XF
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

/// Characters from `at` on are printed in the font of that index (FormatRun, MS-XLS 2.5.132).
struct FormatRun {
  std::size_t at = 0;
  std::size_t font = 0;
};
struct RichText {
  std::string text;
  std::vector<FormatRun> runs;
};

std::vector<FormatRun> read_runs(Chain& chain, std::size_t count) {
  constexpr std::size_t most = 1024;  // kept of one text
  std::vector<FormatRun> runs;
  for (std::size_t i = 0; i < count && !chain.at_end(); ++i) {
    const std::size_t at = chain.number(2);
    const std::size_t font = chain.number(2);
    if (runs.size() < most && (runs.empty() || at > runs.back().at)) runs.push_back({at, font});
  }
  return runs;
}

/// XLUnicodeRichExtendedString, whose count has been read.
RichText rich_text(Chain& chain, std::size_t characters) {
  const std::uint32_t flags = chain.number(1);
  const std::size_t runs = (flags & 8) != 0 ? chain.number(2) : 0;
  const std::size_t extra = (flags & 4) != 0 ? chain.number(4) : 0;
  RichText text{chain.text(characters, (flags & 1) != 0), {}};
  text.runs = read_runs(chain, runs);
  chain.skip(extra);
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
          place_ = cell_place();
          if (which < shared_.size()) cell(shared_[which]);
          break;
        }
        case label:
        case rich_label:
          place_ = cell_place();
          cell(counted(6));
          break;
        case formula:
          place_ = cell_place();
          break;
        case formula_text:  // of the formula before
          cell(counted(0));
          break;
        case font_entry:
          read_font();
          break;
        case cell_format:
          if (formats_.size() < limits::text_lines) formats_.push_back(number(body_, 0, 2));
          break;
        case page_header:
        case page_footer:
          if (!body_.empty())
            line(counted(0), font_at(0), type_ == page_header ? Zone::page_header : Zone::page_footer);
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
      kept_ += shared_.back().text.size() + shared_.back().runs.size() * sizeof(FormatRun);
      if (kept_ > limits::text_octets) return;
    }
  }
  /// A text at that place of the record, its count in front.
  RichText counted(std::size_t at) const {
    const std::size_t characters = number(body_, at, 2);
    if (body_.size() < at + 2) return {};
    if (!modern_) return {to_utf8(body_.substr(at + 2, characters), "windows-1252").value_or(std::string()), {}};
    Chain chain({body_.substr(at + 2)});
    return rich_text(chain, characters);
  }
  /// A font's height in twentieths of a point, and its name (MS-XLS 2.4.122).
  void read_font() {
    if (fonts_.size() >= limits::text_lines) return;
    const std::size_t characters = number(body_, 14, 1);
    std::string name;
    if (modern_ && body_.size() > 16) {
      Chain chain({body_.substr(16)});
      name = chain.text(characters, (number(body_, 15, 1) & 1) != 0);
    } else if (!modern_ && body_.size() > 15) {
      name = to_utf8(body_.substr(15, characters), "windows-1252").value_or(std::string());
    }
    fonts_.push_back(font_named(name, static_cast<float>(number(body_, 0, 2)) / 20));
  }
  /// There is no font of the index 4 (MS-XLS 2.5.129).
  const Font& font_at(std::size_t index) const {
    static const Font none;
    if (index > 4) --index;
    return index < fonts_.size() ? fonts_[index] : none;
  }
  void read_box() {
    const std::size_t characters = number(body_, 10, 2);
    const std::size_t runs = number(body_, 12, 2) / 8;
    auto records = continued();
    if (records.size() < 2 || records[1].empty()) return;
    RichText box;
    if (runs > 0 && records.size() > 2) {  // eight octets each, in a record of their own
      box.runs.push_back({0, number(records.back(), 2, 2)});
      records.pop_back();
    }
    Chain chain({records.begin() + 1, records.end()});
    const bool wide = (chain.number(1) & 1) != 0;
    box.text = chain.text(characters, wide);
    line(box, {}, Zone::box);
  }

  struct Place {
    std::uint32_t sheet = 0, row = 0, column = 0;
    std::size_t format = 0;
  };
  Place cell_place() const { return {sheet_, number(body_, 0, 2), number(body_, 2, 2), number(body_, 4, 2)}; }

  /// Cells of a row stand side by side.
  void cell(const RichText& text) {
    if (place_.row != last_.row || place_.sheet != last_.sheet) ++row_;
    last_ = place_;
    const std::size_t before = lines_.size();
    add(text, font_at(place_.format < formats_.size() ? formats_[place_.format] : 0), Zone::cell);
    for (std::size_t i = before; i < lines_.size(); ++i) {
      lines_[i].begin = static_cast<float>(place_.column) * 100;
      lines_[i].end = lines_[i].begin + 90;
    }
  }
  void line(const RichText& text, const Font& font, Zone zone) {
    ++row_;
    add(text, font, zone);
  }
  void add(const RichText& rich, const Font& font, Zone zone) {
    std::vector<FontRun> runs;
    for (const FormatRun& run : rich.runs) runs.push_back({run.at, font_at(run.font)});
    add_styled(lines_, rich.text, font, runs, zone, row_);
  }

  std::string_view stream_;
  Lines& lines_;
  std::size_t at_ = 0;
  std::uint16_t type_ = 0;
  std::string_view body_;
  bool any_ = false;
  bool modern_ = true;
  std::vector<Font> fonts_;
  std::vector<std::size_t> formats_;  // the font's index of each
  std::vector<RichText> shared_;
  std::uint64_t kept_ = 0;
  std::uint32_t row_ = 0, sheet_ = 0;
  Place place_, last_;  // of the cell being read, of the one added last
};

}  // namespace

bool read_excel97(std::string_view stream, Lines& lines) { return Workbook(stream, lines).read(); }

}  // namespace vanthu::inspect
