// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "gateway/print/canvas.hpp"

namespace vanthu::print {

/// A4 standing upright: one thing below the other, a new page where one is full, a foot with the number of the page.
/// One thread.
class Flow {
 public:
  Flow(const std::string& title, std::string foot);

  void line(const std::string& text, const Face& face, PangoAlignment align, double gap);
  /// A label, and what it is, beside each other.
  void row(const std::string& label, const std::string& value, const Face& face);
  /// Texts side by side, each in the middle of its part of the width: heads of papers, places for signatures.
  struct Part {
    std::string text;
    Face face{};
    double share = 1;
  };
  void parts(const std::vector<Part>& parts, double gap);
  /// Its lines one by one, in letters of one width, so that a long one goes on on the next page.
  void listing(const std::string& text);
  /// With lines around the cells; its head stands on every page that it reaches. What is longer than a page leaves
  /// it: see in_pieces().
  struct Column {
    std::string head;
    double share = 1;
  };
  void table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);
  void space(double points) { y_ += points; }
  void next_page();
  /// Nothing may be added any more.
  /// @par Errors  store_failed
  Result<std::string> finish();

 private:
  void room_for(double height);
  void end_page();
  double cells(const std::vector<double>& widths, const std::vector<std::string>& texts, bool head, bool draw);

  Canvas canvas_;
  std::string foot_;
  double y_;
  unsigned page_ = 0;
};

/// A list with commas, as texts of at most about so many octets each: for cells that must not be longer than a page.
std::vector<std::string> in_pieces(const std::string& list, std::size_t octets);

}  // namespace vanthu::print
