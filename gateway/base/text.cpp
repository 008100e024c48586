// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/text.hpp"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/idna.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

namespace vanthu::text {
namespace {

const icu::Normalizer2& normalizer(const icu::Normalizer2* (*instance)(UErrorCode&)) {
  UErrorCode code = U_ZERO_ERROR;
  const icu::Normalizer2* made = instance(code);
  if (U_FAILURE(code) != 0 || made == nullptr) throw std::runtime_error("ICU has no normalization data");
  return *made;
}

icu::UnicodeString decode(std::string_view utf8) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
}

std::string encode(const icu::UnicodeString& text) {
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

icu::UnicodeString normalized(const icu::Normalizer2& form, const icu::UnicodeString& text) {
  UErrorCode code = U_ZERO_ERROR;
  icu::UnicodeString result = form.normalize(text, code);
  return U_FAILURE(code) != 0 ? text : result;
}

/// The tone of an open oa, oe, uy may stand on either vowel (hoà = hòa, uỷ = ủy); bring it to the second,
/// unless q stands before (quý has no other spelling). Works on NFC, case folded.
void place_tones(icu::UnicodeString& text) {
  struct Pair {
    const char16_t* first;  // tone on the first vowel: ò ó ỏ õ ọ / ù ú ủ ũ ụ
    char16_t second;        // the bare second vowel
    const char16_t* moved;  // tone on the second vowel
    char16_t bare;          // the bare first vowel
  };
  static constexpr std::array<Pair, 3> pairs{
      {{u"òóỏõọ", u'a', u"àáảãạ", u'o'}, {u"òóỏõọ", u'e', u"èéẻẽẹ", u'o'}, {u"ùúủũụ", u'y', u"ỳýỷỹỵ", u'u'}}};
  for (std::int32_t i = 0; i + 1 < text.length(); ++i) {
    if (i > 0 && text[i - 1] == u'q') continue;
    const bool open = i + 2 >= text.length() || !u_isalpha(text.char32At(i + 2));
    if (!open) continue;
    for (const Pair& pair : pairs) {
      if (text[i + 1] != pair.second) continue;
      for (int tone = 0; tone < 5; ++tone)
        if (text[i] == pair.first[tone]) {
          text.setCharAt(i, pair.bare);
          text.setCharAt(i + 1, pair.moved[tone]);
          break;
        }
    }
  }
}

icu::UnicodeString keyed(std::string_view utf8) {
  icu::UnicodeString text = normalized(normalizer(icu::Normalizer2::getNFCInstance), decode(utf8));
  icu::UnicodeString squeezed;
  bool gap = false;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    UChar32 c = text.char32At(i);
    if (c == 0x00D0 || c == 0x0189) c = 0x0110;
    if (u_charType(c) == U_FORMAT_CHAR) continue;  // zero-width characters, soft hyphen
    if (u_isUWhiteSpace(c) || u_iscntrl(c)) {
      gap = !squeezed.isEmpty();
      continue;
    }
    if (std::exchange(gap, false)) squeezed.append(u' ');
    squeezed.append(c);
  }
  squeezed.foldCase();
  squeezed = normalized(normalizer(icu::Normalizer2::getNFCInstance), squeezed);
  place_tones(squeezed);
  return squeezed;
}

icu::UnicodeString without_marks(const icu::UnicodeString& text) {
  const icu::UnicodeString apart = normalized(normalizer(icu::Normalizer2::getNFDInstance), text);
  icu::UnicodeString bare;
  for (std::int32_t i = 0; i < apart.length(); i = apart.moveIndex32(i, 1)) {
    const UChar32 c = apart.char32At(i);
    if (u_charType(c) == U_NON_SPACING_MARK) continue;
    bare.append(c == 0x0111 ? UChar32{'d'} : c == 0x0110 ? UChar32{'D'} : c);
  }
  return bare;
}
}  // namespace

/// How many octets at the beginning are ASCII, in steps of eight.
static std::size_t ascii_words(std::string_view octets) {
  std::size_t at = 0;
  for (; at + 8 <= octets.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, octets.data() + at, 8);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  return at;
}

bool is_ascii(std::string_view octets) {
  octets.remove_prefix(ascii_words(octets));
  return octets.size() < 8 &&
         std::all_of(octets.begin(), octets.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_utf8(std::string_view octets) {
  octets.remove_prefix(ascii_words(octets));
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(octets.data());
  const auto length = static_cast<std::int32_t>(octets.size());
  for (std::int32_t i = 0; i < length;) {
    if (bytes[i] < 0x80) {
      ++i;
      continue;
    }
    UChar32 c = 0;
    U8_NEXT(bytes, i, length, c);
    if (c < 0) return false;
  }
  return true;
}

bool reads_as_itself(std::string_view utf8) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
  const auto length = static_cast<std::int32_t>(utf8.size());
  for (std::int32_t i = 0; i < length;) {
    UChar32 c = 0;
    U8_NEXT(bytes, i, length, c);
    constexpr std::uint32_t hidden = U_GC_C_MASK | U_GC_Z_MASK;
    if (c < 0 || (U_GET_GC_MASK(c) & hidden) != 0) return false;
    if (c < 0x80) continue;
    if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0) return false;
    const icu::UnicodeString plain = normalized(normalizer(icu::Normalizer2::getNFKCInstance), icu::UnicodeString(c));
    for (std::int32_t at = 0; at < plain.length(); ++at)
      if (plain[at] < 0x80 && !u_isalnum(plain[at])) return false;
  }
  return true;
}

std::string nfc(std::string_view utf8) {
  if (is_ascii(utf8)) return std::string(utf8);
  if (is_utf8(utf8)) {
    UErrorCode code = U_ZERO_ERROR;
    const icu::StringPiece piece(utf8.data(), static_cast<std::int32_t>(utf8.size()));
    const bool already = normalizer(icu::Normalizer2::getNFCInstance).isNormalizedUTF8(piece, code) != 0;
    if (already && U_SUCCESS(code)) return std::string(utf8);
  }
  return encode(normalized(normalizer(icu::Normalizer2::getNFCInstance), decode(utf8)));
}

std::string match_key(std::string_view utf8) { return encode(keyed(utf8)); }

std::string fold(std::string_view utf8) { return encode(without_marks(keyed(utf8))); }

std::string to_ascii(std::string_view utf8) {
  const icu::UnicodeString bare = without_marks(decode(utf8));
  std::string ascii;
  for (std::int32_t i = 0; i < bare.length(); i = bare.moveIndex32(i, 1)) {
    const UChar32 c = bare.char32At(i);
    if (c >= 0x20 && c < 0x7F)
      ascii += static_cast<char>(c);
    else if (c == 0x2013 || c == 0x2014)
      ascii += '-';
    else if (c == 0x201C || c == 0x201D)
      ascii += '"';
    else
      ascii += '?';
  }
  return ascii;
}

static std::unique_ptr<icu::IDNA> idna_rules() {
  UErrorCode code = U_ZERO_ERROR;
  std::unique_ptr<icu::IDNA> idna(
      icu::IDNA::createUTS46Instance(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                                         UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
                                     code));
  if (U_FAILURE(code) != 0) throw std::runtime_error("ICU has no IDNA data");
  return idna;
}

std::string domain_to_unicode(std::string_view domain) {
  std::string unicode;
  icu::StringByteSink<std::string> sink(&unicode);
  icu::IDNAInfo info;
  UErrorCode code = U_ZERO_ERROR;
  idna_rules()->nameToUnicodeUTF8(icu::StringPiece(domain.data(), static_cast<std::int32_t>(domain.size())), sink, info,
                                  code);
  return U_FAILURE(code) != 0 || info.hasErrors() ? ascii_lower(domain) : unicode;
}

/// What a domain in U-labels is by case and composition alone. UTS #46 also maps full width letters and ideographic
/// stops, and drops what is invisible; who encodes without that gets another domain.
static std::string unmapped(std::string_view domain) {
  std::string plain;
  while (true) {
    const std::string_view label = domain.substr(0, domain.find('.'));
    if (is_ascii(label)) {
      plain += domain_to_unicode(label);
    } else {
      const icu::Normalizer2& nfc_form = normalizer(icu::Normalizer2::getNFCInstance);
      icu::UnicodeString lower = normalized(nfc_form, decode(label));
      plain += encode(normalized(nfc_form, lower.toLower(icu::Locale::getRoot())));
    }
    if (label.size() == domain.size()) return plain;
    plain += '.';
    domain.remove_prefix(label.size() + 1);
  }
}

Result<std::string> domain_to_ascii(std::string_view domain) {
  const auto wrong = [&] { return fail(status::bad_mailbox, "not a domain name"); };
  if (domain.empty() || domain.size() > 255 || !is_utf8(domain)) return wrong();
  UErrorCode code = U_ZERO_ERROR;
  const std::unique_ptr<icu::IDNA> idna = idna_rules();
  std::string ascii;
  icu::StringByteSink<std::string> sink(&ascii);
  icu::IDNAInfo info;
  idna->nameToASCII_UTF8(icu::StringPiece(domain.data(), static_cast<std::int32_t>(domain.size())), sink, info, code);
  if (U_FAILURE(code) != 0 || info.hasErrors() || ascii.empty()) return wrong();
  if (!is_ascii(domain) && unmapped(domain) != domain_to_unicode(ascii)) return wrong();
  return ascii_lower(ascii);
}

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

bool ascii_iequals(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace vanthu::text
