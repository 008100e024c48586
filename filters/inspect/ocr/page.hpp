// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>

#include "filters/inspect/ocr/pix.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// When the time for pictures is over.
using OcrDeadline = std::chrono::steady_clock::time_point;

/// What was read of one picture or page.
struct OcrPage {
  Lines lines;         ///< in reading order; Zone::box: in a frame
  bool whole = false;  ///< false: the time was over before the end
  bool blank = false;  ///< there is no ink on it
  /// Whether what was read makes sense on the whole: else it is a photo, a drawing, or worse.
  bool sensible = true;
};

/// Reads a picture: a page, or something smaller that may show words.
/// @param dpi  that is known of it, or 0: by what the picture says, or as if it were a page of paper
/// @param upright  it is upright and level already
/// @param page  from 0
/// @param row  of the first line; then behind the last one
OcrPage read_page(PixPtr picture, double dpi, bool upright, std::uint32_t page, std::uint32_t& row,
                  OcrDeadline deadline);

}  // namespace vanthu::inspect
