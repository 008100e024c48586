// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/ocr/sheet.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "filters/inspect/ocr/resolution.hpp"

namespace vanthu::inspect {
namespace {

constexpr double page_long = 11.69, page_short = 8.27;  // inches: A4, when nothing else is known
constexpr int small_side = 900;                         // dots at most of what is no page
constexpr float radian = 3.14159265F / 180;

/// Colour or grey without colour map and alpha; 1 bit stays as it is.
PixPtr plain(PixPtr picture) {
  if (pixGetColormap(picture.get()) != nullptr) {
    l_int32 opaque = 1;
    pixcmapIsOpaque(pixGetColormap(picture.get()), &opaque);
    picture.reset(pixRemoveColormap(picture.get(), opaque != 0 ? REMOVE_CMAP_BASED_ON_SRC : REMOVE_CMAP_WITH_ALPHA));
    if (picture == nullptr) return nullptr;
  }
  if (pixGetDepth(picture.get()) == 32 && pixGetSpp(picture.get()) == 4)
    picture.reset(pixAlphaBlendUniform(picture.get(), 0xFFFFFF00));
  if (picture == nullptr) return nullptr;
  const l_int32 depth = pixGetDepth(picture.get());
  if (depth == 16) picture.reset(pixConvert16To8(picture.get(), L_MS_BYTE));
  if (depth == 2 || depth == 4 || depth == 24) picture.reset(depth == 24 ? nullptr : pixConvertTo8(picture.get(), 0));
  return picture;
}

/// Dots an inch, as the file says or as a page of paper would have them.
double dpi_of(Pix& picture, double known) {
  const double width = pixGetWidth(&picture);
  const double height = pixGetHeight(&picture);
  const double longer = std::max(width, height);
  const auto plausible = [&](double dpi) {
    return dpi >= 60 && dpi <= 2400 && longer / dpi <= 17 && longer / dpi >= 0.5;
  };
  if (plausible(known)) return known;
  const double said = std::max(pixGetXRes(&picture), pixGetYRes(&picture));
  if (plausible(said) && said > 96) return said;  // 72 and 96 are what programs write that do not know
  if (longer < small_side) return plausible(said) ? said : 96;
  return std::max(longer / page_long, std::min(width, height) / page_short);
}

PixPtr scaled(PixPtr picture, double factor) {
  const l_int32 depth = pixGetDepth(picture.get());
  const auto by = static_cast<float>(factor);
  if (depth == 1) {
    if (factor < 0.98) return PixPtr(pixScaleToGray(picture.get(), by));
    picture.reset(pixConvert1To8(nullptr, picture.get(), 255, 0));
    if (picture == nullptr) return nullptr;
  }
  if (std::abs(factor - 1) < 0.02) return picture;
  // Area mapping when it shrinks, interpolation when it grows, no sharpening.
  return PixPtr(factor < 0.7 ? pixScaleAreaMap(picture.get(), by, by)
                             : pixScaleGeneral(picture.get(), by, by, 0.0F, 0));
}

/// Whether there is colour worth a look of its own: stamps are red or blue.
bool coloured(Pix& picture) {
  const PixPtr less(pixScaleAreaMap(&picture, 0.25F, 0.25F));
  if (less == nullptr) return false;
  l_float32 share = 0;
  l_float32 part = 0;
  if (pixColorFraction(less.get(), 20, 244, 60, 1, &share, &part) != 0) return false;
  return part * static_cast<float>(pixGetWidth(less.get())) * static_cast<float>(pixGetHeight(less.get())) > 30;
}

/// Ground that is yellow or blue made white.
PixPtr balanced(PixPtr picture) {
  l_int32 ground[3] = {255, 255, 255};
  for (int i = 0; i < 3; ++i) {
    const PixPtr one(pixGetRGBComponent(picture.get(), i));  // COLOR_RED, COLOR_GREEN, COLOR_BLUE
    const NumaPtr counts(one == nullptr ? nullptr : pixGetGrayHistogram(one.get(), 4));
    l_float32 value = 255;
    if (counts != nullptr) numaHistogramGetValFromRank(counts.get(), 0.7F, &value);
    ground[i] = static_cast<l_int32>(value);
  }
  const bool white = *std::min_element(ground, ground + 3) > 245;
  const bool paper = *std::min_element(ground, ground + 3) > 100;
  if (white || !paper) return picture;
  PixPtr better(pixGlobalNormRGB(nullptr, picture.get(), ground[0], ground[1], ground[2], 255));
  return better == nullptr ? std::move(picture) : std::move(better);
}

/// Black ink and coloured ink apart: a red seal hides no name, and a red stamp is seen by itself.
void part_colours(PixPtr picture, Sheet& sheet) {
  picture = balanced(std::move(picture));
  sheet.ink.reset(pixConvertRGBToGrayMinMax(picture.get(), L_CHOOSE_MIN));
  sheet.grey.reset(pixConvertRGBToGrayMinMax(picture.get(), L_CHOOSE_MAX));
  if (sheet.ink == nullptr || sheet.grey == nullptr) return;
  sheet.colours.reset(pixCreate(pixGetWidth(sheet.grey.get()), pixGetHeight(sheet.grey.get()), 8));
  if (sheet.colours == nullptr) return;
  const l_int32 words = pixGetWpl(sheet.grey.get());
  for (l_int32 y = 0; y < pixGetHeight(sheet.grey.get()); ++y) {
    l_uint32* light = pixGetData(sheet.grey.get()) + std::ptrdiff_t{y} * words;
    const l_uint32* dark = pixGetData(sheet.ink.get()) + std::ptrdiff_t{y} * words;
    l_uint32* colour = pixGetData(sheet.colours.get()) + std::ptrdiff_t{y} * words;
    for (l_int32 x = 0; x < pixGetWidth(sheet.grey.get()); ++x) {
      const l_uint32 most = GET_DATA_BYTE(light, x);
      const l_uint32 least = GET_DATA_BYTE(dark, x);
      const l_uint32 strength = most - least;
      SET_DATA_BYTE(colour, x, static_cast<l_uint8>(most < 110 ? 255U : 255U - strength));
      if (strength > 50 && most >= 110) SET_DATA_BYTE(light, x, 255U);
    }
  }
}

/// Whether the ground is darker in one place than in another: a photo.
bool uneven(Pix& grey) {
  const PixPtr ground(pixScaleGrayMinMax(&grey, 48, 48, L_CHOOSE_MAX));
  if (ground == nullptr || pixGetWidth(ground.get()) * pixGetHeight(ground.get()) < 16) return false;
  const NumaPtr counts(pixGetGrayHistogram(ground.get(), 1));
  if (counts == nullptr) return false;
  l_float32 dark = 0;
  l_float32 light = 0;
  numaHistogramGetValFromRank(counts.get(), 0.08F, &dark);
  numaHistogramGetValFromRank(counts.get(), 0.9F, &light);
  return light - dark > 32;
}

void level_ground(PixPtr& grey) {
  if (Pix* better = pixBackgroundNormSimple(grey.get(), nullptr, nullptr)) grey.reset(better);
  pixGammaTRC(grey.get(), grey.get(), 1.0F, 40,
              180);  // the ground is 200 now; whoever looks for one threshold wants it white
}

/// How sharply rows of letters stand out, at the angle where they do most.
double stripes(Pix& black, float& angle) {
  l_float32 sure = 0;
  l_float32 score = 0;
  angle = 0;
  if (pixFindSkewSweepAndSearchScore(&black, &angle, &sure, &score, 1, 1, 0.0F, 10.0F, 1.0F, 0.05F) != 0) return 0;
  if (sure < 2.0F) angle = 0;
  return score;
}

/// Quarters of a turn, clockwise, after which lines run from left to right and letters stand on their feet.
int quarters_to_upright(Pix& black) {
  PixPtr less(pixReduceRankBinaryCascade(&black, 2, 2, 0, 0));  // 50 dots an inch
  if (less == nullptr) return 0;
  // A stamp or a drawing tells nothing about the page that it stands on.
  l_int32 shapes = 0;
  if (pixCountConnComp(&black, 8, &shapes) != 0 || shapes < 80) return 0;
  const PixPtr side(pixRotateOrth(less.get(), 1));
  if (side == nullptr) return 0;
  float level = 0;
  float upended = 0;
  const double rows = stripes(*less, level);
  const double columns = stripes(*side, upended);
  const int quarter = columns > 1.3 * rows ? 1 : 0;
  const float angle = quarter == 0 ? level : upended;
  PixPtr turned(quarter == 0 ? pixClone(&black) : pixRotateOrth(&black, 1));
  if (turned != nullptr && std::abs(angle) > 0.4F)
    turned.reset(pixRotate(turned.get(), angle * radian, L_ROTATE_SHEAR, L_BRING_IN_WHITE, 0, 0));
  if (turned == nullptr) return quarter;
  l_float32 up = 0;
  if (pixUpDownDetect(turned.get(), &up, 60, 0, 0) != 0) return quarter;
  return up < -4.0F ? quarter + 2 : quarter;
}

/// The desk around a photographed page and the dark edges of a scan made white: big shapes that touch the margin.
void clear_margins(Sheet& sheet) {
  const PixPtr inner(pixRemoveBorderConnComps(sheet.black.get(), 8));
  const PixPtr touching(inner == nullptr ? nullptr : pixXor(nullptr, sheet.black.get(), inner.get()));
  if (touching == nullptr) return;
  const l_int32 side = std::min(pixGetWidth(touching.get()), pixGetHeight(touching.get())) / 6;
  l_int32 changed = 0;
  const PixPtr big(pixSelectBySize(touching.get(), side, side, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GTE, &changed));
  l_int32 none = 1;
  if (big == nullptr || pixZero(big.get(), &none) != 0 || none != 0) return;
  const PixPtr wider(pixDilateBrick(nullptr, big.get(), 9, 9));
  if (wider == nullptr) return;
  for (PixPtr* one : {&sheet.grey, &sheet.ink, &sheet.colours})
    if (*one != nullptr) pixSetMasked(one->get(), wider.get(), 255);
  pixSubtract(sheet.black.get(), sheet.black.get(), wider.get());
}

bool turn(PixPtr& picture, int quarters) {
  if (picture == nullptr) return true;
  picture.reset(pixRotateOrth(picture.get(), quarters));
  return picture != nullptr;
}

/// Height of a letter in the middle of all, in dots; 0 where there are too few.
int letter_height(Pix& black) {
  const BoxaPtr boxes(pixConnCompBB(&black, 8));
  std::vector<l_int32> heights;
  for (l_int32 i = 0; boxes != nullptr && i < boxaGetCount(boxes.get()); ++i) {
    l_int32 width = 0;
    l_int32 height = 0;
    boxaGetBoxGeometry(boxes.get(), i, nullptr, nullptr, &width, &height);
    if (height >= 6 && height <= 300 && width >= 2 && width < 4 * height && height < 6 * width)
      heights.push_back(height);
  }
  if (heights.size() < 2) return 0;
  std::nth_element(heights.begin(), heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2), heights.end());
  return heights[heights.size() / 2];
}

}  // namespace

PixPtr black_of(Pix& grey) {
  // One threshold: the ground of photos is even by now, and a tile with nothing on it has none.
  const NumaPtr counts(pixGetGrayHistogram(&grey, 2));
  l_float32 ground = 255;
  l_int32 between = 128;
  if (counts != nullptr) {
    numaHistogramGetValFromRank(counts.get(), 0.6F, &ground);
    numaSplitDistribution(counts.get(), 0.1F, &between, nullptr, nullptr, nullptr, nullptr, nullptr);
  }
  const auto least = static_cast<l_int32>(ground * 0.4F);
  const auto most = static_cast<l_int32>(ground - 40);
  return PixPtr(pixThresholdToBinary(&grey, std::clamp(between, std::min(least, most), std::max(most, 30))));
}

bool turn(Sheet& sheet, int quarters) {
  for (PixPtr* one : {&sheet.grey, &sheet.ink, &sheet.colours, &sheet.black})
    if (!turn(*one, quarters)) return false;
  return true;
}

Sheet make_sheet(PixPtr picture, double dpi, bool upright) {
  Sheet sheet;
  picture = plain(std::move(picture));
  if (picture == nullptr) return {};
  const double from = dpi_of(*picture, dpi);
  double factor = wanted_dpi / from;
  const double width = pixGetWidth(picture.get());
  const double height = pixGetHeight(picture.get());
  sheet.small = std::max(width, height) < small_side && std::max(width, height) / from < 5;
  if (sheet.small) factor = 1;
  factor = std::min(factor, std::sqrt(most_dots / (width * height)));
  if (factor > 1 && factor < 1.2) factor = 1;
  picture = scaled(std::move(picture), factor);
  if (picture == nullptr) return {};
  sheet.points = 72 / (from * factor);
  if (pixGetDepth(picture.get()) == 32) {
    if (coloured(*picture) && !sheet.small)
      part_colours(std::move(picture), sheet);
    else
      sheet.grey.reset(pixConvertRGBToLuminance(picture.get()));
  } else {
    sheet.grey = std::move(picture);
  }
  picture.reset();
  if (sheet.grey == nullptr || pixGetDepth(sheet.grey.get()) != 8) return {};
  if (!sheet.small && uneven(*sheet.grey)) {
    level_ground(sheet.grey);
    if (sheet.ink != nullptr) level_ground(sheet.ink);
  }
  sheet.black = black_of(sheet.ink != nullptr ? *sheet.ink : *sheet.grey);
  if (sheet.black == nullptr) return {};
  l_int32 none = 0;
  pixZero(sheet.black.get(), &none);
  if (none != 0) {
    sheet.blank = true;
    return sheet;
  }
  if (sheet.small) {
    const int letters = letter_height(*sheet.black);
    const double more = letters == 0 ? 2.0 : std::clamp(34.0 / letters, 0.4, 4.0);
    if (more > 1.15 || more < 0.8) {
      for (PixPtr* one : {&sheet.grey, &sheet.ink, &sheet.colours})
        if (*one != nullptr && (*one = scaled(std::move(*one), more)) == nullptr) return {};
      sheet.points /= more;
      sheet.black = black_of(sheet.ink != nullptr ? *sheet.ink : *sheet.grey);
      if (sheet.black == nullptr) return {};
    }
    return sheet;
  }
  clear_margins(sheet);
  if (upright) return sheet;
  if (const int quarters = quarters_to_upright(*sheet.black); quarters != 0) {
    sheet.turned = true;
    if (!turn(sheet, quarters)) return {};
  }
  l_float32 angle = 0;
  l_float32 sure = 0;
  if (pixFindSkewSweepAndSearch(sheet.black.get(), &angle, &sure, 4, 2, 10.0F, 1.0F, 0.01F) == 0 && sure > 2.0F &&
      std::abs(angle) > 0.1F) {
    for (PixPtr* one : {&sheet.grey, &sheet.ink, &sheet.colours}) {
      if (*one == nullptr) continue;
      one->reset(pixRotate(one->get(), angle * radian, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
      if (*one == nullptr) return {};
    }
    sheet.black = black_of(sheet.ink != nullptr ? *sheet.ink : *sheet.grey);
    if (sheet.black == nullptr) return {};
  }
  return sheet;
}

}  // namespace vanthu::inspect
