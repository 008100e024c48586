// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/notes.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// A part of an office package, unpacked.
struct PackagePart {
  std::string name;  ///< with folders
  std::string type;  ///< as the package declares it, lower case; may be empty
  std::string octets;
  bool xml = false;  ///< it is looked at as XML
};

/// The text of an office document: body first, then page headers, footers and notes, then whatever other part has
/// words: OOXML (docx, xlsx, pptx) and OpenDocument. What was deleted under change tracking is no text; what is hidden
/// is.
/// @param mime  the package's true type
/// @par Notes  inspect.unreadable, inspect.text-cut
Lines package_text(const std::vector<PackagePart>& parts, std::string_view mime, Notes& notes);

}  // namespace vanthu::inspect
