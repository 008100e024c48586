// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>

#include "filters/inspect/paper/head.hpp"

namespace vanthu::inspect {

/// Who signs a paper and in whose name (domain reference, "Authority prefixes"; Decree 30/2020 appendix I.7).
struct Signing {
  std::string authority;  ///< "T/M BAN THƯỜNG VỤ", "KT. CHỦ TỊCH"; two of them are joined by " / "
  std::string post;       ///< "PHÓ BÍ THƯ"
  std::string signer;     ///< "Nguyễn Văn An"
  std::size_t authority_line = no_line, post_line = no_line, signer_line = no_line;  ///< of the document
};

/// The block at the end of a paper; of several the last one that names somebody.
/// @param from  line behind the paper's head
Signing read_signing(const Lines& lines, std::size_t from);

/// Whether a line begins with a prefix of authority: "T/M", "K/T", "T/L", "T/U", "TM.", "KT.", "TL.", "TUQ.", "Q.".
bool begins_authority(std::string_view line);

}  // namespace vanthu::inspect
