// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/notes.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// What stands in an RTF document besides its words.
struct RtfParts {
  std::vector<std::string> objects;  ///< \objdata, decoded; \bin within it too
  std::vector<std::string> fields;   ///< instructions, groups joined
  std::string attached;              ///< the document template's path
  std::size_t end = 0;               ///< behind the outermost group; 0: it is not closed
};

/// The text of an RTF document (Rich Text Format 1.9.1): body, tables, text boxes, page headers and footers. Letters by
/// \u, or by the character set of their font. Never fails; linear in the length.
/// @param parts  gets the rest; may be null
/// @par Notes  content.active (embedded objects), inspect.unreadable (groups nested beyond all measure)
Lines read_rtf(std::string_view octets, Notes& notes, RtfParts* parts = nullptr);

}  // namespace vanthu::inspect
