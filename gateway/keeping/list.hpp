// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/keeping/numbers.hpp"

/// The list of a proposal (danh mục tài liệu hết giá trị) as text: what the council reads, and what its SHA-256 binds.
namespace vanthu::keeping {

/// Records that go because of one file. Of a record in several files it is the one that keeps it longest.
struct Listed {
  std::string file, title, file_class;
  std::string term;        ///< "10": years
  std::string ended, due;  ///< ISO
  Numbers records;
};

/// Lines "unit", "schedule", then "file" with its cells, separated by tabs; FORMAT in README.md.
std::string list_text(std::string_view unit, std::string_view schedule, const std::vector<Listed>& files);
/// @par Errors  corrupt
Result<std::vector<Listed>> parse_list(std::string_view text);
/// All record numbers of a list.
/// @par Errors  corrupt
Result<Numbers> records_of_list(std::string_view text);

}  // namespace vanthu::keeping
