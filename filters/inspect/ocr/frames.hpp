// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <vector>

#include "filters/inspect/ocr/pix.hpp"

namespace vanthu::inspect {

/// A rectangle drawn around a few words: a stamp, a box.
struct Frame {
  int left = 0, top = 0, right = 0, bottom = 0;  ///< dots, the rule itself included
  double slope = 0;                              ///< its upper edge falls by so much for each dot to the right
  friend bool operator==(const Frame&, const Frame&) = default;
};

/// Frames of the size that stamps have, from top to bottom; at most limits::ocr_frames.
/// @param black  1 bit
/// @param whole  also one as big as the picture itself
std::vector<Frame> find_frames(Pix& black, bool whole);

/// What stands inside of a frame: level, its rule left out, with a white border.
/// @param grey  8 bits, as big as what the frame was found in
PixPtr inside_of(Pix& grey, const Frame& frame);

}  // namespace vanthu::inspect
