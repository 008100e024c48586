// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/ocr/rows.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "filters/inspect/ocr/marks.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

double middle(const OcrWord& word) { return (word.top + word.bottom) / 2.0; }
double height(const OcrWord& word) { return word.bottom - word.top; }

/// What noise is read as: signs of punctuation that the engine itself does not believe.
bool speck(const OcrWord& word) {
  const auto letter = [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  const bool letters = std::any_of(word.text.begin(), word.text.end(), letter);
  const bool alone =
      word.text.size() == 1 || (word.text.size() <= 3 && static_cast<unsigned char>(word.text[0]) >= 0x80);
  return word.certainty < (!letters ? 45U : alone ? 55U : word.text.size() < 4 ? 35U : 15U);
}

/// The dash in front of an item is often read as another stroke.
void mend_bullet(std::string& text) {
  for (const std::string_view stroke : {"~ ", "_ ", "= ", "» ", "¬ ", "– ", "— "})
    if (text.starts_with(stroke)) text.replace(0, stroke.size(), "- ");
}

/// Blanks that are usual in this row.
double usual_gap(const std::vector<OcrWord>& row) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < row.size(); ++i) gaps.push_back(row[i].left - row[i - 1].right);
  if (gaps.size() < 4) return 0;
  std::nth_element(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2), gaps.end());
  return gaps[gaps.size() / 2];
}

class Rows {
 public:
  Rows(double points, Zone zone, std::uint32_t page) : points_(points), zone_(zone), page_(page) {}

  /// The words of one row, cut where the gap is wide.
  void add(std::vector<OcrWord>& row, std::uint32_t number, Lines& lines) {
    std::sort(row.begin(), row.end(), [](const OcrWord& a, const OcrWord& b) { return a.left < b.left; });
    const double usual = usual_gap(row);
    std::size_t first = 0;
    for (std::size_t i = 1; i <= row.size(); ++i) {
      const bool end = i == row.size();
      const double gap = end ? 0 : row[i].left - row[i - 1].right;
      const double size = end ? 0 : std::min<double>(row[i].height, row[i - 1].height);
      if (!end && gap <= std::max(size * 0.95, usual * 2.2)) continue;
      cell(row, first, i, number, lines);
      first = i;
    }
    row.clear();
  }

 private:
  void cell(const std::vector<OcrWord>& row, std::size_t first, std::size_t last, std::uint32_t number, Lines& lines) {
    std::string text;
    double sure = 0;
    double letters = 0;
    double size = 0;
    Line line;
    line.top = static_cast<float>(row[first].top * points_);
    for (std::size_t i = first; i < last; ++i) {
      const OcrWord& word = row[i];
      if (!text.empty()) text += ' ';
      text += word.text;
      const auto weight = static_cast<double>(word.text.size());
      sure += word.certainty * weight;
      size += word.height * weight;
      letters += weight;
      line.top = std::min(line.top, static_cast<float>(word.top * points_));
      line.bottom = std::max(line.bottom, static_cast<float>(word.bottom * points_));
    }
    line.text = squeezed(text::nfc(text));
    mend_bullet(line.text);
    if (line.text.empty()) return;
    line.zone = zone_;
    line.row = number;
    line.begin = static_cast<float>(row[first].left * points_);
    line.end = static_cast<float>(row[last - 1].right * points_);
    line.page = page_;
    line.size = static_cast<float>(size / letters * points_);
    line.certainty = static_cast<std::uint8_t>(std::clamp(std::lround(sure / letters), 1L, 100L));
    lines.push_back(std::move(line));
  }

  double points_;
  Zone zone_;
  std::uint32_t page_;
};

}  // namespace

void add_rows(std::vector<OcrWord> words, double points, Zone zone, std::uint32_t page, Lines& lines,
              std::uint32_t& row) {
  words.erase(std::remove_if(words.begin(), words.end(), speck), words.end());
  if (words.size() > limits::text_lines) words.resize(limits::text_lines);
  std::stable_sort(words.begin(), words.end(),
                   [](const OcrWord& a, const OcrWord& b) { return middle(a) < middle(b); });
  Rows rows(points, zone, page);
  Lines mine;
  std::vector<OcrWord> current;
  double top = 0;  // of the row, by its highest word
  double bottom = 0;
  double below = 0;
  for (OcrWord& word : words) {
    if (!current.empty()) {
      const double shared = std::min<double>(bottom, word.bottom) - std::max<double>(top, word.top);
      const double lower = std::min(bottom - top, height(word));
      if (shared < 0.55 * lower) {
        rows.add(current, row++, mine);
        if (word.top - below > height(word) * 2) row += 2;  // a wide gap ends columns
      }
    }
    if (current.empty() || height(word) > bottom - top) {
      top = word.top;
      bottom = word.bottom;
    }
    below = current.empty() ? word.bottom : std::max<double>(below, word.bottom);
    current.push_back(std::move(word));
  }
  if (!current.empty()) rows.add(current, row++, mine);
  row += 2;
  unweave(mine);
  mend_markings(mine);
  lines.insert(lines.end(), std::make_move_iterator(mine.begin()), std::make_move_iterator(mine.end()));
}

}  // namespace vanthu::inspect
