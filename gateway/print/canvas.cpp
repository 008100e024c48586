// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/print/canvas.hpp"

#include <exception>

namespace vanthu::print {
namespace {

cairo_status_t collect(void* into, const unsigned char* octets, unsigned length) {
  try {
    static_cast<std::string*>(into)->append(reinterpret_cast<const char*>(octets), length);
    return CAIRO_STATUS_SUCCESS;
  } catch (const std::exception&) {
    return CAIRO_STATUS_NO_MEMORY;
  }
}
}  // namespace

Canvas::Canvas(double width, double height, const std::string& title) {
  surface_.reset(cairo_pdf_surface_create_for_stream(collect, &out_, width, height));
  cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_TITLE, title.c_str());
  cairo_.reset(cairo_create(surface_.get()));
  layout_.reset(pango_cairo_create_layout(cairo_.get()));
}

void Canvas::lay(const std::string& text, double width, const Face& face, PangoAlignment align,
                 PangoAttrList* attributes) {
  const Owned<PangoFontDescription> description(pango_font_description_from_string(
      face.fixed ? "Liberation Mono, DejaVu Sans Mono, monospace" : "Liberation Serif, Times New Roman, serif"));
  pango_font_description_set_absolute_size(description.get(), face.size * PANGO_SCALE);
  if (face.bold) pango_font_description_set_weight(description.get(), PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description(layout_.get(), description.get());
  pango_layout_set_width(layout_.get(), static_cast<int>(width * PANGO_SCALE));
  pango_layout_set_wrap(layout_.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment(layout_.get(), align);
  pango_layout_set_auto_dir(layout_.get(), FALSE);
  pango_layout_set_attributes(layout_.get(), attributes);
  pango_layout_set_text(layout_.get(), text.data(), static_cast<int>(text.size()));
}

double Canvas::laid_height() const {
  int height = 0;
  pango_layout_get_size(layout_.get(), nullptr, &height);
  return static_cast<double>(height) / PANGO_SCALE;
}

void Canvas::show(double x, double y) {
  cairo_move_to(cairo_.get(), x, y);
  pango_cairo_show_layout(cairo_.get(), layout_.get());
}

double Canvas::put(const std::string& text, double x, double y, double width, const Face& face, PangoAlignment align) {
  lay(text, width, face, align);
  show(x, y);
  return laid_height();
}

void Canvas::box(double x, double y, double width, double height, double line) {
  cairo_set_line_width(cairo_.get(), line);
  cairo_rectangle(cairo_.get(), x, y, width, height);
  cairo_stroke(cairo_.get());
}

void Canvas::clip(double x, double y, double width, double height) {
  cairo_save(cairo_.get());
  cairo_rectangle(cairo_.get(), x, y, width, height);
  cairo_clip(cairo_.get());
}

void Canvas::restore() { cairo_restore(cairo_.get()); }

void Canvas::end_page() { cairo_show_page(cairo_.get()); }

Result<std::string> Canvas::finish() {
  cairo_surface_finish(surface_.get());
  for (const cairo_status_t status : {cairo_status(cairo_.get()), cairo_surface_status(surface_.get())})
    if (status != CAIRO_STATUS_SUCCESS)
      return fail(status::store_failed, std::string("PDF: ") + cairo_status_to_string(status));
  return std::move(out_);
}

std::string cut(const std::string& text, std::size_t octets) {
  if (text.size() <= octets) return text;
  std::size_t end = octets;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

}  // namespace vanthu::print
