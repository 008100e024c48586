// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "filters/inspect/text/legacy_font.hpp"

namespace vanthu::inspect {

/// The fonts that an HTML text gives to its elements: by `face` and `size` (HTML 4.01 §15.2), by `style`, and by those
/// rules of its style sheets that name an element, a class or both (CSS 2.1 §5, §15). Other selectors count for
/// nothing.
class HtmlFonts {
 public:
  /// What stands in a `style` element. A later rule wins over an earlier one.
  void read_sheet(std::string_view css);

  /// The font inside of an element whose start tag that is, "<p class=MsoNormal>"; `name` in lower case.
  Font inside(std::string_view name, std::string_view tag, const Font& outside) const;

 private:
  struct Given {
    std::string family;
    float size = 0;    ///< points
    float factor = 0;  ///< of the size outside
    void take(const Given& other);
  };
  static Given declared(std::string_view declarations);

  std::map<std::string, Given, std::less<>> rules_;  // "p", ".msonormal", "p.msonormal"
};

}  // namespace vanthu::inspect
