// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/ocr/engine.hpp"

#include <tesseract/baseapi.h>
#include <tesseract/ocrclass.h>
#include <tesseract/resultiterator.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace vanthu::inspect {
namespace {

/// Never taken down: its own statics may go before it.
tesseract::TessBaseAPI* engine = nullptr;

tesseract::PageSegMode mode_of(OcrLayout layout) {
  switch (layout) {
    case OcrLayout::page:
      return tesseract::PSM_AUTO;
    case OcrLayout::block:
      return tesseract::PSM_SINGLE_BLOCK;
    case OcrLayout::scattered:
      return tesseract::PSM_SPARSE_TEXT;
  }
  return tesseract::PSM_AUTO;
}

}  // namespace

bool load_ocr() {
  if (engine != nullptr) return true;
  setMsgSeverity(L_SEVERITY_NONE);  // Leptonica tells stderr about every bad file
  auto made = std::make_unique<tesseract::TessBaseAPI>();
  if (made->Init(nullptr, "vie", tesseract::OEM_LSTM_ONLY) != 0) return false;
  made->SetVariable("debug_file", "/dev/null");
  engine = made.release();
  return true;
}

bool ocr_loaded() { return engine != nullptr; }

OcrWords read_words(Pix& picture, OcrLayout layout, std::chrono::milliseconds wait) {
  OcrWords words;
  words.whole = false;
  if (engine == nullptr || wait.count() <= 0) return words;
  engine->SetPageSegMode(mode_of(layout));
  engine->SetImage(&picture);
  engine->SetSourceResolution(200);
  tesseract::ETEXT_DESC monitor;
  monitor.set_deadline_msecs(static_cast<std::int32_t>(std::min<std::int64_t>(wait.count(), 3'600'000)));
  words.whole = engine->Recognize(&monitor) == 0 && !monitor.deadline_exceeded();
  const std::unique_ptr<tesseract::ResultIterator> at(engine->GetIterator());
  if (at != nullptr) do {
      constexpr auto level = tesseract::RIL_WORD;
      if (at->Empty(level)) continue;
      const std::unique_ptr<const char[]> text(at->GetUTF8Text(level));
      if (text == nullptr || text[0] == '\0' || (text[0] == ' ' && text[1] == '\0')) continue;
      OcrWord word;
      word.text = text.get();
      if (!at->BoundingBox(level, &word.left, &word.top, &word.right, &word.bottom)) continue;
      word.height = static_cast<float>(word.bottom - word.top);
      // A stroke alone has no height to speak of, and the line that it was taken for has none either.
      float height = 0;
      float tails = 0;
      float risers = 0;
      at->RowAttributes(&height, &tails, &risers);
      int from_x = 0;
      int from_y = 0;
      int to_x = 0;
      int to_y = 0;
      if (height > 6 && at->Baseline(level, &from_x, &from_y, &to_x, &to_y)) {
        const float base = static_cast<float>(from_y + to_y) / 2;
        const int middle = (word.top + word.bottom) / 2;
        if (std::abs(base - 0.35F * height - static_cast<float>(middle)) < height) {
          word.height = height;
          word.top = static_cast<int>(base - 0.8F * height);
          word.bottom = static_cast<int>(base + 0.2F * height);
        }
      }
      word.certainty = static_cast<unsigned>(std::clamp(at->Confidence(level), 1.0F, 100.0F));
      words.list.push_back(std::move(word));
    } while (at->Next(tesseract::RIL_WORD));
  engine->Clear();
  return words;
}

}  // namespace vanthu::inspect
