// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/text/legacy_font.hpp"
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
constexpr std::size_t version = 0x02, flags = 0x0A, text_begin = 0x18, text_end = 0x1C, counts = 0x4C, styles = 0xA2,
                      character_pages = 0xFA, fonts = 0x112, clx = 0x1A2;
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

/// The document's fonts (MS-DOC 2.9.286).
std::vector<Font> fonts_of(std::string_view table) {
  std::vector<Font> fonts;
  constexpr std::size_t name_at = 40;  // in an entry (MS-DOC 2.9.87), its length octet included
  const std::size_t count = std::min<std::size_t>(number(table, 0, 2), 4096);
  std::size_t at = 4;
  for (std::size_t i = 0; i < count && at < table.size(); ++i) {
    const std::size_t length = number(table, at, 1) + 1;
    std::string name;
    for (std::size_t c = at + name_at; c + 1 < std::min(at + length, table.size()); c += 2) {
      const std::uint32_t unit = number(table, c, 2);
      if (unit == 0) break;
      name += unit < 0x80 ? static_cast<char>(unit) : '?';
    }
    fonts.push_back(font_named(name));
    at += length;
  }
  return fonts;
}

/// A stretch of the main stream in one font.
struct Run {
  std::uint32_t begin = 0, end = 0;  ///< octets
  std::uint32_t font = 0;            ///< its place among the fonts; behind the last: not told
  float size = 0;                    ///< points
};

/// Octets of a property modification's operand (MS-DOC 2.6.1).
std::size_t operand_octets(std::uint32_t sprm, std::string_view operand) {
  switch (sprm >> 13) {
    case 0:
    case 1:
      return 1;
    case 3:
      return 4;
    case 6:
      return 1 + number(operand, 0, 1);
    case 7:
      return 3;
    default:
      return 2;
  }
}

/// The fonts of runs: letters with marks are in the font that sprmCRgFtc2 names, else in that of sprmCRgFtc0, else in
/// the document's own (MS-DOC 2.6.1, 2.8.6, 2.9.33).
class Fonts {
 public:
  Fonts(std::string_view main, std::string_view table) {
    const auto part = [&](std::size_t place) {
      const std::uint32_t at = number(main, place);
      return at < table.size() ? table.substr(at, number(main, place + 4)) : std::string_view{};
    };
    fonts_ = fonts_of(part(fib::fonts));
    if (fonts_.empty()) return;
    constexpr std::size_t other_font = 2 + 16;  // ftcOther of the style sheet's head (MS-DOC 2.9.272)
    default_ = number(part(fib::styles), other_font, 2);
    const std::string_view pages = part(fib::character_pages);
    if (pages.size() < 12) return;
    const std::size_t count = (pages.size() - 4) / 8;
    for (std::size_t i = 0; i < count && runs_.size() < limits::text_octets / 64; ++i) {
      const std::size_t at = std::size_t{number(pages, 4 * (count + 1) + 4 * i) & 0x3FFFFFU} * page_octets;
      if (at + page_octets <= main.size()) read_page(main.substr(at, page_octets));
    }
    std::stable_sort(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) { return a.begin < b.begin; });
  }

  bool any() const { return !fonts_.empty(); }
  /// The run at an octet of the main stream, from there up to where it ends.
  Run at(std::uint32_t place) const {
    auto next = std::upper_bound(runs_.begin(), runs_.end(), place,
                                 [](std::uint32_t wanted, const Run& run) { return wanted < run.begin; });
    const std::uint32_t until = next == runs_.end() ? ~0U : next->begin;
    if (next == runs_.begin() || place >= (next - 1)->end) return {place, until, default_, 0};
    Run run = *(next - 1);
    run.begin = place;
    return run;
  }
  Font font_of(const Run& run) const {
    Font font = run.font < fonts_.size() ? fonts_[run.font] : Font{};
    font.size = run.size;
    return font;
  }

 private:
  static constexpr std::size_t page_octets = 512;

  void read_page(std::string_view page) {
    const std::size_t count = number(page, page_octets - 1, 1);
    if (4 * (count + 1) + count > page_octets) return;
    for (std::size_t i = 0; i < count; ++i) {
      Run run{number(page, 4 * i), number(page, 4 * i + 4), default_, 0};
      const std::size_t properties = 2 * std::size_t{number(page, 4 * (count + 1) + i, 1)};
      if (properties != 0) read_properties(page.substr(properties + 1, number(page, properties, 1)), run);
      if (run.end > run.begin) runs_.push_back(run);
    }
  }

  static void read_properties(std::string_view properties, Run& run) {
    constexpr std::uint32_t ascii_font = 0x4A4F, other_font = 0x4A51, half_points = 0x4A43;
    std::optional<std::uint32_t> other;
    while (properties.size() > 2) {
      const std::uint32_t sprm = number(properties, 0, 2);
      properties.remove_prefix(2);
      if (sprm == ascii_font) run.font = number(properties, 0, 2);
      if (sprm == other_font) other = number(properties, 0, 2);
      if (sprm == half_points) run.size = static_cast<float>(number(properties, 0, 2)) / 2;
      properties.remove_prefix(std::min(operand_octets(sprm, properties), properties.size()));
    }
    run.font = other.value_or(run.font);
  }

  std::vector<Font> fonts_;
  std::uint32_t default_ = 0;
  std::vector<Run> runs_;
};

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
    if (c < 0x20 || c == 0x1F) return;  // pictures, notes, soft hyphens; U+00AD is a letter in old fonts
    add(c);
  }
  /// Of the characters to come.
  void set_font(const Font& font) {
    if (font == font_) return;
    end_run();
    font_ = font;
  }
  void end() { end_line(false); }

 private:
  /// Two characters may be one letter of the font, so a run is drawn as a whole.
  void end_run() {
    row_text_.append(line_, font_);
    line_.clear();
  }

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
    end_run();
    if (!row_text_.empty()) add_row(lines_, row_text_, cell && own == Zone::body ? Zone::cell : own, row_++);
    for (std::size_t i = before; i < lines_.size(); ++i) lines_[i].page = page_;
    row_text_.clear();
  }

  std::vector<Story> stories_;
  Lines& lines_;
  std::size_t story_ = 0;
  std::uint32_t taken_ = 0;   ///< of the story
  std::vector<bool> fields_;  ///< open ones; true: its code is being read
  std::string line_;          ///< since the last change of font
  Font font_;
  FontText row_text_;
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
  const Fonts fonts(main, table);
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
    for (std::size_t from = 0; from < text.size();) {
      std::size_t until = text.size();
      if (fonts.any()) {
        const Run run = fonts.at(piece.at + static_cast<std::uint32_t>(from));
        writer.set_font(fonts.font_of(run));
        until = std::min<std::size_t>(until, std::size_t{run.end} - piece.at);
        if (piece.wide) until = from + std::max<std::size_t>((until - from) / 2 * 2, 2);
      }
      const std::string_view same = text.substr(from, until - from);
      piece.wide ? wide(same, writer) : narrow(same, writer);
      from = until;
    }
  }
  writer.end();
  return any;
}

}  // namespace vanthu::inspect
