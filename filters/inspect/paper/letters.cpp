// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/letters.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <utility>

#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

LetterCount count_letters(std::string_view utf8) {
  LetterCount count;
  const auto* octets = reinterpret_cast<const std::uint8_t*>(utf8.data());
  const auto size = static_cast<std::int32_t>(utf8.size());
  for (std::int32_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT(octets, i, size, c);
    if (c < 0 || !u_isalpha(c)) continue;
    ++count.letters;
    if (u_isupper(c)) ++count.capitals;
  }
  return count;
}

bool all_capitals(std::string_view utf8) {
  const LetterCount count = count_letters(utf8);
  return count.letters > 0 && count.letters == count.capitals;
}

std::size_t length(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string plain_line(std::string_view utf8) {
  constexpr auto mapped = std::to_array<std::pair<std::string_view, std::string_view>>({{"\u00D0", "Đ"},
                                                                                        {"\u0189", "Đ"},
                                                                                        {"\u2010", "-"},
                                                                                        {"\u2011", "-"},
                                                                                        {"\u2012", "-"},
                                                                                        {"\u2013", "-"},
                                                                                        {"\u2014", "-"},
                                                                                        {"\u2015", "-"},
                                                                                        {"\u2212", "-"},
                                                                                        {"\u00AD", ""},
                                                                                        {"\uFF1A", ":"},
                                                                                        {"\uFF0F", "/"}});
  std::string result;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto* hit = std::find_if(mapped.begin(), mapped.end(),
                                   [&](const auto& pair) { return utf8.substr(at, pair.first.size()) == pair.first; });
    if (hit != mapped.end()) {
      result += hit->second;
      at += hit->first.size();
    } else {
      result += utf8[at++];
    }
  }
  return squeezed(result);
}

}  // namespace vanthu::inspect
