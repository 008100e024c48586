// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string_view>

#include "filters/inspect/notes.hpp"
#include "filters/inspect/ocr/pix.hpp"

namespace vanthu::inspect {

/// Pictures as files: PNG, JPEG, TIFF with its pages, BMP, GIF, WebP, PNM, JPEG 2000. Sizes are looked at before
/// anything is decoded.
class PictureFile {
 public:
  /// @par Notes  inspect.bomb, inspect.no-text (a kind we cannot decode, more pixels than we do), at most once
  PictureFile(std::string_view octets, Notes& notes);

  /// 0: nothing can be decoded, or it is an icon.
  std::uint32_t pages() const { return pages_; }
  /// More than limits::ocr_pages are in the file.
  bool more() const { return more_; }
  /// Null where the page is damaged, too big or an icon.
  PixPtr page(std::uint32_t number) const;

 private:
  std::string_view octets_;
  int format_ = 0;
  std::uint32_t pages_ = 0;
  bool more_ = false;
  int reduction_ = 1;  // of a JPEG
};

}  // namespace vanthu::inspect
