// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "filters/inspect/notes.hpp"
#include "filters/inspect/text/lines.hpp"

/// Text of Office 97-2003 and of Word 6 and 95, from the streams of a compound file. Each adds lines in the order of
/// the document and never fails for bad octets.
namespace vanthu::inspect {

/// Word: the pieces of the text, then footnotes, page headers and text boxes (MS-DOC 2.4.1, 2.3). What a field computes
/// is text, its code is not.
/// @param table0, table1  the streams "0Table" and "1Table"; empty where there is none
/// @return false: the structure leads nowhere, nothing was read
/// @par Notes  inspect.text-cut
bool read_word97(std::string_view main, std::string_view table0, std::string_view table1, Lines& lines, Notes& notes);

/// Excel: texts in cells, in text boxes, in page headers and footers (MS-XLS 2.4).
/// @return false: these are no records
bool read_excel97(std::string_view stream, Lines& lines);

/// PowerPoint: texts of slides, notes and their headers (MS-PPT 2.9).
/// @return false: these are no records
bool read_powerpoint97(std::string_view stream, Lines& lines);

}  // namespace vanthu::inspect
