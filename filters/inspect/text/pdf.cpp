// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/pdf.hpp"

#include <poppler-document.h>
#include <poppler-embedded-file.h>
#include <poppler-global.h>
#include <poppler-page.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>

#include "filters/inspect/text/legacy_font.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

std::string utf8(const poppler::ustring& text) {
  const poppler::byte_array bytes = text.to_utf8();
  return {bytes.begin(), bytes.end()};
}

struct PlacedWord {
  std::string text;
  double left = 0, right = 0, top = 0, bottom = 0;
  Font font;
  double height() const { return bottom - top; }
  double middle() const { return (top + bottom) / 2; }
};

/// "ABCDEF+Times New Roman" without the mark of a subset.
std::string font_name(std::string name) {
  if (name.size() > 7 && name[6] == '+') name.erase(0, 7);
  return name;
}

/// The words of one row, cut where the gap is wider than a line is high.
void add_cells(std::vector<PlacedWord>& row, Lines& lines, std::uint32_t number, std::uint32_t page) {
  std::sort(row.begin(), row.end(), [](const PlacedWord& a, const PlacedWord& b) { return a.left < b.left; });
  FontText text;
  std::size_t words = 0;
  double begin = 0;
  double end = 0;
  const PlacedWord* first = nullptr;  // of the cell
  const auto flush = [&] {
    std::string clean = squeezed(text::nfc(text.text()));
    if (!clean.empty()) {
      Line line{std::move(clean), Zone::body, number, static_cast<float>(begin), static_cast<float>(end), page};
      line.by_font = squeezed(text::nfc(text.drawn()));
      if (line.by_font == line.text) line.by_font.clear();
      line.top = static_cast<float>(first->top);
      line.bottom = static_cast<float>(first->bottom);
      line.size = first->font.size;
      line.font = first->font.name;
      lines.push_back(std::move(line));
    }
    text.clear();
    words = 0;
  };
  for (const PlacedWord& word : row) {
    const double gap = word.left - end;
    if (words > 0 && gap > word.height() * 1.4) flush();
    if (words == 0) {
      begin = word.left;
      first = &word;
    } else if (gap > word.height() * 0.08) {
      text.append(" ");
    }
    text.append(word.text, word.font);
    end = ++words == 1 ? word.right : std::max(word.right, end);
  }
  flush();
  row.clear();
}

void add_page(const poppler::page& page, std::uint32_t number, Lines& lines, std::uint32_t& row) {
  std::vector<PlacedWord> words;
  for (const poppler::text_box& box : page.text_list(poppler::page::text_list_include_font)) {
    const poppler::rectf place = box.bbox();
    PlacedWord word{utf8(box.text()), place.left(), place.right(), place.top(), place.bottom(), {}};
    if (box.has_font_info()) {
      word.font = font_named(font_name(box.get_font_name()), static_cast<float>(box.get_font_size()));
    }
    const bool finite = std::isfinite(word.left) && std::isfinite(word.right) && std::isfinite(word.top) &&
                        std::isfinite(word.bottom) && std::abs(word.left) < 1e5 && std::abs(word.top) < 1e5 &&
                        std::abs(word.right) < 1e5 && std::abs(word.bottom) < 1e5;
    if (!finite || word.text.empty()) continue;
    if (box.rotation() != 0) {  // a stamp or watermark across the page stands for itself
      lines.push_back({squeezed(text::nfc(word.text)), Zone::box, row++, 0, 0, number});
      if (lines.back().text.empty()) lines.pop_back();
      continue;
    }
    words.push_back(std::move(word));
    if (lines.size() + words.size() > limits::text_lines) break;
  }
  std::stable_sort(words.begin(), words.end(),
                   [](const PlacedWord& a, const PlacedWord& b) { return a.middle() < b.middle(); });
  std::vector<PlacedWord> current;
  double middle = 0;
  double height = 0;
  double last_bottom = 0;
  for (PlacedWord& word : words) {
    if (!current.empty() && word.middle() - middle > std::min(height, word.height()) * 0.5) {
      add_cells(current, lines, row++, number);
      if (word.top - last_bottom > word.height() * 2.5) row += 2;  // a wide gap ends columns
    }
    if (current.empty()) {
      middle = word.middle();
      height = word.height();
      last_bottom = word.bottom;
    }
    last_bottom = std::max(last_bottom, word.bottom);
    current.push_back(std::move(word));
  }
  add_cells(current, lines, row++, number);
  row += 2;
}

}  // namespace

Pdf read_pdf(std::string_view octets, Notes& notes) {
  Pdf pdf;
  if (octets.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return pdf;
  const std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(octets.data(), static_cast<int>(octets.size())));
  if (document == nullptr) return pdf;
  if (document->is_locked()) {
    pdf.locked = true;
    return pdf;
  }
  pdf.readable = true;
  const int pages = document->pages();
  pdf.pages = static_cast<std::size_t>(std::max(pages, 0));
  if (pages > limits::pdf_pages) note(notes, "inspect.text-cut", "pages");
  std::uint32_t row = 0;
  for (int i = 0; i < std::min(pages, limits::pdf_pages) && pdf.lines.size() < limits::text_lines; ++i) {
    const std::unique_ptr<poppler::page> page(document->create_page(i));
    if (page == nullptr) {
      note(notes, "inspect.unreadable", "page");
      continue;
    }
    add_page(*page, static_cast<std::uint32_t>(i), pdf.lines, row);
  }
  unweave(pdf.lines);
  if (!document->has_embedded_files()) return pdf;
  std::uint64_t spent = 0;
  for (const poppler::embedded_file* file : document->embedded_files()) {
    if (file == nullptr || !file->is_valid()) continue;
    const poppler::byte_array data = file->data();
    spent += data.size();
    if (data.size() > limits::expanded_file_octets || spent > limits::expanded_octets) {
      note(notes, "inspect.bomb");
      break;
    }
    pdf.files.push_back({file->name(), std::string(data.begin(), data.end())});
    if (pdf.files.size() > limits::container_entries) break;
  }
  return pdf;
}

void warm_up_pdf() {
  poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
  // The first conversion loads modules from files; later, in the sandbox, it would silently give nothing.
  const std::string_view sample = "Ấ";
  const poppler::ustring wide = poppler::ustring::from_utf8(sample.data(), static_cast<int>(sample.size()));
  if (utf8(wide) != sample) throw std::runtime_error("poppler cannot convert text: are the iconv modules installed?");
  // As long as one document is open poppler keeps its tables; each reader would make them anew.
  static const std::unique_ptr<poppler::document> kept(
      poppler::document::load_from_raw_data(smallest_pdf.data(), static_cast<int>(smallest_pdf.size())));
}

}  // namespace vanthu::inspect
