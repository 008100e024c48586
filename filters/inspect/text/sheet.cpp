// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/sheet.hpp"

#include <algorithm>
#include <utility>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// `font` of the styles, `rPr` of a run (§18.8.22, §18.4.7): a name is `name` in the one and `rFont` in the other.
Font font_of(const pugi::xml_node& properties) {
  std::string_view name = attribute(child_named(properties, "rFont"), "val");
  if (name.empty()) name = attribute(child_named(properties, "name"), "val");
  return font_named(name, points(attribute(child_named(properties, "sz"), "val"), 1));
}

std::size_t index(std::string_view digits) { return static_cast<std::size_t>(points(digits, 1)); }

}  // namespace

void Sheets::styles(const pugi::xml_node& root) {
  for (const pugi::xml_node& one : child_named(root, "fonts").children())
    if (local_name(one) == "font" && fonts_.size() < limits::text_lines) fonts_.push_back(font_of(one));
  for (const pugi::xml_node& one : child_named(root, "cellXfs").children())
    if (local_name(one) == "xf" && formats_.size() < limits::text_lines)
      formats_.push_back(index(attribute(one, "fontId")));
}

/// Phonetic hints are left out.
void Sheets::collect(const pugi::xml_node& node, const std::optional<Font>& font, Runs& runs, int depth) {
  if (depth > limits::xml_depth) return rows_.too_deep();
  for (const pugi::xml_node& child : node.children()) {
    const std::string_view name = local_name(child);
    if (name == "t") {
      runs.push_back({child.child_value(), font});
    } else if (name == "r") {
      const pugi::xml_node properties = child_named(child, "rPr");
      collect(child, properties ? std::optional(font_of(properties)) : font, runs, depth + 1);
    } else if (name != "rPh") {
      collect(child, font, runs, depth + 1);
    }
  }
}

void Sheets::shared_texts(const pugi::xml_node& root) {
  for (const pugi::xml_node& item : root.children()) {
    if (local_name(item) != "si" || shared_.size() >= limits::text_lines) continue;
    collect(item, std::nullopt, shared_.emplace_back(), 0);
  }
}

const Font& Sheets::cell_font(std::string_view style) const {
  static const Font none;
  const std::size_t format = index(style);  // a cell without one has the first
  const std::size_t font = format < formats_.size() ? formats_[format] : 0;
  return font < fonts_.size() ? fonts_[font] : none;
}

void Sheets::add(const Runs& runs, const Font& font, Zone zone) {
  FontText text;
  for (const Run& run : runs) text.append(run.text, run.font.value_or(font));
  rows_.add(text, zone);
}

void Sheets::cell(const pugi::xml_node& node) {
  Runs runs;
  const Runs* shown = &runs;
  const std::string_view type = attribute(node, "t");
  for (const pugi::xml_node& value : node.children()) {
    if (local_name(value) == "is") collect(value, std::nullopt, runs, 0);
    if (local_name(value) != "v") continue;
    if (type != "s") {
      runs.push_back({value.child_value(), std::nullopt});
    } else if (const auto which = value.text().as_uint(0); which < shared_.size()) {
      shown = &shared_[which];
    }
  }
  rows_.gap();  // a cell is never the next line of another one
  add(*shown, cell_font(attribute(node, "s")), Zone::cell);
}

void Sheets::sheet(const pugi::xml_node& root) {
  for (const pugi::xml_node& section : root.children()) {
    if (local_name(section) == "headerFooter") {
      for (const pugi::xml_node& one : section.children())
        print_header(one.child_value(), local_name(one).ends_with("Header") ? Zone::page_header : Zone::page_footer);
    }
    if (local_name(section) != "sheetData") continue;
    for (const pugi::xml_node& row : section.children())
      for (const pugi::xml_node& one : row.children()) cell(one);
  }
}

void Sheets::comments(const pugi::xml_node& root) {
  Runs runs;
  collect(root, std::nullopt, runs, 0);
  add(runs, {}, Zone::body);
}

/// "&C&\"Times,Bold\"&14MẬT" holds codes between the words (§18.3.1.46).
void Sheets::print_header(std::string_view coded, Zone zone) {
  Runs runs;
  Font font = cell_font({});
  std::string text;
  const auto end_run = [&] {
    if (!text.empty()) runs.push_back({std::exchange(text, {}), font});
  };
  for (std::size_t at = 0; at < coded.size(); ++at) {
    if (coded[at] != '&' || at + 1 >= coded.size()) {
      text += coded[at];
      continue;
    }
    const char code = coded[++at];
    if (code == '"') {
      end_run();
      const std::size_t end = std::min(coded.find('"', at + 1), coded.size() - 1);
      const std::string_view name = coded.substr(at + 1, end - at - 1);
      if (name.substr(0, 1) != "-") font = font_named(name.substr(0, name.find(',')), font.size);  // "-,Bold": the same
      at = end;
    } else if (code == '&') {
      text += '&';
    } else if (code == 'L' || code == 'C' || code == 'R') {
      text += '\n';
    } else if (code == 'K') {
      at = std::min(at + 6, coded.size() - 1);
    } else if (code >= '0' && code <= '9') {
      end_run();
      font.size = points(coded.substr(at, 4), 1);
      while (at + 1 < coded.size() && coded[at + 1] >= '0' && coded[at + 1] <= '9') ++at;
    }
  }
  end_run();
  add(runs, font, zone);
}

}  // namespace vanthu::inspect
