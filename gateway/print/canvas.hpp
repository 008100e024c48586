// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <memory>
#include <string>

#include "gateway/base/result.hpp"

/// Paper: the pages of one PDF document, drawn on with cairo, set with Pango. Lengths are points.
namespace vanthu::print {

struct Free {
  void operator()(cairo_t* cairo) const noexcept { cairo_destroy(cairo); }
  void operator()(cairo_surface_t* surface) const noexcept { cairo_surface_destroy(surface); }
  void operator()(PangoLayout* layout) const noexcept { g_object_unref(layout); }
  void operator()(PangoFontDescription* font) const noexcept { pango_font_description_free(font); }
  void operator()(PangoAttrList* list) const noexcept { pango_attr_list_unref(list); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

inline constexpr double a4_long = 841.89, a4_short = 595.28;

struct Face {
  double size = 9;
  bool bold = false;
  bool fixed = false;  ///< every letter as wide as the others: for digits that are compared by eye
};

/// Texts are set as text and attributes, never as markup. One thread.
class Canvas {
 public:
  Canvas(double width, double height, const std::string& title);
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  /// Sets a text into a width; it is not drawn yet. Words that are too long break between letters.
  void lay(const std::string& text, double width, const Face& face, PangoAlignment align,
           PangoAttrList* attributes = nullptr);
  /// Of what is laid.
  double laid_height() const;
  /// Draws what is laid, its upper left corner there.
  void show(double x, double y);
  /// Lays and draws. @return the height
  double put(const std::string& text, double x, double y, double width, const Face& face, PangoAlignment align);
  void box(double x, double y, double width, double height, double line = 0.5);
  /// What is drawn until restore() stays inside.
  void clip(double x, double y, double width, double height);
  void restore();
  /// Ends a page; what is drawn next stands on a new one.
  void end_page();
  /// The document. Nothing may be drawn any more.
  /// @par Errors  store_failed with cairo's words
  Result<std::string> finish();

 private:
  std::string out_;
  Owned<cairo_surface_t> surface_;  // before what draws on it, so that it goes last
  Owned<cairo_t> cairo_;
  Owned<PangoLayout> layout_;
};

/// A text cut at so many octets, never inside a character, with "…" where something is missing.
std::string cut(const std::string& text, std::size_t octets);

}  // namespace vanthu::print
