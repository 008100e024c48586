// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/skeleton.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>
#include <unicode/utf8.h>
#include <unicode/uversion.h>

#include <array>
#include <memory>
#include <vector>

#include "gateway/base/limits.hpp"

namespace vanthu::directory {
namespace {

constexpr int edition = 1;  ///< rises with every change of what follows

/// Letters that look like a Latin capital in small, and what ICU's table leaves apart from it: Cyrillic "нвт" reach
/// them as look-alikes, and readers take them for the letter.
struct Small {
  UChar32 shown;
  char read;
};
constexpr auto small_capitals = std::to_array<Small>({
    {0x1D00, 'a'}, {0x0299, 'b'}, {0x1D04, 'c'}, {0x1D05, 'd'}, {0x1D07, 'e'}, {0xA730, 'f'}, {0x0262, 'g'},
    {0x029C, 'h'}, {0x026A, 'i'}, {0x1D0A, 'j'}, {0x1D0B, 'k'}, {0x029F, 'l'}, {0x1D0D, 'm'}, {0x0274, 'n'},
    {0x1D0F, 'o'}, {0x1D18, 'p'}, {0x0280, 'r'}, {0xA731, 's'}, {0x1D1B, 't'}, {0x1D1C, 'u'}, {0x1D20, 'v'},
    {0x1D21, 'w'}, {0x028F, 'y'}, {0x1D22, 'z'}, {0x0138, 'k'},
});

/// Letters in a circle, a square or a flag, which NFKC does not know as letters.
constexpr auto framed = std::to_array<UChar32>({0x1F130, 0x1F150, 0x1F170, 0x1F1E6});  // each begins 26 of them

/// Look-alikes by ICU. The checker is made once and only read: safe on any thread (uspoof.h).
icu::UnicodeString look_alike(const icu::UnicodeString& text) {
  struct Close {
    void operator()(USpoofChecker* checker) const noexcept { uspoof_close(checker); }
  };
  static const std::unique_ptr<USpoofChecker, Close> checker = [] {
    UErrorCode code = U_ZERO_ERROR;
    return std::unique_ptr<USpoofChecker, Close>(uspoof_open(&code));
  }();
  UErrorCode code = U_ZERO_ERROR;
  icu::UnicodeString skeleton;
  if (checker) uspoof_getSkeletonUnicodeString(checker.get(), 0, text, skeleton, &code);
  return !checker || U_FAILURE(code) != 0 ? text : skeleton;
}

icu::UnicodeString normalized(const icu::Normalizer2* (*instance)(UErrorCode&), const icu::UnicodeString& text) {
  UErrorCode code = U_ZERO_ERROR;
  const icu::Normalizer2* form = instance(code);
  if (U_FAILURE(code) != 0 || form == nullptr) return text;
  icu::UnicodeString result = form->normalize(text, code);
  return U_FAILURE(code) != 0 ? text : result;
}

UChar32 unframed(UChar32 c) {
  for (const UChar32 first : framed)
    if (c >= first && c < first + 26) return 'A' + (c - first);
  return c;
}

/// One letter for those that Vietnamese, or a capital, makes one.
UChar32 plain(UChar32 c) {
  for (const Small& small : small_capitals)
    if (small.shown == c) return small.read;
  switch (c) {
    case 0x0111:  // đ: one letter to Unicode, d with a mark to who writes without marks
    case 0x00F0:
    case 0x0256:
      return 'd';
    case 'i':  // the capital I is read as l, and names are written in capitals
    case '1':
    case '|':
    case 0x0131:
      return 'l';
    case '0':
      return 'o';
    default:
      return c;
  }
}

/// Grave, acute, tilde, hook above, dot below; circumflex, breve, horn.
bool vietnamese_mark(UChar32 c) {
  switch (c) {
    case 0x0300:
    case 0x0301:
    case 0x0303:
    case 0x0309:
    case 0x0323:
    case 0x0302:
    case 0x0306:
    case 0x031B:
      return true;
    default:
      return false;
  }
}

bool vietnamese_character(UChar32 c) {
  if (c >= 0x20 && c < 0x7F) return true;
  switch (c) {
    case '\t':
    case 0x00A0:  // no-break space
    case 0x0110:  // Đ
    case 0x0111:  // đ
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:  // dashes
    case 0x2018:
    case 0x2019:
    case 0x201C:
    case 0x201D:  // quotation marks
    case 0x2026:  // …
    case 0x00B7:  // ·
    case 0x2022:  // •
      return true;
    default:
      return false;
  }
}

bool stays(UChar32 c) {
  if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0) return false;
  // no modifier letters: they are the apostrophes and dashes of other scripts, and look like ours
  constexpr std::uint32_t kept = (U_GC_L_MASK & ~U_GC_LM_MASK) | U_GC_N_MASK | U_GC_MC_MASK;
  return (U_GET_GC_MASK(c) & kept) != 0;
}

/// What one character gives. Look-alikes are asked before and after the case is folded: В looks like B, в does not, and
/// m and rn are told apart by capitals alone.
std::string piece(UChar32 c) {
  icu::UnicodeString text = look_alike(normalized(icu::Normalizer2::getNFKCInstance, icu::UnicodeString(unframed(c))));
  text = look_alike(normalized(icu::Normalizer2::getNFKCInstance, text).foldCase());
  text = normalized(icu::Normalizer2::getNFKDInstance, text).foldCase();
  icu::UnicodeString kept;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 read = plain(text.char32At(i));
    if (stays(read)) kept.append(read);
  }
  std::string utf8;
  kept.toUTF8String(utf8);
  return utf8;
}

/// Latin letters and the marks of Vietnamese, made once: names of a million people are asked about.
const std::string* prepared(UChar32 c) {
  constexpr UChar32 latin_end = 0x0370, more_begin = 0x1E00, more_end = 0x1F00;
  static const auto table = [] {
    std::vector<std::string> pieces;
    for (UChar32 at = 0; at < latin_end; ++at) pieces.push_back(piece(at));
    for (UChar32 at = more_begin; at < more_end; ++at) pieces.push_back(piece(at));
    return pieces;
  }();
  if (c < latin_end) return &table[static_cast<std::size_t>(c)];
  if (c >= more_begin && c < more_end) return &table[static_cast<std::size_t>(latin_end + (c - more_begin))];
  return nullptr;
}
}  // namespace

std::string skeleton(std::string_view name) {
  name = name.substr(0, limits::skeleton_input_octets);
  const auto* octets = reinterpret_cast<const std::uint8_t*>(name.data());
  const auto length = static_cast<std::int32_t>(name.size());
  std::string key;
  for (std::int32_t i = 0; i < length;) {
    UChar32 c = 0;
    U8_NEXT(octets, i, length, c);
    if (c < 0) continue;
    const std::string* known = prepared(c);
    const std::string add = known == nullptr ? piece(c) : std::string();
    const std::string& next = known == nullptr ? add : *known;
    if (key.size() + next.size() > limits::skeleton_octets) break;
    key += next;
  }
  return key;
}

bool plainly_spelled(std::string_view name) {
  const auto* octets = reinterpret_cast<const std::uint8_t*>(name.data());
  const auto length = static_cast<std::int32_t>(name.size());
  bool letter = false;  // a mark needs one to stand on
  int marks = 0;
  for (std::int32_t i = 0; i < length;) {
    UChar32 c = 0;
    U8_NEXT(octets, i, length, c);
    if (c < 0) return false;
    const icu::UnicodeString apart = normalized(icu::Normalizer2::getNFDInstance, icu::UnicodeString(c));
    for (std::int32_t at = 0; at < apart.length(); at = apart.moveIndex32(at, 1)) {
      const UChar32 piece_of = apart.char32At(at);
      if (vietnamese_mark(piece_of)) {
        if (!letter || ++marks > 2) return false;
        continue;
      }
      if (!vietnamese_character(piece_of)) return false;
      letter = u_isalpha(piece_of) != 0;
      marks = 0;
    }
  }
  return true;
}

std::string skeleton_edition() {
  UVersionInfo version{};
  u_getUnicodeVersion(version);
  return std::to_string(edition) + "/" + std::to_string(version[0]) + "." + std::to_string(version[1]);
}

}  // namespace vanthu::directory
