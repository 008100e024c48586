// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "filters/inspect/document/document.hpp"
#include "filters/inspect/ocr/page.hpp"

/// What readers of documents with pictures in them share.
namespace vanthu::inspect {

/// The time that a document may spend on its pictures.
class OcrClock {
 public:
  explicit OcrClock(const Room& room) : begin_(std::chrono::steady_clock::now()), deadline_(begin_ + room.ocr) {}
  OcrDeadline deadline() const { return deadline_; }
  bool over() const { return std::chrono::steady_clock::now() >= deadline_; }
  std::chrono::milliseconds spent() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin_);
  }

 private:
  OcrDeadline begin_, deadline_;
};

/// The first page, the last one (who gets it, who signs it), then the others.
std::vector<std::uint32_t> reading_order(std::uint32_t pages);

/// Pages that were read in any order.
class Readings {
 public:
  void add(std::uint32_t page, OcrPage&& read);
  void out_of_time() { late_ = true; }
  bool late() const { return late_; }          ///< not all was read
  bool wordless() const { return wordless_; }  ///< a page with ink on it gave no words, or no sense
  bool empty() const { return pages_.empty(); }
  bool has(std::uint32_t page) const { return pages_.count(page) != 0; }
  /// Adds the lines in the order of pages, rows from `row` on.
  void give(Lines& lines, std::uint32_t row) &&;
  Lines take(std::uint32_t page) { return std::move(pages_[page]); }

 private:
  std::map<std::uint32_t, Lines> pages_;
  bool late_ = false;
  bool wordless_ = false;
};

}  // namespace vanthu::inspect
