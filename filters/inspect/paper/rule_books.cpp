// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/rule_books.hpp"

#include <array>

namespace vanthu::inspect {
namespace {
struct Row {
  std::string_view form, from, to, kinds, layout;
};
constexpr auto rows = std::to_array<Row>({
#include "rule-books.inc"
});
}  // namespace

std::string rule_books_of(std::string_view form, std::string_view date) {
  if (date.empty()) return {};
  for (const Row& row : rows) {
    // Days in ISO are in order as they are written.
    if (row.form != form || date < row.from || (row.to != "-" && date > row.to)) continue;
    return row.kinds == row.layout ? std::string(row.kinds) : std::string(row.kinds) + ", " + std::string(row.layout);
  }
  return {};
}

}  // namespace vanthu::inspect
