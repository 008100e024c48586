// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/marks.hpp"

#include <array>
#include <cstddef>

namespace vanthu::search {
namespace {

/// A vowel with each of the six tones, the first of which is not written.
struct Vowel {
  std::u32string_view tones;
  std::uint32_t sign;  // 0 none, 1 circumflex, 2 breve, 3 horn
};
constexpr std::array<Vowel, 12> vowels{{{U"aàáảãạ", 0},
                                        {U"âầấẩẫậ", 1},
                                        {U"ăằắẳẵặ", 2},
                                        {U"eèéẻẽẹ", 0},
                                        {U"êềếểễệ", 1},
                                        {U"iìíỉĩị", 0},
                                        {U"oòóỏõọ", 0},
                                        {U"ôồốổỗộ", 1},
                                        {U"ơờớởỡợ", 3},
                                        {U"uùúủũụ", 0},
                                        {U"ưừứửữự", 3},
                                        {U"yỳýỷỹỵ", 0}}};

/// The next character of a text in UTF-8, which is taken off.
char32_t next(std::string_view& utf8) noexcept {
  const auto octet = [&](std::size_t i) -> char32_t {
    return i < utf8.size() ? static_cast<unsigned char>(utf8[i]) : 0;
  };
  const char32_t first = octet(0);
  const std::size_t octets = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t character = first < 0x80 ? first : first & (0x7FU >> octets);
  for (std::size_t i = 1; i < octets; ++i) character = character << 6U | (octet(i) & 0x3FU);
  utf8.remove_prefix(octets < utf8.size() ? octets : utf8.size());
  return character;
}

}  // namespace

std::uint32_t marks_of(std::string_view word) noexcept {
  std::uint32_t tone = 0, stroke = 0;
  std::uint32_t sign = 0, behind = 0;  // of the last vowel that has one, and what it stands behind
  std::uint32_t before = 0;            // 1: a vowel stands before; 3: one with a sign
  while (!word.empty()) {
    const char32_t character = next(word);
    if (character == U'đ') {
      stroke = 1;
      continue;
    }
    bool known = character < 0x80;
    for (const Vowel& vowel : vowels) {
      const std::size_t at = vowel.tones.find(character);
      if (at == std::u32string_view::npos) continue;
      known = true;
      if (at != 0) tone = static_cast<std::uint32_t>(at);
      if (vowel.sign != 0) {
        sign = vowel.sign;
        behind = before;
      }
      before = vowel.sign != 0 ? 3 : 1;
      break;
    }
    if (!known) return 0;
  }
  const std::uint32_t marks = ((tone * 2 + stroke) * 4 + sign) * 4 + behind;
  return marks == 0 ? 0 : marks + 1;
}

}  // namespace vanthu::search
