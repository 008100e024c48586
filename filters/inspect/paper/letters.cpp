// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/letters.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

LetterCount count_letters(std::string_view utf8) {
  LetterCount count;
  const auto* octets = reinterpret_cast<const std::uint8_t*>(utf8.data());
  const auto size = static_cast<std::int32_t>(utf8.size());
  for (std::int32_t i = 0; i < size;) {
    if (octets[i] < 0x80) {
      const unsigned letter = octets[i++];
      const bool capital = letter >= 'A' && letter <= 'Z';
      if (capital || (letter >= 'a' && letter <= 'z')) ++count.letters;
      if (capital) ++count.capitals;
      continue;
    }
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
  struct Row {
    std::string_view from, to;
  };
  constexpr auto mapped = std::to_array<Row>({{"\u00D0", "Đ"},
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
                                              {"\uFF0F", "/"},
                                              {"\u2044", "/"},
                                              {"\u2215", "/"}});
  std::string result;
  std::size_t kept = 0;  // up to here everything has been written
  for (std::size_t at = 0; at < utf8.size();) {
    const auto first = static_cast<unsigned char>(utf8[at]);
    if (first != 0xC2 && first != 0xC3 && first != 0xC6 && first != 0xE2 && first != 0xEF) {
      ++at;
      continue;
    }
    const auto* hit = std::find_if(mapped.begin(), mapped.end(),
                                   [&](const Row& row) { return utf8.substr(at, row.from.size()) == row.from; });
    if (hit == mapped.end()) {
      ++at;
      continue;
    }
    result.append(utf8, kept, at - kept).append(hit->to);
    kept = at += hit->from.size();
  }
  if (kept == 0) return squeezed(utf8);
  result.append(utf8, kept);
  return squeezed(result);
}

}  // namespace vanthu::inspect
