// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "filters/inspect/ocr/pix.hpp"

/// Tesseract, its Vietnamese model loaded once. One thread; whoever forks afterwards shares the model.
namespace vanthu::inspect {

/// A word as it was read. Places are dots of the picture.
struct OcrWord {
  std::string text;
  int left = 0, right = 0;
  int top = 0, bottom = 0;  ///< of its line, from tails to risers: words by themselves differ
  float height = 0;         ///< of the line's letters, tails included
  unsigned certainty = 0;   ///< percent, at least 1
};

struct OcrWords {
  std::vector<OcrWord> list;
  bool whole = true;  ///< false: the time was over before the end
};

enum class OcrLayout : std::uint8_t {
  page,       ///< columns, tables
  block,      ///< lines below each other
  scattered,  ///< words anywhere
};

/// Loads the model. False: there is none. The second time it does nothing.
bool load_ocr();
bool ocr_loaded();

/// Reads a picture (8 bits, dark on white, about 200 dots an inch). Without a model: nothing, and not whole.
OcrWords read_words(Pix& picture, OcrLayout layout, std::chrono::milliseconds wait);

}  // namespace vanthu::inspect
