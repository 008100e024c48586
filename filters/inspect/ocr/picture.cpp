// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <new>
#include <utility>

#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/ocr/decode.hpp"
#include "filters/inspect/ocr/page.hpp"
#include "filters/inspect/ocr/reading.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {

std::vector<std::uint32_t> reading_order(std::uint32_t pages) {
  std::vector<std::uint32_t> order;
  if (pages > 0) order.push_back(0);
  if (pages > 1) order.push_back(pages - 1);
  for (std::uint32_t page = 1; page + 1 < pages; ++page) order.push_back(page);
  return order;
}

void Readings::add(std::uint32_t page, OcrPage&& read) {
  if (!read.whole) late_ = true;
  if (read.whole && !read.blank && (read.lines.empty() || !read.sensible)) wordless_ = true;
  if (!read.lines.empty()) pages_[page] = std::move(read.lines);
}

void Readings::give(Lines& lines, std::uint32_t row) && {
  for (auto& [page, mine] : pages_) {
    std::uint32_t last = row;
    std::uint32_t first = UINT32_MAX;
    for (const Line& line : mine) first = std::min(first, line.row);
    for (Line& line : mine) {
      line.row = line.row - first + row;
      last = std::max(last, line.row);
      lines.push_back(std::move(line));
    }
    row = last + 3;
  }
}

Document read_picture(std::string_view octets, std::string_view mime, const Room& room) {
  const OcrClock clock(room);
  Document document;
  PictureFile file(octets, document.notes);
  document.pages = file.pages();
  Readings readings;
  bool damaged = false;
  for (const std::uint32_t page : reading_order(file.pages())) {
    if (clock.over()) {
      readings.out_of_time();
      break;
    }
    PixPtr picture = file.page(page);
    if (picture == nullptr) {
      damaged = true;
      continue;
    }
    std::uint32_t row = 0;
    try {
      readings.add(page, read_page(std::move(picture), 0, false, page, row, clock.deadline()));
    } catch (const std::bad_alloc&) {
      damaged = true;
    }
  }
  if (readings.late() || file.more()) note(document.notes, "inspect.not-read-in-time", mime);
  document.text = !readings.empty();
  // Ornaments without words are no news.
  if (((readings.wordless() && octets.size() >= limits::picture_octets) || damaged) && document.notes.empty())
    note(document.notes, "inspect.no-text", mime);
  std::move(readings).give(document.lines, 0);
  document.ocr = clock.spent();
  return document;
}

}  // namespace vanthu::inspect
