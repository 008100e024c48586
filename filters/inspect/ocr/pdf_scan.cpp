// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/ocr/pdf_scan.hpp"

#include <poppler-document.h>
#include <poppler-image.h>
#include <poppler-page-renderer.h>
#include <poppler-page.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <memory>
#include <new>
#include <set>
#include <string>
#include <utility>

#include "filters/inspect/ocr/page.hpp"
#include "filters/inspect/ocr/reading.hpp"
#include "filters/inspect/ocr/resolution.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

constexpr unsigned sure = 50;  // percent, of words in a picture on a page that has a text layer

PixPtr pix_of(const poppler::image& image) {
  if (!image.is_valid() || image.format() != poppler::image::format_rgb24) return nullptr;
  const l_int32 width = image.width();
  const l_int32 height = image.height();
  PixPtr pix(pixCreate(width, height, 32));
  if (pix == nullptr) return nullptr;
  const l_int32 words = pixGetWpl(pix.get());
  for (l_int32 y = 0; y < height; ++y) {
    const auto* from = reinterpret_cast<const unsigned char*>(image.const_data()) +
                       static_cast<std::ptrdiff_t>(y) * image.bytes_per_row();
    l_uint32* to = pixGetData(pix.get()) + static_cast<std::ptrdiff_t>(y) * words;
    for (l_int32 x = 0; x < width; ++x, from += 3)
      to[x] = std::uint32_t{from[0]} << 24 | std::uint32_t{from[1]} << 16 | std::uint32_t{from[2]} << 8;
  }
  return pix;
}

/// Longer words of lines, as they are compared.
std::set<std::string> words_of(const Lines& lines, unsigned certainty) {
  std::set<std::string> words;
  for (const Line& line : lines) {
    if (line.certainty < certainty) continue;
    const std::string key = text::match_key(line.text);
    for (std::size_t at = 0; at < key.size();) {
      const std::size_t end = std::min(key.find(' ', at), key.size());
      if (end - at >= 3) words.insert(key.substr(at, end - at));
      at = end + 1;
    }
  }
  return words;
}

/// Whether a text layer says what the page shows.
bool agrees(const Lines& layer, const Lines& seen) {
  const std::set<std::string> shown = words_of(seen, 70);
  const std::set<std::string> said = words_of(layer, 0);
  std::size_t same = 0;
  for (const std::string& word : shown) same += said.count(word);
  return same * 10 >= shown.size() * 6;
}

class Scans {
 public:
  Scans(poppler::document& pdf, const std::vector<PagePictures>& pictures, const Room& room, Document& document)
      : pdf_(pdf), pictures_(pictures), clock_(room), document_(document) {
    renderer_.set_image_format(poppler::image::format_rgb24);
    renderer_.set_render_hint(poppler::page_renderer::antialiasing);
    renderer_.set_render_hint(poppler::page_renderer::text_antialiasing);
  }

  void read() {
    pages_ = static_cast<std::uint32_t>(std::clamp(pdf_.pages(), 0, limits::pdf_pages));
    letters_.resize(pages_);
    layer_.resize(pages_);
    for (Line& line : document_.lines)
      if (line.page < pages_) {
        letters_[line.page] += line.text.size();
        layer_[line.page].push_back(line);
      }
    // What says nothing yet comes first, then what may say something else, then what may say more.
    std::uint32_t asked = 0;
    for (const Kind kind : {Kind::bare, Kind::covered, Kind::adorned})
      for (const std::uint32_t page : reading_order(pages_)) {
        if (kind_of(page) != kind) continue;
        if (++asked > limits::ocr_pages || clock_.over()) {
          late_ = true;
          break;
        }
        read_page_of(page, kind);
      }
    put_together();
    document_.ocr = clock_.spent();
  }

 private:
  enum class Kind { bare, covered, adorned, plain };

  Kind kind_of(std::uint32_t page) const {
    if (letters_[page] < limits::ocr_page_letters) return Kind::bare;
    if (page >= pictures_.size()) return Kind::covered;  // nobody could say
    if (pictures_[page] == PagePictures::none) return Kind::plain;
    return pictures_[page] == PagePictures::scan ? Kind::covered : Kind::adorned;
  }

  void read_page_of(std::uint32_t number, Kind kind) {
    const std::unique_ptr<poppler::page> page(pdf_.create_page(static_cast<int>(number)));
    if (page == nullptr) return;  // noted when its text was looked for
    const poppler::rectf box = page->page_rect();
    if (!(box.width() > 1) || !(box.height() > 1) || box.width() > 1e5 || box.height() > 1e5) {
      wordless_ = true;
      return;
    }
    const double inches = box.width() * box.height() / (72.0 * 72.0);
    const double dpi = std::min(wanted_dpi, std::sqrt(most_dots / inches));
    PixPtr picture = pix_of(renderer_.render_page(page.get(), dpi, dpi));
    if (picture == nullptr) {
      wordless_ = true;
      return;
    }
    if (kind == Kind::adorned) wipe(*page, *picture, dpi / 72);
    std::uint32_t row = 0;
    OcrPage read = read_page(std::move(picture), dpi, kind == Kind::adorned, number, row, clock_.deadline());
    late_ = late_ || !read.whole;
    if (kind != Kind::adorned && read.whole && !read.blank && (read.lines.empty() || !read.sensible)) wordless_ = true;
    if (kind == Kind::adorned) {
      read.lines.erase(
          std::remove_if(read.lines.begin(), read.lines.end(), [](const Line& l) { return l.certainty < sure; }),
          read.lines.end());
      for (Line& line : read.lines) line.zone = Zone::box;
    }
    seen_[number] = {kind, std::move(read.lines)};
  }

  /// Takes away what the text layer says already.
  static void wipe(const poppler::page& page, Pix& picture, double scale) {
    for (const poppler::text_box& word : page.text_list()) {
      const poppler::rectf place = word.bbox();
      if (!(place.left() > -1e5 && place.right() < 1e5 && place.top() > -1e5 && place.bottom() < 1e5)) continue;
      const BoxPtr box(
          boxCreate(static_cast<l_int32>(place.left() * scale) - 1, static_cast<l_int32>(place.top() * scale) - 1,
                    static_cast<l_int32>(place.width() * scale) + 3, static_cast<l_int32>(place.height() * scale) + 3));
      if (box != nullptr) pixSetInRect(&picture, box.get());
    }
  }

  /// The lines of all pages in their order.
  void put_together() {
    Lines lines;
    Lines beside;
    std::uint32_t row = 0;
    std::uint32_t row_beside = 0;
    const auto add = [](Lines& to, Lines& from, std::uint32_t& at) {
      if (from.empty()) return;
      std::uint32_t first = UINT32_MAX;
      std::uint32_t last = 0;
      for (const Line& line : from) {
        first = std::min(first, line.row);
        last = std::max(last, line.row);
      }
      for (Line& line : from) line.row = line.row - first + at;
      at += last - first + 3;
      to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    };
    for (std::uint32_t page = 0; page < pages_; ++page) {
      const auto found = seen_.find(page);
      if (found == seen_.end()) {
        add(lines, layer_[page], row);
        continue;
      }
      auto& [kind, seen] = found->second;
      const bool layer_goes_first = kind != Kind::covered || agrees(layer_[page], seen);
      if (kind == Kind::covered) {
        add(lines, layer_goes_first ? layer_[page] : seen, row);
        add(beside, layer_goes_first ? seen : layer_[page], row_beside);
      } else if (kind == Kind::adorned) {
        Lines above;
        Lines below;
        for (Line& line : seen) (line.top < 421 ? above : below).push_back(std::move(line));
        add(lines, above, row);
        add(lines, layer_[page], row);
        add(lines, below, row);
      } else {
        add(lines, layer_[page], row);
        add(lines, seen, row);
      }
    }
    document_.lines = std::move(lines);
    document_.beside = std::move(beside);
    document_.text = document_.text || !document_.lines.empty();
    if (late_) note(document_.notes, "inspect.not-read-in-time", "application/pdf");
    if (wordless_) note(document_.notes, "inspect.no-text", "page");
  }

  poppler::document& pdf_;
  const std::vector<PagePictures>& pictures_;
  OcrClock clock_;
  Document& document_;
  poppler::page_renderer renderer_;
  std::uint32_t pages_ = 0;
  std::vector<std::size_t> letters_;  // octets in the text layer of each page
  std::vector<Lines> layer_;
  std::map<std::uint32_t, std::pair<Kind, Lines>> seen_;
  bool late_ = false;
  bool wordless_ = false;  // a page that shows something, and nothing could be read
};

}  // namespace

bool has_drawn_pages(const Document& document, const std::vector<PagePictures>& pictures) {
  const auto pages = std::min<std::size_t>(document.pages, limits::pdf_pages);
  std::vector<std::size_t> letters(pages);
  for (const Line& line : document.lines)
    if (line.page < pages) letters[line.page] += line.text.size();
  return std::any_of(letters.begin(), letters.end(), [](std::size_t n) { return n < limits::ocr_page_letters; }) ||
         pictures.size() < pages ||
         std::any_of(pictures.begin(), pictures.end(), [](PagePictures has) { return has != PagePictures::none; });
}

void read_scanned_pages(std::string_view octets, const std::vector<PagePictures>& pictures, const Room& room,
                        Document& document) {
  if (octets.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return;
  const std::unique_ptr<poppler::document> pdf(
      poppler::document::load_from_raw_data(octets.data(), static_cast<int>(octets.size())));
  if (pdf == nullptr || pdf->is_locked()) return;
  try {
    Scans(*pdf, pictures, room, document).read();
  } catch (const std::bad_alloc&) {
    note(document.notes, "inspect.no-text", "memory");
  }
}

}  // namespace vanthu::inspect
