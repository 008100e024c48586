// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::directory {

struct CsvFault {
  std::size_t line = 0;
  std::string what;  ///< what is wrong and what to do
};

/// @param line   where the row begins, from 1
/// @param cells  valid during the call; none: the row has a fault
using CsvVisit = std::function<void(std::size_t line, std::span<const std::string_view> cells)>;

/// Reads comma-separated values as RFC 4180 says and no other way: fields may be quoted, a quote inside is doubled,
/// nothing stands between a quote and the comma. Lines end with CRLF or LF; a line break inside quotes belongs to the
/// field. A byte order mark at the start is skipped, so are empty lines.
/// @return at most limits::csv_faults
std::vector<CsvFault> parse_csv(std::string_view octets, const CsvVisit& visit);

/// A field as it stands in such a file, quoted where it must be.
std::string csv_field(std::string_view text);

}  // namespace vanthu::directory
