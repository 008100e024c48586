// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/lines.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

std::size_t character_length(char c) {
  const auto u = static_cast<unsigned char>(c);
  if (u >= 0xF0) return 4;
  if (u >= 0xE0) return 3;
  return u >= 0xC0 ? 2 : 1;
}

/// How many octets of white space stand at `at`; zero for anything else.
std::size_t blank_at(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == '\n') return 1;
  if (text.substr(at, 2) == "\u00A0") return 2;
  if (static_cast<unsigned char>(c) != 0xE2 && static_cast<unsigned char>(c) != 0xE3) return 0;
  for (const std::string_view blank : {"\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009",
                                       "\u200A", "\u202F", "\u205F", "\u3000", "\u2028", "\u2029"})
    if (text.substr(at, 3) == blank) return 3;
  return 0;
}

/// Zero-width characters and direction marks: seen by nobody.
std::size_t invisible_at(std::string_view text, std::size_t at) {
  for (const std::string_view mark : {"\u200B", "\u200C", "\u200D", "\u200E", "\u200F", "\u2060", "\uFEFF", "\u202A",
                                      "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069"})
    if (text.substr(at, mark.size()) == mark) return mark.size();
  return 0;
}

/// "M Ậ T", "T Ố I   M Ậ T": nothing but single letters with blanks between.
bool letter_spaced(std::string_view row) {
  std::size_t letters = 0;
  bool after_blank = true;
  for (std::size_t at = 0; at < row.size();) {
    if (const std::size_t blank = blank_at(row, at); blank > 0) {
      at += blank;
      after_blank = true;
      continue;
    }
    if (!after_blank) return false;
    after_blank = false;
    ++letters;
    at += character_length(row[at]);
  }
  return letters >= 3 && letters <= 20;
}

/// Two columns while they grow: everything of the left one ends before everything of the right one begins.
class Columns {
 public:
  Columns(float left_end, float right_begin) : left_end_(left_end), right_begin_(right_begin) {}

  enum class Side { left, right, across };
  /// Where a line belongs; what stands across both columns leaves them as they are.
  Side place(const Line& line) {
    if (line.end <= right_begin_ && line.begin < left_end_) {
      left_end_ = std::max(left_end_, line.end);
      return left_end_ <= right_begin_ ? Side::left : Side::across;
    }
    if (line.begin >= left_end_) {
      right_begin_ = std::min(right_begin_, line.begin);
      return Side::right;
    }
    return Side::across;
  }

 private:
  float left_end_, right_begin_;
};

}  // namespace

std::string squeezed(std::string_view utf8) {
  std::string result;
  bool gap = false;
  for (std::size_t at = 0; at < utf8.size();) {
    if (const std::size_t blank = blank_at(utf8, at); blank > 0) {
      gap = !result.empty();
      at += blank;
      continue;
    }
    if (const auto u = static_cast<unsigned char>(utf8[at]); u >= 0xE2) {
      if (const std::size_t nothing = invisible_at(utf8, at); nothing > 0) {
        at += nothing;
        continue;
      }
    } else if (u < 0x20 || u == 0x7F) {
      ++at;
      continue;
    }
    if (gap) result += ' ';
    gap = false;
    const std::size_t length = std::min(character_length(utf8[at]), utf8.size() - at);
    result.append(utf8, at, length);
    at += length;
  }
  return result;
}

void add_row(Lines& lines, std::string_view utf8, Zone zone, std::uint32_t row) {
  if (lines.size() >= limits::text_lines) return;
  const auto add = [&](std::string_view text, float begin, float end) {
    std::string clean = squeezed(text);
    if (!clean.empty()) lines.push_back({std::move(clean), zone, row, begin, end, 0});
  };
  if (letter_spaced(utf8)) return add(utf8, 0, static_cast<float>(utf8.size()));
  std::size_t start = 0;      // of the piece, in octets
  std::size_t solid_end = 0;  // behind its last character that is no blank
  float column = 0;
  float begin = 0;
  float end = 0;
  std::size_t gap = 0;
  bool tab = false;
  bool empty = true;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t blank = blank_at(utf8, at);
    if (blank > 0) {
      tab = tab || utf8[at] == '\t';
      column = utf8[at] == '\t' ? static_cast<float>((static_cast<int>(column) / 8 + 1) * 8) : column + 1;
      ++gap;
      at += blank;
      continue;
    }
    if (!empty && (tab || gap >= 3)) {
      add(utf8.substr(start, solid_end - start), begin, end);
      empty = true;
    }
    if (empty) {
      start = at;
      begin = column;
      empty = false;
    }
    gap = 0;
    tab = false;
    at += std::min(character_length(utf8[at]), utf8.size() - at);
    solid_end = at;
    end = ++column;
  }
  if (!empty) add(utf8.substr(start, solid_end - start), begin, end);
}

Lines lines_of(std::string_view utf8) {
  Lines lines;
  std::uint32_t row = 0;
  while (!utf8.empty()) {
    const std::size_t end = std::min(utf8.find_first_of("\r\n"), utf8.size());
    add_row(lines, utf8.substr(0, end), Zone::body, row++);
    if (utf8.substr(end, 2) == "\r\n") utf8.remove_prefix(1);
    utf8.remove_prefix(std::min(end + 1, utf8.size()));
  }
  unweave(lines);
  return lines;
}

void unweave(Lines& lines) {
  Lines result;
  result.reserve(lines.size());
  for (std::size_t at = 0; at < lines.size();) {
    const std::uint32_t row = lines[at].row;
    const bool side_by_side = at + 1 < lines.size() && lines[at + 1].row == row;
    if (!side_by_side) {
      result.push_back(std::move(lines[at++]));
      continue;
    }
    std::size_t last = at;
    while (last + 1 < lines.size() && lines[last + 1].row == row) ++last;
    // The columns go on for as long as nothing stands across them; an empty row ends them too.
    Columns columns(lines[last - 1].end, lines[last].begin);
    std::vector<Columns::Side> sides(last - at, Columns::Side::left);
    sides.push_back(Columns::Side::right);
    std::size_t end = last + 1;
    for (std::uint32_t previous = row; end < lines.size(); ++end) {
      const Line& line = lines[end];
      if (line.row > previous + 1 || line.row < previous || line.zone != lines[at].zone) break;
      const Columns::Side side = columns.place(line);
      if (side == Columns::Side::across) break;
      previous = line.row;
      sides.push_back(side);
    }
    // A row is taken as a whole or not at all.
    while (end < lines.size() && end > last + 1 && lines[end - 1].row == lines[end].row) {
      --end;
      sides.pop_back();
    }
    for (const Columns::Side side : {Columns::Side::left, Columns::Side::right})
      for (std::size_t i = at; i < end; ++i)
        if (sides[i - at] == side) result.push_back(lines[i]);
    at = end;
  }
  lines = std::move(result);
}

}  // namespace vanthu::inspect
