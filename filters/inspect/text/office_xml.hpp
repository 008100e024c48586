// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <pugixml.hpp>
#include <string_view>

#include "filters/inspect/notes.hpp"
#include "filters/inspect/text/legacy_font.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// An element's or attribute's name without its prefix: writers choose prefixes freely.
std::string_view local_name(const char* name);
std::string_view local_name(const pugi::xml_node& node);

/// The value of the attribute of that local name; empty where there is none.
std::string_view attribute(const pugi::xml_node& node, std::string_view name);

/// The first child of that local name; a null node where there is none.
pugi::xml_node child_named(const pugi::xml_node& node, std::string_view name);

/// A size written in parts of a point, in points; 0 for what is none.
float points(std::string_view digits, float parts);

/// Collects rows of text; one for the whole document, so that rows keep growing.
class Rows {
 public:
  Rows(Lines& lines, Notes& notes) : lines_(lines), notes_(notes) {}
  void add(std::string_view text, Zone zone);
  void add(const FontText& text, Zone zone);
  void gap() { ++row_; }
  /// Words may stand deeper than we go.
  void too_deep() { note(notes_, "inspect.unreadable", "nesting"); }

 private:
  Lines& lines_;
  Notes& notes_;
  std::uint32_t row_ = 0;
};

}  // namespace vanthu::inspect
