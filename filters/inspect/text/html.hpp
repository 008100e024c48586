// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace vanthu::inspect {

struct Html {
  std::string text;      ///< UTF-8; a block element or table cell begins a new line
  bool scripts = false;  ///< runs something when opened as a file
};

/// The words of an HTML text, as a patient browser would show them: tags gone, entities decoded, styles and scripts
/// left out. Never fails; linear in the length.
Html read_html(std::string_view utf8);

}  // namespace vanthu::inspect
