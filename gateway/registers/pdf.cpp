// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "gateway/print/canvas.hpp"
#include "gateway/registers/limits.hpp"
#include "gateway/registers/sheet.hpp"

namespace vanthu::registers {
namespace {

// Points. A4 lying on its long side; margins as offices bind: 20 mm at the left.
constexpr double page_width = print::a4_long, page_height = print::a4_short;
constexpr double left = 57, right = 36, top = 40, bottom = 40;
constexpr double table_width = page_width - left - right;
constexpr double padding = 3;
constexpr double text_size = 9;
constexpr double line_height = 11;  // of every line of the table, so that a row can go on on the next page
constexpr double least_slice = 60;  // of a row that does, on the page where it begins

constexpr std::array<double, prescribed_columns> shares_out{64, 56, 168, 84, 112, 62, 40, 56, 62, 92};
constexpr std::array<double, prescribed_columns> shares_in{56, 38, 100, 64, 56, 180, 84, 56, 62, 100};

using print::cut;
using print::Face;
using print::Owned;

/// Pages of one document. Texts are set as text and attributes, never as markup.
class Printer {
 public:
  explicit Printer(const Sheet& sheet)
      : sheet_(sheet), canvas_(page_width, page_height, sheet.title + ", " + sheet.period + ", " + sheet.body) {
    const auto& shares = sheet.columns.front() == "Ngày đến" ? shares_in : shares_out;
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    for (std::size_t i = 0; i < shares.size(); ++i) widths_[i] = shares[i] / sum * table_width;
  }

  std::size_t count() {
    paginate();
    return pages_.size();
  }

  Result<std::string> print() {
    paginate();
    cover(pages_.size());
    for (std::size_t page = 0; page < pages_.size(); ++page) {
      double y = draw_head(top);
      for (const Slice& slice : pages_[page]) y = draw(slice, y);
      put("Trang " + std::to_string(page + 1) + "/" + std::to_string(pages_.size()), left, page_height - bottom + 12,
          table_width, text_size, false, PANGO_ALIGN_CENTER);
      put(cut(sheet_.title + ", " + sheet_.period, 200), left, page_height - bottom + 12, table_width, 7, false,
          PANGO_ALIGN_LEFT);
      canvas_.end_page();
    }
    return canvas_.finish();
  }

 private:
  /// What of a row stands on one page.
  struct Slice {
    std::size_t row = 0;
    double offset = 0, height = 0;
  };

  void paginate() {
    const double room = page_height - top - bottom - head_height();
    double used = 0;
    pages_.emplace_back();
    for (std::size_t i = 0; i < sheet_.rows.size(); ++i) {
      const double whole = height_of(sheet_.rows[i]);
      const bool fits = used + whole <= room;
      if (!fits && used > 0 && (whole <= room || room - used < least_slice)) {
        pages_.emplace_back();
        used = 0;
      }
      for (double offset = 0; offset < whole;) {
        double height = std::min(whole - offset, room - used);
        if (offset + height < whole) height = std::floor((height - padding) / line_height) * line_height + padding;
        pages_.back().push_back({i, offset, height});
        used += height;
        // What follows begins where the last whole line ended.
        offset += height;
        if (offset < whole) {
          offset -= padding;
          pages_.emplace_back();
          used = 0;
        }
      }
    }
  }

  void lay(const std::string& text, double width, double size, bool bold, PangoAlignment align,
           PangoAttrList* attributes = nullptr) {
    canvas_.lay(text, width, Face{size, bold, false}, align, attributes);
  }
  double laid_height() const { return canvas_.laid_height(); }
  void show(double x, double y) { canvas_.show(x, y); }
  double put(const std::string& text, double x, double y, double width, double size, bool bold, PangoAlignment align) {
    return canvas_.put(text, x, y, width, Face{size, bold, false}, align);
  }

  /// A cell's texts with what is struck through before what stands today.
  void lay_cell(const Cell& cell, std::size_t column, bool cancelled) {
    std::string text;
    const Owned<PangoAttrList> attributes(pango_attr_list_new());
    const auto strike = [&](std::size_t from, std::size_t to) {
      PangoAttribute* one = pango_attr_strikethrough_new(TRUE);
      one->start_index = static_cast<guint>(from);
      one->end_index = static_cast<guint>(to);
      pango_attr_list_insert(attributes.get(), one);
    };
    pango_attr_list_insert(attributes.get(),
                           pango_attr_line_height_new_absolute(static_cast<int>(line_height * PANGO_SCALE)));
    for (const std::string& was : cell.struck) {
      const std::size_t from = text.size();
      text += cut(was, limits::cell_octets / 4);
      strike(from, text.size());
      text += ' ';
      if (text.size() > limits::cell_octets) break;
    }
    const std::size_t from = text.size();
    text += cut(cell.text, limits::cell_octets);
    // The remark that says why a line is cancelled stays readable.
    if (cancelled && column + 1 != prescribed_columns) strike(from, text.size());
    const bool middle = cell.number || (column < 2 && cell.text.size() < 14);
    lay(text, widths_[column] - 2 * padding, text_size, false, middle ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT,
        attributes.get());
  }
  double height_of(const Sheet::Row& row) {
    double height = 16;
    for (std::size_t i = 0; i < prescribed_columns; ++i) {
      lay_cell(row.cells[i], i, row.cancelled);
      height = std::max(height, laid_height() + 2 * padding);
    }
    return height;
  }
  double draw(const Slice& slice, double y) {
    const Sheet::Row& row = sheet_.rows[slice.row];
    double x = left;
    for (std::size_t i = 0; i < prescribed_columns; ++i) {
      canvas_.clip(x, y, widths_[i], slice.height);
      lay_cell(row.cells[i], i, row.cancelled);
      show(x + padding, y + padding - slice.offset);
      canvas_.restore();
      box(x, y, widths_[i], slice.height);
      x += widths_[i];
    }
    return y + slice.height;
  }

  double head_height() {
    double height = 0;
    for (std::size_t i = 0; i < prescribed_columns; ++i) {
      lay(sheet_.columns[i], widths_[i] - 2 * padding, text_size, true, PANGO_ALIGN_CENTER);
      height = std::max(height, laid_height() + 2 * padding);
    }
    return height + number_row;
  }
  double draw_head(double y) {
    const double height = head_height() - number_row;
    double x = left;
    for (std::size_t i = 0; i < prescribed_columns; ++i) {
      lay(sheet_.columns[i], widths_[i] - 2 * padding, text_size, true, PANGO_ALIGN_CENTER);
      show(x + padding, y + (height - laid_height()) / 2);
      box(x, y, widths_[i], height);
      put("(" + std::to_string(i + 1) + ")", x, y + height + 1, widths_[i], 8, false, PANGO_ALIGN_CENTER);
      box(x, y + height, widths_[i], number_row);
      x += widths_[i];
    }
    return y + height + number_row;
  }
  void box(double x, double y, double width, double height) { canvas_.box(x, y, width, height); }

  void cover(std::size_t pages) {
    double y = 70;
    const auto line = [&](const std::string& text, double size, bool bold, double gap) {
      if (!text.empty()) y += put(cut(text, 300), left, y, table_width, size, bold, PANGO_ALIGN_CENTER) + gap;
    };
    line(sheet_.superior, 14, false, 4);
    line(sheet_.body, 15, true, 2);
    line("*", 14, false, 90);
    line(sheet_.title, 28, true, 16);
    line(sheet_.period, 16, false, 40);
    if (!sheet_.from.empty()) line("Từ ngày " + sheet_.from + " đến ngày " + sheet_.to, 14, false, 6);
    if (!sheet_.first.empty()) line("Từ số " + sheet_.first + " đến số " + sheet_.last, 14, false, 6);
    line("Quyển (tập) số: " + sheet_.volume, 14, false, 6);
    line("Gồm " + std::to_string(pages) + " trang, " + std::to_string(sheet_.rows.size()) + " dòng", 14, false, 30);
    line(sheet_.closed, 10, false, 4);
    for (const std::string& one : sheet_.sealed) line(one, 8, false, 2);
    canvas_.box(left - 16, 36, table_width + 32, page_height - 72, 1.5);
    canvas_.end_page();
  }

  static constexpr double number_row = 13;
  const Sheet& sheet_;
  print::Canvas canvas_;
  std::array<double, prescribed_columns> widths_{};
  std::vector<std::vector<Slice>> pages_;
};
}  // namespace

std::size_t pages_of(const Sheet& sheet) { return sheet.rows.size() > limits::printed ? 0 : Printer(sheet).count(); }

Result<std::string> to_pdf(const Sheet& sheet) {
  if (sheet.rows.size() > limits::printed)
    return fail(status::bad_arguments,
                "bản in nhiều nhất " + std::to_string(limits::printed) +
                    " dòng, hãy in từng tập bằng --volume hoặc chọn định dạng khác (too many lines on paper)");
  return Printer(sheet).print();
}

}  // namespace vanthu::registers
