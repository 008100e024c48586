// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>
#include <vector>

#include "filters/inspect/document/document.hpp"

namespace vanthu::inspect {

/// What an HTML text does and carries besides words: scripts, forms, links followed by themselves, files in data: URLs
/// or as base64 in scripts. Comments are looked at like everything else. Linear in the length.
/// @param attachment  it is opened as a file, so that scripts run; a mail program runs none
/// @par Notes  content.smuggling, content.active, content.external-link
/// @return files that are surely no pictures; at most limits::mime_parts
std::vector<InnerFile> html_payloads(std::string_view utf8, bool attachment, Notes& notes);

}  // namespace vanthu::inspect
