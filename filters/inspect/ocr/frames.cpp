// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/ocr/frames.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "filters/inspect/ocr/sheet.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

// Dots at 100 an inch, the scale that frames are looked for in.
constexpr int least_width = 34, most_width = 360, least_height = 14, most_height = 150;
constexpr double most_slope = 0.3;

/// The line through the outermost dots of one side, if there is one.
struct Edge {
  double offset = 0, slope = 0;
};

/// @param depth  for each step along the side, how far from it the first dot is; negative: there is none
std::optional<Edge> edge_of(const std::vector<int>& depth) {
  const std::size_t count = depth.size();
  // Through the median of the first third and that of the last one; letters inside do not reach it.
  const auto median = [&](std::size_t from, std::size_t to) {
    std::vector<int> values;
    for (std::size_t i = from; i < to; ++i)
      if (depth[i] >= 0) values.push_back(depth[i]);
    if (values.size() * 2 < to - from) return -1.0;
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return static_cast<double>(values[values.size() / 2]);
  };
  const double begin = median(count / 12, count / 3);
  const double end = median(count - count / 3, count - count / 12);
  if (begin < 0 || end < 0) return std::nullopt;
  const double length = static_cast<double>(count) * (1 - 5.0 / 12);
  const Edge edge{begin - (end - begin) / length * static_cast<double>(count) * 5.0 / 24, (end - begin) / length};
  if (std::abs(edge.slope) > most_slope) return std::nullopt;
  std::size_t on = 0;
  for (std::size_t i = 0; i < count; ++i)
    if (depth[i] >= 0 && std::abs(depth[i] - edge.offset - edge.slope * static_cast<double>(i)) <= 2) ++on;
  // A slanted rectangle's corner is cut off the bounding box: the rest of the side belongs to its neighbour.
  return static_cast<double>(on) >= static_cast<double>(count) * (0.82 - std::abs(edge.slope)) ? std::optional(edge)
                                                                                               : std::nullopt;
}

/// How far the first dot of each row (or column) is from a side of the picture.
std::vector<int> depths(Pix& black, bool by_column, bool from_end) {
  const int width = pixGetWidth(&black);
  const int height = pixGetHeight(&black);
  const int count = by_column ? width : height;
  const int reach = by_column ? height : width;
  std::vector<int> found(static_cast<std::size_t>(count), -1);
  for (int i = 0; i < count; ++i)
    for (int d = 0; d < reach; ++d) {
      const int far = from_end ? reach - 1 - d : d;
      l_uint32 value = 0;
      pixGetPixel(&black, by_column ? i : far, by_column ? far : i, &value);
      if (value == 0) continue;
      found[static_cast<std::size_t>(i)] = d;
      break;
    }
  return found;
}

/// The slope of one connected shape, if it is a rectangle that is empty in the middle apart from what stands in it.
std::optional<double> slope_of_frame(Pix& shape) {
  const auto top = edge_of(depths(shape, true, false));
  const auto bottom = edge_of(depths(shape, true, true));
  if (!top || !bottom || std::abs(top->slope + bottom->slope) > 0.08) return std::nullopt;  // not parallel
  const double slope = (top->slope - bottom->slope) / 2;
  PixPtr level(pixClone(&shape));
  if (std::abs(slope) > 0.02) {
    const PixPtr turned(
        pixRotate(&shape, static_cast<float>(-std::atan(slope)), L_ROTATE_SHEAR, L_BRING_IN_WHITE, 0, 0));
    Pix* clipped = nullptr;
    if (turned == nullptr || pixClipToForeground(turned.get(), &clipped, nullptr) != 0) return std::nullopt;
    level.reset(clipped);
  }
  if (level == nullptr) return std::nullopt;
  const auto left = edge_of(depths(*level, false, false));
  const auto right = edge_of(depths(*level, false, true));
  if (!left || !right || std::abs(left->slope) > 0.12 || std::abs(right->slope) > 0.12) return std::nullopt;
  l_int32 dots = 0;
  pixCountPixels(&shape, &dots, nullptr);
  if (dots * 2 > pixGetWidth(&shape) * pixGetHeight(&shape)) return std::nullopt;  // a bar, a picture
  return slope;
}

/// Rows from the top that belong to the rule, a double one included. A letter's stroke is never as long as the side.
int rule_rows(Pix& black, int most) {
  const int width = pixGetWidth(&black);
  const NumaPtr rows(pixCountPixelsByRow(&black, nullptr));
  int rule = 0;
  for (int y = 0; rows != nullptr && y < std::min(most, pixGetHeight(&black)); ++y) {
    l_int32 dots = 0;
    numaGetIValue(rows.get(), y, &dots);
    if (dots * 10 > width * 7) rule = y + 1;
  }
  return rule;
}

}  // namespace

std::vector<Frame> find_frames(Pix& black, bool whole) {
  std::vector<Frame> frames;
  // Half the size: quicker, and what is broken by noise is joined.
  const PixPtr less(pixReduceRankBinary2(&black, 1, nullptr));
  if (less == nullptr) return frames;
  Pixa* taken = nullptr;
  const BoxaPtr boxes(pixConnCompPixa(less.get(), &taken, 8));
  for (l_int32 i = 0; boxes != nullptr && i < boxaGetCount(boxes.get()) && frames.size() < 4 * limits::ocr_frames;
       ++i) {
    l_int32 x = 0;
    l_int32 y = 0;
    l_int32 width = 0;
    l_int32 height = 0;
    boxaGetBoxGeometry(boxes.get(), i, &x, &y, &width, &height);
    const bool all = whole && width * 10 > pixGetWidth(less.get()) * 7;
    if (width < least_width || height < least_height || height > 2 * width) continue;
    if (!all && (width > most_width || height > most_height)) continue;
    const PixPtr shape(pixaGetPix(taken, i, L_CLONE));
    const auto slope = shape == nullptr ? std::nullopt : slope_of_frame(*shape);
    if (slope) frames.push_back({2 * x, 2 * y, 2 * (x + width), 2 * (y + height), *slope});
  }
  pixaDestroy(&taken);
  std::sort(frames.begin(), frames.end(), [](const Frame& a, const Frame& b) { return a.top < b.top; });
  // One rule inside of another: the inner one is what stands around the words.
  std::vector<Frame> innermost;
  for (const Frame& one : frames) {
    const auto inside = [&](const Frame& other) {
      return !(other == one) && other.left >= one.left && other.right <= one.right && other.top >= one.top &&
             other.bottom <= one.bottom && (other.right - other.left) * 4 > (one.right - one.left) * 3;
    };
    if (std::none_of(frames.begin(), frames.end(), inside)) innermost.push_back(one);
  }
  if (innermost.size() > limits::ocr_frames) innermost.resize(limits::ocr_frames);
  return innermost;
}

PixPtr inside_of(Pix& grey, const Frame& frame) {
  const BoxPtr box(boxCreate(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top));
  PixPtr inner(pixClipRectangle(&grey, box.get(), nullptr));
  if (inner == nullptr) return nullptr;
  if (std::abs(frame.slope) > 0.008) {
    const auto angle = static_cast<float>(-std::atan(frame.slope));
    inner.reset(pixRotate(inner.get(), angle, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
    if (inner == nullptr) return nullptr;
    // The corners of a slanted rectangle's bounding box are not of it.
    const double width = pixGetWidth(inner.get());
    const double height = pixGetHeight(inner.get());
    const int over = static_cast<int>(std::abs(frame.slope) * width / 2);
    const int beside = static_cast<int>(std::abs(frame.slope) * height / 2);
    const BoxPtr rest(
        boxCreate(beside, over, static_cast<int>(width) - 2 * beside, static_cast<int>(height) - 2 * over));
    PixPtr cut(pixClipRectangle(inner.get(), rest.get(), nullptr));
    if (cut != nullptr) inner = std::move(cut);
  }
  const PixPtr black = black_of(*inner);
  if (black == nullptr) return nullptr;
  std::array<int, 4> rule{};  // on top, then clockwise turned: left, below, right
  for (int side = 0; side < 4; ++side) {
    const PixPtr turned(side == 0 ? pixClone(black.get()) : pixRotateOrth(black.get(), side));
    if (turned == nullptr) return nullptr;
    rule[static_cast<std::size_t>(side)] = rule_rows(*turned, std::min(28, pixGetHeight(turned.get()) / 3));
  }
  constexpr int margin = 2;
  const int left = rule[1] + margin;
  const int top = rule[0] + margin;
  const int width = pixGetWidth(inner.get()) - left - rule[3] - margin;
  const int height = pixGetHeight(inner.get()) - top - rule[2] - margin;
  if (width < 12 || height < 10) return nullptr;
  const BoxPtr words(boxCreate(left, top, width, height));
  const PixPtr cut(pixClipRectangle(inner.get(), words.get(), nullptr));
  if (cut == nullptr) return nullptr;
  const double more = std::clamp(46.0 / height, 1.0, 3.0);
  const PixPtr bigger(pixScaleGeneral(cut.get(), static_cast<float>(more), static_cast<float>(more), 0.0F, 0));
  return PixPtr(bigger == nullptr ? nullptr : pixAddBorder(bigger.get(), 24, 255));
}

}  // namespace vanthu::inspect
