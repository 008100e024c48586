// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/ocr/marks.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::inspect {
namespace {

struct Marking {
  std::string_view letters;  ///< without marks and blanks
  std::string_view text;
  std::size_t slips;  ///< letters that may be wrong besides
};
constexpr auto markings = std::to_array<Marking>({{"MAT", "MẬT", 0},
                                                  {"TOIMAT", "TỐI MẬT", 1},
                                                  {"TUYETMAT", "TUYỆT MẬT", 2},
                                                  {"KHAN", "KHẨN", 0},
                                                  {"THUONGKHAN", "THƯỢNG KHẨN", 2},
                                                  {"HOATOC", "HOẢ TỐC", 1}});
constexpr std::int32_t longest = 24;  // characters of a line that could be one

/// Its letters without marks, or nothing where some are small or too many.
std::string base_letters(const std::string& utf8) {
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(utf8);
  UErrorCode code = U_ZERO_ERROR;
  const icu::Normalizer2* parts = icu::Normalizer2::getNFDInstance(code);
  if (text.length() > longest || U_FAILURE(code)) return {};
  const icu::UnicodeString apart = parts->normalize(text, code);
  std::string letters;
  for (std::int32_t i = 0; U_SUCCESS(code) && i < apart.length(); ++i) {
    const char16_t c = apart[i];
    if (u_islower(c)) return {};
    if (c < 0x80 && u_isalpha(c))
      letters += static_cast<char>(c);
    else if (u_isalnum(c))
      letters += c == u'Đ' ? 'D' : '?';
    else if (c == u'¿' || c == u'¡')
      letters += '?';
  }
  return letters;
}

/// Letters to change, add or take away to make one of the other; at most 3 are told apart.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

void mend_markings(Lines& lines) {
  for (Line& line : lines) {
    const std::string letters = line.text.size() > 3 * longest ? std::string() : base_letters(line.text);
    if (letters.size() < 3) continue;
    for (const Marking& marking : markings)
      if (distance(letters, marking.letters) <= marking.slips) {
        line.text = marking.text;
        break;
      }
  }
}

}  // namespace vanthu::inspect
