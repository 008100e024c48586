// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "filters/inspect/notes.hpp"

namespace vanthu::inspect {

/// Whether a link leads off this computer and is followed over the network: http, ftp, a Windows share.
bool remote(std::string_view target);

/// Whether a link starts a program or a script when it is followed, by its scheme: "ms-msdt:", "javascript:".
bool starts_program(std::string_view target);

/// Notes what a field of Word (ECMA-376 part 1 §17.16, and RTF's \fldinst) does besides showing text.
/// @param instruction  the field's code, runs joined
/// @par Notes  content.dde, content.active, content.external-link
void note_field(std::string_view instruction, Notes& notes);

/// Notes a link by what it is for.
/// @param kind  "hyperlink", "image", "attachedTemplate" …: the last word of an OOXML relation's type
/// @par Notes  content.active for what loads or runs by itself, else content.external-link
void note_link(std::string_view kind, std::string_view target, Notes& notes);

}  // namespace vanthu::inspect
