// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "filters/inspect/content/zip.hpp"
#include "filters/inspect/notes.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// The text of an office document in a zip, body first, then page headers, footers and notes: OOXML (docx, xlsx, pptx)
/// and OpenDocument. What was deleted under change tracking is no text; what is hidden is.
/// @param mime  the package's true type
/// @par Notes  content.active (remote template, ActiveX), content.external-link, inspect.unreadable, inspect.text-cut
Lines read_package(const Zip& zip, std::string_view mime, Notes& notes);

}  // namespace vanthu::inspect
