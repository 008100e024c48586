// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "filters/inspect/notes.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// The text of an RTF document (Rich Text Format 1.9.1): body, tables, text boxes, page headers and footers. Letters by
/// \u, or by the character set of their font. Never fails; linear in the length.
/// @par Notes  content.active (embedded objects), inspect.unreadable (groups nested beyond all measure)
Lines read_rtf(std::string_view octets, Notes& notes);

}  // namespace vanthu::inspect
