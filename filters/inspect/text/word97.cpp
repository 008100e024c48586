// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/text/office97.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

std::uint32_t number(std::string_view octets, std::size_t at, std::size_t width = 4) {
  std::uint32_t value = 0;
  for (std::size_t i = width; i-- > 0;)
    value = value << 8 | (at + i < octets.size() ? static_cast<unsigned char>(octets[at + i]) : 0U);
  return value;
}

/// The file information block (MS-DOC 2.5), as far as the way to the text needs it.
namespace fib {
constexpr std::size_t version = 0x02, flags = 0x0A, text_begin = 0x18, text_end = 0x1C, counts = 0x4C, clx = 0x1A2;
constexpr std::uint32_t complex = 0x0004, encrypted = 0x0100, table1 = 0x0200;
constexpr std::uint32_t word97 = 0xC1;
}  // namespace fib

/// Characters of the document's stories, one behind the other (MS-DOC 2.3).
struct Story {
  Zone zone;
  std::uint32_t characters;
};

/// A stretch of text that lies together in the main stream.
struct Piece {
  std::uint32_t characters;
  std::uint32_t at;
  bool wide;  ///< UTF-16, else windows-1252
};

/// MS-DOC 2.9.38: property modifications, then the table of pieces.
std::vector<Piece> pieces_of(std::string_view clx) {
  std::vector<Piece> pieces;
  std::size_t at = 0;
  while (at < clx.size() && clx[at] == 1) at += 3 + number(clx, at + 1, 2);
  if (at + 5 > clx.size() || clx[at] != 2) return pieces;
  const std::string_view table = clx.substr(at + 5, number(clx, at + 1));
  if (table.size() < 16) return pieces;
  const std::size_t count = (table.size() - 4) / 12;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t begin = number(table, 4 * i);
    const std::uint32_t end = number(table, 4 * i + 4);
    const std::uint32_t place = number(table, 4 * (count + 1) + 8 * i + 2);
    if (end <= begin) continue;
    const bool wide = (place & 0x40000000U) == 0;
    pieces.push_back({end - begin, wide ? place & 0x3FFFFFFFU : (place & 0x3FFFFFFFU) / 2, wide});
  }
  return pieces;
}

/// Takes characters one by one and makes lines of them.
class Writer {
 public:
  Writer(std::vector<Story> stories, Lines& lines) : stories_(std::move(stories)), lines_(lines) {}

  void take(char32_t c) {
    while (story_ < stories_.size() && taken_ == stories_[story_].characters) {
      end_line(false);
      taken_ = 0;
      ++story_;
    }
    ++taken_;
    if (c == 0x13) return fields_.push_back(true);  // the code of a field begins
    if (c == 0x14 && !fields_.empty()) {
      fields_.back() = false;
      return;
    }
    if (c == 0x15 && !fields_.empty()) return fields_.pop_back();
    if (std::find(fields_.begin(), fields_.end(), true) != fields_.end()) return;
    if (c == 0x07) return end_line(true);
    if (c == 0x0D || c == 0x0B || c == 0x0E) return end_line(false);
    if (c == 0x0C) {
      end_line(false);
      ++page_;
      return;
    }
    if (c == 0x1E) c = '-';  // one that does not break
    if (c == 0x09) {         // what stands behind it stands apart
      line_ += "    ";
      return;
    }
    if (c < 0x20 || c == 0x1F || c == 0xAD) return;  // pictures, notes, soft hyphens
    add(c);
  }
  void end() { end_line(false); }

 private:
  void add(char32_t c) {
    if (c < 0x80) {
      line_ += static_cast<char>(c);
    } else if (c < 0x800) {
      line_ += static_cast<char>(0xC0 | c >> 6);
      line_ += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      line_ += static_cast<char>(0xE0 | c >> 12);
      line_ += static_cast<char>(0x80 | (c >> 6 & 0x3F));
      line_ += static_cast<char>(0x80 | (c & 0x3F));
    } else {
      line_ += static_cast<char>(0xF0 | c >> 18);
      line_ += static_cast<char>(0x80 | (c >> 12 & 0x3F));
      line_ += static_cast<char>(0x80 | (c >> 6 & 0x3F));
      line_ += static_cast<char>(0x80 | (c & 0x3F));
    }
  }
  void end_line(bool cell) {
    const Zone own = story_ < stories_.size() ? stories_[story_].zone : Zone::body;
    const std::size_t before = lines_.size();
    if (!line_.empty()) add_row(lines_, text::nfc(line_), cell && own == Zone::body ? Zone::cell : own, row_++);
    for (std::size_t i = before; i < lines_.size(); ++i) lines_[i].page = page_;
    line_.clear();
  }

  std::vector<Story> stories_;
  Lines& lines_;
  std::size_t story_ = 0;
  std::uint32_t taken_ = 0;   ///< of the story
  std::vector<bool> fields_;  ///< open ones; true: its code is being read
  std::string line_;
  std::uint32_t row_ = 0;
  std::uint32_t page_ = 0;
};

/// Octets of windows-1252 above ASCII, where it differs from Latin-1.
constexpr std::array<char16_t, 32> high{0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                        0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

void narrow(std::string_view octets, Writer& out) {
  for (const char c : octets) {
    const auto u = static_cast<unsigned char>(c);
    out.take(u >= 0x80 && u < 0xA0 ? high[u - 0x80U] : char32_t{u});
  }
}

void wide(std::string_view octets, Writer& out) {
  for (std::size_t at = 0; at + 1 < octets.size(); at += 2) {
    char32_t c = number(octets, at, 2);
    if (c >= 0xD800 && c < 0xDC00 && at + 3 < octets.size()) {
      const char32_t low = number(octets, at + 2, 2);
      if (low >= 0xDC00 && low < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        out.take(0);  // a character position of its own
        at += 2;
      }
    }
    if (c >= 0xD800 && c < 0xE000) c = 0xFFFD;
    out.take(c);
  }
}

}  // namespace

bool read_word97(std::string_view main, std::string_view table0, std::string_view table1, Lines& lines, Notes& notes) {
  const std::uint32_t flags = number(main, fib::flags, 2);
  if (main.size() < 0x60 || (flags & fib::encrypted) != 0) return false;
  if (number(main, fib::version, 2) < fib::word97) {  // Word 6 and 95: the text lies together, unless it was saved fast
    const std::uint32_t begin = number(main, fib::text_begin);
    const std::uint32_t end = number(main, fib::text_end);
    if ((flags & fib::complex) != 0 || begin >= end || end > main.size()) return false;
    Writer writer({}, lines);
    narrow(main.substr(begin, end - begin), writer);
    writer.end();
    return true;
  }
  const std::string_view table = (flags & fib::table1) != 0 ? table1 : table0;
  const std::uint32_t at = number(main, fib::clx);
  if (at >= table.size()) return false;
  const std::vector<Piece> pieces = pieces_of(table.substr(at, number(main, fib::clx + 4)));
  if (pieces.empty()) return false;
  constexpr std::array zones{Zone::body, Zone::body, Zone::page_header, Zone::body,
                             Zone::body, Zone::body, Zone::box,         Zone::box};
  std::vector<Story> stories;  // text, footnotes, headers, (macros), comments, endnotes, boxes, boxes in headers
  for (std::size_t i = 0; i < zones.size(); ++i) stories.push_back({zones[i], number(main, fib::counts + 4 * i)});
  Writer writer(std::move(stories), lines);
  std::uint64_t read = 0;
  bool any = false;
  for (const Piece& piece : pieces) {
    if (piece.at >= main.size()) continue;
    any = true;
    const std::uint64_t octets = std::uint64_t{piece.characters} * (piece.wide ? 2 : 1);
    read += octets;
    if (read > limits::text_octets || lines.size() >= limits::text_lines) {
      note(notes, "inspect.text-cut");
      break;
    }
    const std::string_view text = main.substr(piece.at, octets);
    piece.wide ? wide(text, writer) : narrow(text, writer);
  }
  writer.end();
  return any;
}

}  // namespace vanthu::inspect
