// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "filters/inspect/ocr/pix.hpp"

namespace vanthu::inspect {

/// A picture made ready for reading: upright, level, dark on white, about 200 dots an inch.
struct Sheet {
  PixPtr grey;         ///< 8 bits; without the ink that is coloured
  PixPtr ink;          ///< likewise, ink of every colour dark; null where there is no colour
  PixPtr colours;      ///< likewise, nothing but the ink that is coloured
  PixPtr black;        ///< 1 bit: every ink
  double points = 0;   ///< of one dot
  bool blank = false;  ///< there is no ink at all; the rest is empty then
  bool small = false;  ///< a stamp, a line, a button: no page
  bool turned =
      false;  ///< by a quarter or more, for its looks: letters with dots below look as if they stood on their heads
};

/// @param picture  as it was decoded: any depth, colour map, alpha
/// @param dpi  that is known of it, or 0
/// @param upright  it is upright and level already
/// @return without a picture when it is blank, or could not be made ready
Sheet make_sheet(PixPtr picture, double dpi, bool upright);

/// Turns it by quarters, clockwise. False: it has lost its picture.
bool turn(Sheet& sheet, int quarters);

/// Grey values as black and white.
PixPtr black_of(Pix& grey);

}  // namespace vanthu::inspect
