// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/text/legacy_font.hpp"
#include "filters/inspect/text/office_xml.hpp"

namespace vanthu::inspect {

/// SpreadsheetML (ECMA-376 part 1 §18): the words of cells, of comments and of what is printed above and below. Styles
/// and shared texts come first, in whatever order the package has them.
class Sheets {
 public:
  explicit Sheets(Rows& rows) : rows_(rows) {}

  void styles(const pugi::xml_node& root);
  void shared_texts(const pugi::xml_node& root);
  void sheet(const pugi::xml_node& root);
  void comments(const pugi::xml_node& root);

 private:
  struct Run {
    std::string text;
    std::optional<Font> font;  ///< its own; else the cell's
  };
  using Runs = std::vector<Run>;

  void collect(const pugi::xml_node& node, const std::optional<Font>& font, Runs& runs, int depth);
  const Font& cell_font(std::string_view style) const;
  void cell(const pugi::xml_node& node);
  void print_header(std::string_view coded, Zone zone);
  void add(const Runs& runs, const Font& font, Zone zone);

  Rows& rows_;
  std::vector<Runs> shared_;
  std::vector<Font> fonts_;
  std::vector<std::size_t> formats_;  ///< cellXfs: the font of each
};

}  // namespace vanthu::inspect
