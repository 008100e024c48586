// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/content/picture.hpp"

#include "filters/inspect/content/type.hpp"

namespace vanthu::inspect {

using namespace std::string_view_literals;

bool surely_picture(std::string_view octets) {
  const auto starts = [&](std::string_view with) { return octets.substr(0, with.size()) == with; };
  const bool emf = octets.size() > 44 && starts("\1\0\0\0"sv) && octets.substr(40, 4) == " EMF";
  const bool wmf = starts("\xD7\xCD\xC6\x9A"sv) || starts("\1\0\x09\0\0\3"sv);
  const bool bmp = starts("BM") && octets.size() > 26 && octets.substr(6, 4) == "\0\0\0\0"sv;
  const bool webp = starts("RIFF") && octets.size() > 12 && octets.substr(8, 4) == "WEBP";
  const bool icon = octets.size() > 22 && starts("\0\0\1\0"sv);
  const bool known = emf || wmf || bmp || webp || icon || starts("\x89PNG\r\n\x1A\n") || starts("\xFF\xD8\xFF") ||
                     starts("GIF8") || starts("VCLMTF") || starts("II\xBC\x01") || starts("II*\0"sv) ||
                     starts("MM\0*"sv);
  return known && !looks_like_zip(octets);
}

}  // namespace vanthu::inspect
