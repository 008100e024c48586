// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::directory {

/// One file of comma-separated values, read as RFC 4180 says and no other way: fields may be quoted, a quote inside is
/// doubled, nothing stands between a quote and the comma. Lines end with CRLF or LF; a line break inside quotes belongs
/// to the field. A byte order mark at the start is skipped, so are empty lines.
struct Csv {
  struct Row {
    std::size_t line = 0;  ///< where it begins, from 1
    std::vector<std::string> cells;
  };
  struct Fault {
    std::size_t line = 0;
    std::string what;  ///< what is wrong and what to do
  };
  std::vector<Row> rows;      ///< the header is the first one; a row with a fault is left out
  std::vector<Fault> faults;  ///< at most limits::csv_faults
};

Csv parse_csv(std::string_view octets);

}  // namespace vanthu::directory
