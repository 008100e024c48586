// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Text for a terminal. What strangers wrote (subjects, names, addresses) passes printable() first.
namespace vanthu::admin {

/// UTF-8 in which nothing moves the cursor, changes colours or turns the writing direction: controls, escapes and
/// bidirectional marks become U+FFFD, line breaks and tabs a space.
std::string printable(std::string_view text);

/// Columns a terminal gives it: combining marks none, East Asian wide characters two.
std::size_t display_width(std::string_view utf8);

/// The first `columns` columns; what is cut ends in "…".
std::string shortened(std::string_view utf8, std::size_t columns);

/// Rows under a head, columns two spaces apart, as wide as their widest cell.
class Table {
 public:
  explicit Table(std::vector<std::string> head) { rows_.push_back(std::move(head)); }
  /// @param cells  as many as the head has; made printable here
  void add(std::vector<std::string> cells);
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace vanthu::admin
