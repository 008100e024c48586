// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures decoded and made ready for OCR, without OCR itself: what is read there are dots, not octets.
#include <cstdint>
#include <string_view>

#include "filters/inspect/ocr/decode.hpp"
#include "filters/inspect/ocr/frames.hpp"
#include "filters/inspect/ocr/sheet.hpp"
#include "gateway/base/limits.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  constexpr int small = 1 << 19;  // dots: bigger ones take time and show nothing new
  Notes notes;
  const PictureFile file({reinterpret_cast<const char*>(data), size}, notes);
  if (file.pages() > vanthu::limits::ocr_pages) __builtin_trap();
  for (std::uint32_t page = 0; page < file.pages() && page < 3; ++page) {
    PixPtr picture = file.page(page);
    if (picture == nullptr || pixGetWidth(picture.get()) > small / pixGetHeight(picture.get())) continue;
    const Sheet sheet = make_sheet(std::move(picture), 0, false);
    if (sheet.black == nullptr) continue;
    for (const Frame& frame : find_frames(*sheet.black, sheet.small)) (void)inside_of(*sheet.grey, frame);
  }
  return 0;
}
