// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/ocr/page.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "filters/inspect/ocr/engine.hpp"
#include "filters/inspect/ocr/frames.hpp"
#include "filters/inspect/ocr/rows.hpp"
#include "filters/inspect/ocr/sheet.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

std::chrono::milliseconds left_until(OcrDeadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  // One page may have half of what is left, and what a page takes on a busy machine.
  return std::clamp<std::chrono::milliseconds>(left, std::chrono::milliseconds(0),
                                               std::max<std::chrono::milliseconds>(limits::ocr_page_wait, left / 2));
}

/// Letters that were surely read.
std::size_t letters(const std::vector<OcrWord>& words) {
  std::size_t sum = 0;
  for (const OcrWord& word : words)
    if (word.certainty >= 35) sum += word.text.size();
  return sum;
}

/// Words in a frame, moved to where it stands on the sheet.
struct Framed {
  Frame frame;
  std::vector<OcrWord> words;
};

class PageReader {
 public:
  PageReader(const Sheet& sheet, std::uint32_t page, OcrDeadline deadline)
      : sheet_(sheet), page_(page), deadline_(deadline) {}

  /// @param framed_only  nothing but what stands in frames
  OcrPage read(std::uint32_t& row, bool framed_only = false) {
    OcrPage result;
    std::vector<OcrWord> words;
    if (!framed_only) words = take(*sheet_.grey, sheet_.small ? OcrLayout::block : OcrLayout::page);
    if (!framed_only && sheet_.colours != nullptr) colours(words);
    frames();
    for (const Framed& one : framed_) {
      drop_inside(words, one.frame);
      drop_inside(coloured_, one.frame);
    }
    const int half = pixGetHeight(sheet_.grey.get()) / 2;
    std::vector<OcrWord> above;
    std::vector<OcrWord> below;
    for (OcrWord& word : coloured_) (word.top < half ? above : below).push_back(std::move(word));
    const auto add = [&](std::vector<OcrWord>& some, Zone zone) {
      if (!some.empty()) add_rows(std::move(some), sheet_.points, zone, page_, result.lines, row);
    };
    for (Framed& one : framed_)
      if (one.frame.top < half) add(one.words, Zone::box);
    add(above, Zone::box);
    add(words, Zone::body);
    add(below, Zone::box);
    for (Framed& one : framed_)
      if (one.frame.top >= half) add(one.words, Zone::box);
    result.whole = whole_;
    return result;
  }

 private:
  std::vector<OcrWord> take(Pix& picture, OcrLayout layout) {
    OcrWords words = read_words(picture, layout, left_until(deadline_));
    whole_ = whole_ && words.whole;
    return std::move(words.list);
  }

  /// Stamps, seals, words in colour. Of a seal's curved words little is believed. Where most words are coloured they
  /// are the text.
  void colours(std::vector<OcrWord>& words) {
    for (OcrWord& word : take(*sheet_.colours, OcrLayout::scattered))
      if (word.certainty >= 50) coloured_.push_back(std::move(word));
    if (coloured_.size() < words.size()) return;
    for (OcrWord& word : coloured_) words.push_back(std::move(word));
    coloured_.clear();
  }

  void frames() {
    Pix& shown = sheet_.ink != nullptr ? *sheet_.ink : *sheet_.grey;
    for (const Frame& frame : find_frames(*sheet_.black, sheet_.small)) {
      const PixPtr inside = inside_of(shown, frame);
      if (inside == nullptr) continue;
      std::vector<OcrWord> words = take(*inside, OcrLayout::block);
      if (letters(words) < 2) continue;
      const double more_x = double(frame.right - frame.left) / pixGetWidth(inside.get());
      const double more_y = double(frame.bottom - frame.top) / pixGetHeight(inside.get());
      for (OcrWord& word : words) {
        word.left = frame.left + static_cast<int>(word.left * more_x);
        word.right = frame.left + static_cast<int>(word.right * more_x);
        word.top = frame.top + static_cast<int>(word.top * more_y);
        word.bottom = frame.top + static_cast<int>(word.bottom * more_y);
        word.height *= static_cast<float>(more_y);
      }
      framed_.push_back({frame, std::move(words)});
    }
  }

  /// What was read in the frame before, with its rule for a letter.
  static void drop_inside(std::vector<OcrWord>& words, const Frame& frame) {
    words.erase(std::remove_if(words.begin(), words.end(),
                               [&](const OcrWord& word) {
                                 const int x = (word.left + word.right) / 2;
                                 const int y = (word.top + word.bottom) / 2;
                                 return x > frame.left && x < frame.right && y > frame.top && y < frame.bottom;
                               }),
                words.end());
  }

  const Sheet& sheet_;
  std::uint32_t page_;
  OcrDeadline deadline_;
  std::vector<Framed> framed_;
  std::vector<OcrWord> coloured_;
  bool whole_ = true;
};

/// How sure letters are on the whole, percent; 0 where there are too few to say.
double sureness(const Lines& lines) {
  double sure = 0;
  double letters = 0;
  for (const Line& line : lines) {
    sure += line.certainty * static_cast<double>(line.text.size());
    letters += static_cast<double>(line.text.size());
  }
  return letters < 12 ? 0 : sure / letters;
}

/// The same of a few lines where most ink is.
double sureness_of_sample(const Sheet& sheet, OcrDeadline deadline) {
  constexpr int rows = 260;
  const int height = pixGetHeight(sheet.black.get());
  const NumaPtr counts(pixCountPixelsByRow(sheet.black.get(), nullptr));
  if (counts == nullptr) return 0;
  const auto ink = [&](int y) {
    l_int32 dots = 0;
    if (y >= 0 && y < height) numaGetIValue(counts.get(), y, &dots);
    return std::int64_t{dots};
  };
  std::int64_t sum = 0;
  std::int64_t most = -1;
  int begin = 0;
  for (int y = 0; y < height; ++y) {
    sum += ink(y) - ink(y - rows);
    if (sum <= most) continue;
    most = sum;
    begin = std::max(0, y - rows + 1);
  }
  const BoxPtr box(boxCreate(0, begin, pixGetWidth(sheet.black.get()), std::min(rows, height - begin)));
  const PixPtr sample(pixClipRectangle(sheet.grey.get(), box.get(), nullptr));
  if (sample == nullptr) return 0;
  Lines lines;
  std::uint32_t row = 0;
  add_rows(read_words(*sample, OcrLayout::block, left_until(deadline)).list, sheet.points, Zone::body, 0, lines, row);
  return sureness(lines);
}

constexpr double doubtful = 72;  // percent; what stands on its head is read with some 50

constexpr double senseless = 55;  // percent, of what is read in photos

/// More ink than letters make, or more shapes: a photo, as long as no sample of it can be read.
bool crowded(const Sheet& sheet) {
  l_int32 dots = 0;
  l_int32 shapes = 0;
  pixCountPixels(sheet.black.get(), &dots, nullptr);
  if (dots * 10.0 > 3.0 * pixGetWidth(sheet.black.get()) * pixGetHeight(sheet.black.get())) return true;
  return pixCountConnComp(sheet.black.get(), 8, &shapes) == 0 && shapes > 10000;
}

/// Turns it to where a sample of it is read best.
/// @param sure  of how it stands now, and then of how it stands
/// @return quarters turned; negative: it has lost its picture
int turn_to_best(Sheet& sheet, double& sure, OcrDeadline deadline) {
  int best = 0;
  int now = 0;
  for (const int quarters : {2, 1, 3}) {
    if (sure >= doubtful) break;
    if (!turn(sheet, (quarters - now + 4) % 4)) return -1;
    now = quarters;
    const double other = sureness_of_sample(sheet, deadline);
    if (other <= sure + 5) continue;
    sure = other;
    best = quarters;
  }
  return best == now || turn(sheet, (best - now + 4) % 4) ? best : -1;
}

}  // namespace

OcrPage read_page(PixPtr picture, double dpi, bool upright, std::uint32_t page, std::uint32_t& row,
                  OcrDeadline deadline) {
  if (left_until(deadline).count() == 0) return {};
  Sheet sheet = make_sheet(std::move(picture), dpi, upright);
  if (sheet.blank) return {{}, true, true, true};
  if (sheet.grey == nullptr || sheet.black == nullptr) return {{}, true, false, false};  // unread, not empty
  if (!upright && !sheet.small && crowded(sheet) && sureness_of_sample(sheet, deadline) < senseless) {
    OcrPage read = PageReader(sheet, page, deadline).read(row, true);
    read.sensible = false;
    return read;
  }
  if (sheet.turned) {
    double sure = sureness_of_sample(sheet, deadline);
    if (turn_to_best(sheet, sure, deadline) < 0) return {};
  }
  std::uint32_t below = row;
  OcrPage read = PageReader(sheet, page, deadline).read(below);
  double sure = sureness(read.lines);
  if (!upright && !sheet.small && read.whole && sure > 0 && sure < doubtful) {
    const int quarters = turn_to_best(sheet, sure, deadline);
    if (quarters > 0) {
      below = row;
      read = PageReader(sheet, page, deadline).read(below);
    }
  }
  const double finally = sureness(read.lines);
  read.sensible = finally == 0 || finally >= senseless || sheet.small;
  row = below;
  return read;
}

}  // namespace vanthu::inspect
