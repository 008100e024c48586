// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/ocr/decode.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

const l_uint8* data(std::string_view octets) { return reinterpret_cast<const l_uint8*>(octets.data()); }

enum class Size { good, icon, big, bomb };

Size judge(std::uint64_t width, std::uint64_t height, std::size_t octets) {
  if (width < limits::ocr_width || height < limits::ocr_height) return Size::icon;
  if (width * height <= limits::ocr_pixels) return Size::good;
  return width * height / std::max<std::size_t>(octets, 1) > limits::ocr_bomb_ratio ? Size::bomb : Size::big;
}

}  // namespace

PictureFile::PictureFile(std::string_view octets, Notes& notes) : octets_(octets) {
  setMsgSeverity(L_SEVERITY_NONE);
  if (octets.size() < limits::ocr_octets) return;
  l_int32 width = 0;
  l_int32 height = 0;
  const auto cannot = [&](std::string_view why) { note(notes, "inspect.no-text", why); };
  if (findFileFormatBuffer(data(octets), &format_) != 0) {
    cannot("picture");
    return;
  }
  const auto wrong = [&](Size size) {
    if (size == Size::bomb) note(notes, "inspect.bomb");
    if (size == Size::big) cannot("pixels");
    return size != Size::good;
  };
  const bool tiff =
      format_ == IFF_TIFF || (format_ >= IFF_TIFF_PACKBITS && format_ <= IFF_TIFF_ZIP) || format_ == IFF_TIFF_JPEG;
  if (tiff) {
    format_ = IFF_TIFF;
    // A directory that leads back to an earlier one has no end: pages are counted, never walked to the last.
    for (std::uint32_t page = 0; page <= limits::ocr_pages; ++page) {
      if (readHeaderMemTiff(data(octets), octets.size(), static_cast<l_int32>(page), &width, &height, nullptr, nullptr,
                            nullptr, nullptr, nullptr) != 0)
        break;
      if (page == limits::ocr_pages) {
        more_ = true;
        break;
      }
      pages_ = page + 1;
      if (width <= 0 || height <= 0) {
        cannot("picture");
        pages_ = 0;
        return;
      }
      const Size size = judge(static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height), octets.size());
      if (size == Size::bomb || (size == Size::big && page == 0)) {
        (void)wrong(size);
        pages_ = 0;
        return;
      }
    }
    if (pages_ == 0) cannot("picture");
    return;
  }
  l_int32 format = 0;
  if (pixReadHeaderMem(data(octets), octets.size(), &format, &width, &height, nullptr, nullptr, nullptr) != 0 ||
      width <= 0 || height <= 0) {
    cannot("picture");
    return;
  }
  std::uint64_t wide = static_cast<std::uint64_t>(width);
  std::uint64_t high = static_cast<std::uint64_t>(height);
  if (format_ == IFF_JFIF_JPEG)  // it is decoded to what we need: four times as fine as 200 dots an inch are enough
    while (reduction_ < 4 && wide * high > 16'000'000) {
      reduction_ *= 2;
      wide /= 2;
      high /= 2;
    }
  if (!wrong(judge(wide, high, octets.size()))) pages_ = 1;
}

PixPtr PictureFile::page(std::uint32_t number) const {
  PixPtr picture;
  if (format_ == IFF_TIFF) {
    l_int32 width = 0;
    l_int32 height = 0;
    if (readHeaderMemTiff(data(octets_), octets_.size(), static_cast<l_int32>(number), &width, &height, nullptr,
                          nullptr, nullptr, nullptr, nullptr) != 0 ||
        width <= 0 || height <= 0 ||
        judge(static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height), octets_.size()) != Size::good)
      return nullptr;
    picture.reset(pixReadMemTiff(data(octets_), octets_.size(), static_cast<l_int32>(number)));
  } else if (format_ == IFF_JFIF_JPEG) {
    picture.reset(pixReadMemJpeg(data(octets_), octets_.size(), 0, reduction_, nullptr, 0));
    if (picture != nullptr && reduction_ > 1) pixSetResolution(picture.get(), 0, 0);
  } else {
    picture.reset(pixReadMem(data(octets_), octets_.size()));
  }
  // The header may have promised less than came out.
  if (picture == nullptr) return nullptr;
  const auto width = static_cast<std::uint64_t>(pixGetWidth(picture.get()));
  const auto height = static_cast<std::uint64_t>(pixGetHeight(picture.get()));
  return judge(width, height, octets_.size()) == Size::good ? std::move(picture) : nullptr;
}

}  // namespace vanthu::inspect
