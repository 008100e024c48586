// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/syllable.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <string>

namespace vanthu::inspect {
namespace {

constexpr auto onsets = std::to_array<std::u16string_view>(
    {u"ngh", u"ch", u"gh", u"gi", u"kh", u"ng", u"nh", u"ph", u"qu", u"th", u"tr", u"b", u"c", u"d",
     u"đ",   u"g",  u"h",  u"k",  u"l",  u"m",  u"n",  u"p",  u"r",  u"s",  u"t",  u"v", u"x", u""});

/// Rimes without tones.
constexpr auto rimes = std::to_array<std::u16string_view>(
    {u"a",   u"ac",   u"ach",  u"ai",   u"am",  u"an",   u"ang", u"anh",  u"ao",   u"ap",   u"at",   u"au",   u"ay",
     u"ăc",  u"ăm",   u"ăn",   u"ăng",  u"ăp",  u"ăt",   u"âc",  u"âm",   u"ân",   u"âng",  u"âp",   u"ât",   u"âu",
     u"ây",  u"e",    u"ec",   u"em",   u"en",  u"eng",  u"eo",  u"ep",   u"et",   u"ê",    u"êch",  u"êm",   u"ên",
     u"ênh", u"êp",   u"êt",   u"êu",   u"i",   u"ia",   u"ich", u"im",   u"in",   u"inh",  u"ip",   u"it",   u"iu",
     u"iêc", u"iêm",  u"iên",  u"iêng", u"iêp", u"iêt",  u"iêu", u"o",    u"oa",   u"oac",  u"oach", u"oai",  u"oam",
     u"oan", u"oang", u"oanh", u"oao",  u"oap", u"oat",  u"oay", u"oăc",  u"oăm",  u"oăn",  u"oăng", u"oăt",  u"oc",
     u"oe",  u"oen",  u"oeo",  u"oet",  u"oi",  u"om",   u"on",  u"ong",  u"ooc",  u"oong", u"op",   u"ot",   u"ô",
     u"ôc",  u"ôi",   u"ôm",   u"ôn",   u"ông", u"ôp",   u"ôt",  u"ơ",    u"ơi",   u"ơm",   u"ơn",   u"ơp",   u"ơt",
     u"u",   u"ua",   u"uân",  u"uâng", u"uât", u"uây",  u"uc",  u"uê",   u"uêch", u"uênh", u"ui",   u"um",   u"un",
     u"ung", u"uơ",   u"up",   u"ut",   u"uya", u"uych", u"uy",  u"uyên", u"uynh", u"uyt",  u"uyu",  u"uyêt", u"uôc",
     u"uôi", u"uôm",  u"uôn",  u"uông", u"uôt", u"ư",    u"ưa",  u"ưc",   u"ưi",   u"ưm",   u"ưn",   u"ưng",  u"ưt",
     u"ưu",  u"ươc",  u"ươi",  u"ươm",  u"ươn", u"ương", u"ươp", u"ươt",  u"ươu",  u"y",    u"yêm",  u"yên",  u"yêng",
     u"yêt", u"yêu"});

bool is_tone(UChar32 c) { return c == 0x300 || c == 0x301 || c == 0x303 || c == 0x309 || c == 0x323; }

bool has_rime(std::u16string_view rest) { return std::find(rimes.begin(), rimes.end(), rest) != rimes.end(); }

}  // namespace

bool is_syllable(std::string_view word) {
  if (word.empty() || word.size() > 32) return false;
  UErrorCode code = U_ZERO_ERROR;
  const icu::Normalizer2* apart = icu::Normalizer2::getNFDInstance(code);
  const icu::Normalizer2* together = icu::Normalizer2::getNFCInstance(code);
  if (U_FAILURE(code) != 0) return false;
  icu::UnicodeString text =
      icu::UnicodeString::fromUTF8(icu::StringPiece(word.data(), static_cast<std::int32_t>(word.size())));
  text.foldCase();
  text = apart->normalize(text, code);
  icu::UnicodeString bare;
  int tones = 0;
  for (std::int32_t i = 0; i < text.length(); ++i)
    if (is_tone(text[i]))
      ++tones;
    else
      bare.append(text[i]);
  if (tones > 1) return false;
  bare = together->normalize(bare, code);
  const std::u16string_view plain(bare.getBuffer(), static_cast<std::size_t>(bare.length()));
  for (const std::u16string_view onset : onsets) {
    if (plain.substr(0, onset.size()) != onset) continue;
    const std::u16string_view rest = plain.substr(onset.size());
    if (has_rime(rest)) return true;
    // "gì", "giêng": the i belongs to both; "quá": the u likewise.
    if (onset == u"gi" && has_rime(plain.substr(1))) return true;
    if (onset == u"qu" && has_rime(plain.substr(1))) return true;
    if (onset == u"gi" && rest.empty()) return true;
  }
  return false;
}

}  // namespace vanthu::inspect
