// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/print/flow.hpp"

#include <algorithm>
#include <numeric>

namespace vanthu::print {
namespace {
constexpr double page_width = a4_short, page_height = a4_long;
constexpr double left = 57, right = 42, top = 48, bottom = 52;  // 20 mm where it is bound
constexpr double text_width = page_width - left - right;
constexpr double label_width = 132;
constexpr double padding = 3;
constexpr Face cell_face{9, false, false}, head_face{9, true, false};
}  // namespace

Flow::Flow(const std::string& title, std::string foot)
    : canvas_(page_width, page_height, title), foot_(std::move(foot)), y_(top) {}

void Flow::line(const std::string& text, const Face& face, PangoAlignment align, double gap) {
  canvas_.lay(text, text_width, face, align);
  room_for(canvas_.laid_height());
  canvas_.lay(text, text_width, face, align);  // the foot of a page may have been laid meanwhile
  canvas_.show(left, y_);
  y_ += canvas_.laid_height() + gap;
}

void Flow::row(const std::string& label, const std::string& value, const Face& face) {
  const Face bold{9.5, true, false};
  canvas_.lay(label, label_width - 8, bold, PANGO_ALIGN_LEFT);
  double height = canvas_.laid_height();
  canvas_.lay(value, text_width - label_width, face, PANGO_ALIGN_LEFT);
  height = std::max(height, canvas_.laid_height());
  room_for(height);
  canvas_.put(label, left, y_, label_width - 8, bold, PANGO_ALIGN_LEFT);
  canvas_.put(value, left + label_width, y_, text_width - label_width, face, PANGO_ALIGN_LEFT);
  y_ += height + 5;
}

void Flow::parts(const std::vector<Part>& parts, double gap) {
  double sum = 0;
  for (const Part& part : parts) sum += part.share;
  double height = 0;
  for (const Part& part : parts) {
    canvas_.lay(part.text, part.share / sum * text_width - 8, part.face, PANGO_ALIGN_CENTER);
    height = std::max(height, canvas_.laid_height());
  }
  room_for(height);
  double x = left;
  for (const Part& part : parts) {
    const double width = part.share / sum * text_width;
    canvas_.put(part.text, x, y_, width - 8, part.face, PANGO_ALIGN_CENTER);
    x += width;
  }
  y_ += height + gap;
}

void Flow::listing(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    line(text.substr(at, end - at), {7.4, false, true}, PANGO_ALIGN_LEFT, 0.5);
    at = end + 1;
  }
}

double Flow::cells(const std::vector<double>& widths, const std::vector<std::string>& texts, bool head, bool draw) {
  double height = 0;
  double x = left;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    canvas_.lay(i < texts.size() ? texts[i] : std::string(), widths[i] - 2 * padding, head ? head_face : cell_face,
                head ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
    height = std::max(height, canvas_.laid_height());
    if (draw) canvas_.show(x + padding, y_ + padding);
    x += widths[i];
  }
  height += 2 * padding;
  if (!draw) return height;
  x = left;
  for (const double width : widths) {
    canvas_.box(x, y_, width, height);
    x += width;
  }
  y_ += height;
  return height;
}

void Flow::table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows) {
  double sum = 0;
  for (const Column& column : columns) sum += column.share;
  std::vector<double> widths;
  std::vector<std::string> heads;
  for (const Column& column : columns) {
    widths.push_back(column.share / sum * text_width);
    heads.push_back(column.head);
  }
  const double head_height = cells(widths, heads, true, false);
  bool headed = false;
  for (const auto& row : rows) {
    const double height = cells(widths, row, false, false);
    const unsigned page = page_;
    room_for(height + (headed ? 0 : head_height));
    if (!headed || page_ != page) cells(widths, heads, true, true);
    headed = true;
    cells(widths, row, false, true);
  }
  if (!headed) cells(widths, heads, true, true);
}

void Flow::next_page() {
  end_page();
  y_ = top;
}

Result<std::string> Flow::finish() {
  end_page();
  return canvas_.finish();
}

void Flow::room_for(double height) {
  if (y_ + height <= page_height - bottom || y_ == top) return;
  next_page();
}

void Flow::end_page() {
  ++page_;
  canvas_.put(foot_ + " · " + std::to_string(page_), left, page_height - bottom + 14, text_width, {8, false, false},
              PANGO_ALIGN_CENTER);
  canvas_.end_page();
}

std::vector<std::string> in_pieces(const std::string& list, std::size_t octets) {
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < list.size();) {
    std::size_t end = list.size();
    if (end - at > octets)
      if (const std::size_t comma = list.find(',', at + octets); comma != std::string::npos) end = comma + 1;
    pieces.push_back(list.substr(at, end - at));
    at = end;
  }
  if (pieces.empty()) pieces.emplace_back();
  return pieces;
}

}  // namespace vanthu::print
