// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string_view>

#include "filters/inspect/notes.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// Words in the records of a part of a binary workbook (MS-XLSB 2.1.4): shared strings, cells, printed headers.
/// @param row  where the next line goes; moved on
/// @par Notes  content.dde, content.external-link (other workbooks), inspect.unreadable (a record beyond the end)
void add_binary_sheet(std::string_view records, Lines& lines, std::uint32_t& row, Notes& notes);

}  // namespace vanthu::inspect
