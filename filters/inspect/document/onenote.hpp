// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "filters/inspect/document/document.hpp"

namespace vanthu::inspect {

/// A OneNote section (MS-ONESTORE): its embedded files, without their names, which stand elsewhere. Its text is not
/// read.
/// @par Notes  content.active (files in a page run at a click), inspect.no-text
Document read_onenote(std::string_view octets, const Room& room);

/// What Word saves a document's macros as beside a web page: an OLE2 file, packed.
/// @par Notes  content.macro
Document read_active_mime(std::string_view octets, const Room& room);

}  // namespace vanthu::inspect
