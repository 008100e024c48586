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

unsigned octet(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

/// How many octets of white space stand at `at`; zero for anything else.
std::size_t blank_at(std::string_view text, std::size_t at) {
  const unsigned first = octet(text, at);
  if (first < 0x80) return first == ' ' || (first >= '\t' && first <= '\r') ? 1 : 0;
  if (first == 0xC2) return octet(text, at + 1) == 0xA0 ? 2 : 0;  // U+00A0
  if (first != 0xE2 && first != 0xE3) return 0;
  const unsigned character = first << 16 | octet(text, at + 1) << 8 | octet(text, at + 2);
  const bool blank = (character >= 0xE28082 && character <= 0xE2808A) ||  // U+2002 to U+200A
                     character == 0xE280A8 || character == 0xE280A9 ||    // U+2028, U+2029
                     character == 0xE280AF || character == 0xE2819F ||    // U+202F, U+205F
                     character == 0xE38080;                               // U+3000
  return blank ? 3 : 0;
}

/// Zero-width characters and direction marks: seen by nobody.
std::size_t invisible_at(std::string_view text, std::size_t at) {
  const unsigned character = octet(text, at) << 16 | octet(text, at + 1) << 8 | octet(text, at + 2);
  const bool invisible = (character >= 0xE2808B && character <= 0xE2808F) ||  // U+200B to U+200F
                         (character >= 0xE280AA && character <= 0xE280AE) ||  // U+202A to U+202E
                         (character >= 0xE281A6 && character <= 0xE281A9) ||  // U+2066 to U+2069
                         character == 0xE281A0 || character == 0xEFBBBF;      // U+2060, U+FEFF
  return invisible ? 3 : 0;
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
  result.reserve(utf8.size());
  bool gap = false;
  std::size_t solid = 0;  // since where everything is to be kept
  std::size_t at = 0;
  const auto keep = [&] {
    if (at == solid) return;
    if (gap) result += ' ';
    gap = false;
    result.append(utf8, solid, at - solid);
  };
  while (at < utf8.size()) {
    const auto u = static_cast<unsigned char>(utf8[at]);
    if (u > 0x20 && u < 0x7F) {
      ++at;
      continue;
    }
    if (const std::size_t blank = blank_at(utf8, at); blank > 0) {
      keep();
      gap = !result.empty();
      solid = at += blank;
    } else if (const std::size_t nothing = u < 0x20 || u == 0x7F ? 1
                                           : u >= 0xE2           ? invisible_at(utf8, at)
                                                                 : 0;
               nothing > 0) {
      keep();
      solid = at += nothing;
    } else {
      at += std::min(character_length(utf8[at]), utf8.size() - at);
    }
  }
  keep();
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
  std::size_t column = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t gap = 0;
  bool tab = false;
  bool empty = true;
  const auto add_piece = [&] {
    add(utf8.substr(start, solid_end - start), static_cast<float>(begin), static_cast<float>(end));
  };
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t blank = blank_at(utf8, at);
    if (blank > 0) {
      tab = tab || utf8[at] == '\t';
      column = utf8[at] == '\t' ? (column / 8 + 1) * 8 : column + 1;
      ++gap;
      at += blank;
      continue;
    }
    if (!empty && (tab || gap >= 3)) {
      add_piece();
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
    ++column;
    for (; at < utf8.size() && utf8[at] > 0x20; ++at) ++column;  // the rest of a word, as far as it is ASCII
    solid_end = at;
    end = column;
  }
  if (!empty) add_piece();
}

Lines lines_of(std::string_view utf8) {
  Lines lines;
  std::uint32_t row = 0;
  std::size_t feed = 0;  // the next line feed, kept while carriage returns alone end lines before it
  for (std::size_t at = 0; at < utf8.size();) {
    if (feed < at || at == 0) feed = std::min(utf8.find('\n', at), utf8.size());
    const std::size_t end = std::min(utf8.substr(0, feed).find('\r', at), feed);
    add_row(lines, utf8.substr(at, end - at), Zone::body, row++);
    at = end + 1 == feed && utf8[end] == '\r' ? feed + 1 : end + 1;
  }
  unweave(lines);
  return lines;
}

void unweave(Lines& lines) {
  const auto same_row = [](const Line& a, const Line& b) { return a.row == b.row; };
  if (std::adjacent_find(lines.begin(), lines.end(), same_row) == lines.end()) return;
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
