// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>
#include <vector>

#include "filters/inspect/document/document.hpp"

namespace vanthu::inspect {

/// Whether a text is a calendar or a contact (RFC 5545, RFC 6350, vCard 2.1).
bool looks_like_contact(std::string_view utf8);

/// Files in its properties: ATTACH, PHOTO, LOGO, SOUND, KEY and whatever else is in base64 or a data: URL. Surely
/// pictures are left out; at most limits::mime_parts.
/// @par Notes  content.external-link: a file is to be fetched from outside; content.active: from a program
std::vector<InnerFile> contact_files(std::string_view utf8, Notes& notes);

}  // namespace vanthu::inspect
