// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/legacy.hpp"

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <map>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/paper/kinds.hpp"
#include "filters/inspect/paper/letters.hpp"
#include "filters/inspect/paper/marking.hpp"
#include "filters/inspect/text/syllable.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

struct Tcvn3Row {
  std::string_view byte, letter, font;
};
constexpr auto tcvn3_rows = std::to_array<Tcvn3Row>({
#include "tcvn3.inc"
});
struct VniRow {
  std::string_view bytes, letter;
};
struct SingleRow {
  std::string_view byte, letter;
};
constexpr auto vps_rows = std::to_array<SingleRow>({
#include "vps.inc"
});
constexpr auto viscii_rows = std::to_array<SingleRow>({
#include "viscii.inc"
});
constexpr auto vni_rows = std::to_array<VniRow>({
#include "vni-windows.inc"
});

char32_t from_hex(std::string_view digits) {
  char32_t value = 0;
  for (const char c : digits) value = value * 16 + static_cast<char32_t>(c <= '9' ? c - '0' : c - 'A' + 10);
  return value;
}

using Table = std::map<std::pair<char32_t, char32_t>, std::string_view>;  // one or two characters (0: one) to a letter

/// What windows-1252 has for the octets from 0x80 to 0x9F: readers give them as one or the other.
constexpr std::array<char32_t, 32> windows_1252{0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

Table single_octets(const SingleRow* rows, std::size_t count) {
  Table table;
  for (std::size_t i = 0; i < count; ++i) {
    const char32_t octet = from_hex(rows[i].byte);
    table[{octet, 0}] = rows[i].letter;
    if (octet >= 0x80 && octet < 0xA0) table[{windows_1252.at(octet - 0x80), 0}] = rows[i].letter;
  }
  return table;
}

const Table& table_of(Legacy encoding) {
  static const Table tcvn3 = [] {
    Table table;
    for (const Tcvn3Row& row : tcvn3_rows)
      if (row.font != "H-only") table[{from_hex(row.byte), 0}] = row.letter;
    return table;
  }();
  static const Table vni = [] {
    Table table;
    for (const VniRow& row : vni_rows) {
      const std::size_t blank = row.bytes.find(' ');
      const char32_t second = blank == std::string_view::npos ? 0 : from_hex(row.bytes.substr(blank + 1));
      table[{from_hex(row.bytes.substr(0, blank)), second}] = row.letter;
    }
    return table;
  }();
  static const Table vps = single_octets(vps_rows.data(), vps_rows.size());
  static const Table viscii = single_octets(viscii_rows.data(), viscii_rows.size());
  switch (encoding) {
    case Legacy::tcvn3:
      return tcvn3;
    case Legacy::vni:
      return vni;
    case Legacy::vps:
      return vps;
    default:
      return viscii;
  }
}

char32_t next_character(std::string_view text, std::size_t& at) {
  UChar32 c = 0;
  auto i = static_cast<std::int32_t>(at);
  U8_NEXT(reinterpret_cast<const std::uint8_t*>(text.data()), i, static_cast<std::int32_t>(text.size()), c);
  at = static_cast<std::size_t>(i);
  return c < 0 ? U'\uFFFD' : static_cast<char32_t>(c);
}

/// Letters that only Unicode text has: the Vietnamese ones outside of Latin-1.
bool only_unicode(char32_t c) {
  return (c >= 0x1EA0 && c <= 0x1EF9) || c == 0x102 || c == 0x103 || c == 0x110 || c == 0x111 || c == 0x128 ||
         c == 0x129 || c == 0x168 || c == 0x169 || c == 0x1A0 || c == 0x1A1 || c == 0x1AF || c == 0x1B0;
}
bool high(char32_t c) { return c >= 0xA1 && c <= 0xFF; }

/// Calls `visit` with every run of letters and Latin-1 signs.
template <class Visit>
void each_word(std::string_view text, Visit visit) {
  std::size_t start = 0;
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t next = at;
    const char32_t c = at < text.size() ? next_character(text, next) : U' ';
    if (!u_isalpha(static_cast<UChar32>(c)) && !high(c)) {
      if (at > start) visit(text.substr(start, at - start));
      start = next;
    }
    if (at == text.size()) break;
    at = next;
  }
}

/// A PDF prints TCVN3's ư (U+00AD) as a hyphen: between letters it is one when that makes a syllable.
std::string mend_hyphens(std::string_view text) {
  std::string mended;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    std::string word(text.substr(at, end - at));
    std::size_t hyphen = word.find('-');
    if (hyphen != std::string::npos && hyphen > 0) {
      std::size_t last = word.size();
      while (last > 0 && std::string_view(".,;:)").find(word[last - 1]) != std::string_view::npos) --last;
      const std::string candidate = word.substr(0, hyphen) + "ư" + word.substr(hyphen + 1, last - hyphen - 1);
      const bool lower = count_letters(candidate).capitals <= 1;
      if (lower && is_syllable(candidate)) word = candidate + word.substr(last);
    }
    mended += word;
    if (end < text.size()) mended += ' ';
    at = end + 1;
  }
  return mended;
}

std::string upper_case(std::string_view utf8) {
  icu::UnicodeString text =
      icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
  text.toUpper(icu::Locale::getRoot());
  std::string result;
  text.toUTF8String(result);
  return result;
}

/// What a line in small letters would be in the capitals that an H font drew: "tối mật" alone on it, a title, the name
/// of a body and the lines that it goes on over.
class Capitals {
 public:
  std::string of(std::string line) {
    constexpr std::size_t block = 6;  // lines of the blocks over a title
    const bool goes_on = body_ && ++lines_ < block;
    body_ = false;
    const LetterCount count = count_letters(line);
    if (count.letters == 0 || count.capitals > 0 || length(line) > 90) return line;
    constexpr auto bodies = std::to_array<std::string_view>(
        {"tỉnh uỷ", "thành uỷ", "thị uỷ", "huyện uỷ", "đảng uỷ", "đảng bộ", "ban ", "văn phòng", "uỷ ban", "ubnd",
         "sở ", "hội đồng", "đảng cộng sản việt nam", "cộng hoà xã hội chủ nghĩa việt nam", "tỉnh đoàn", "trường ",
         "bộ ", "cục ", "chi bộ"});
    const std::string key = text::match_key(line);
    std::string upper = upper_case(line);
    const bool body =
        std::any_of(bodies.begin(), bodies.end(), [&](std::string_view b) { return key.rfind(b, 0) == 0; });
    if (body || (goes_on && length(line) <= 40)) {
      lines_ = body ? 0 : lines_;
      body_ = true;
      return upper;
    }
    if (secrecy_of_line(upper) != "none" || urgency_of_line(upper) != "none" ||
        kind_of_title(upper).octets == upper.size())
      return upper;
    return line;
  }

 private:
  bool body_ = false;  // the line above named one
  std::size_t lines_ = 0;
};

struct Score {
  std::size_t words = 0, legal = 0;
};

Score score(const Lines& lines, std::optional<Legacy> encoding) {
  constexpr std::size_t enough = 3000;            // words: more says nothing new
  constexpr std::size_t longest_line = 64 << 10;  // octets that are looked at
  Score result;
  for (const Line& line : lines) {
    if (result.words >= enough) break;
    const bool telling =
        std::any_of(line.text.begin(), line.text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (!telling) continue;
    const std::string text = cut(line.text, longest_line);
    each_word(encoding ? from_legacy(text, *encoding) : text, [&](std::string_view word) {
      if (std::all_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return;
      ++result.words;
      if (is_syllable(word)) ++result.legal;
    });
  }
  return result;
}

}  // namespace

std::string from_legacy(std::string_view utf8, Legacy encoding) {
  const Table& table = table_of(encoding);
  std::string result;
  for (std::size_t at = 0; at < utf8.size();) {
    std::size_t behind = at;
    const char32_t first = next_character(utf8, behind);
    std::size_t behind_two = behind;
    const char32_t second = behind < utf8.size() ? next_character(utf8, behind_two) : 0;
    auto found = second == 0 ? table.end() : table.find({first, second});
    if (found != table.end()) {
      result += found->second;
      at = behind_two;
      continue;
    }
    found = table.find({first, 0});
    if (found != table.end())
      result += found->second;
    else
      result.append(utf8, at, behind - at);
    at = behind;
  }
  return text::nfc(result);
}

std::string drawn_by(std::string_view utf8, const LegacyFont& font) {
  std::string text = from_legacy(utf8, font.encoding);
  if (font.encoding == Legacy::tcvn3) text = mend_hyphens(text);
  return font.capitals ? upper_case(text) : text;
}

bool has_unicode_letters(std::string_view utf8) {
  for (std::size_t at = 0; at < utf8.size();) {
    if (static_cast<unsigned char>(utf8[at]) < 0x80)
      ++at;
    else if (only_unicode(next_character(utf8, at)))
      return true;
  }
  return false;
}

namespace {

/// The encoding that makes Vietnamese of lines, if it is one and no other.
std::optional<Legacy> encoding_of(const Lines& lines) {
  std::size_t unicode = 0;
  std::size_t latin = 0;
  for (const Line& line : lines) {
    for (std::size_t at = 0; at < line.text.size();) {
      if (static_cast<unsigned char>(line.text[at]) < 0x80) {
        ++at;
        continue;
      }
      const char32_t c = next_character(line.text, at);
      if (only_unicode(c)) ++unicode;
      if (high(c)) ++latin;
    }
    if (unicode + latin > 20000) break;
  }
  constexpr std::size_t fewest = 8;  // words that differ; a header has more
  if (latin < fewest || unicode * 10 > latin) return std::nullopt;
  const Score plain = score(lines, std::nullopt);
  std::optional<Legacy> best;
  Score best_score;
  for (const Legacy encoding : {Legacy::tcvn3, Legacy::vni, Legacy::vps, Legacy::viscii}) {
    const Score one = score(lines, encoding);
    if (one.words < fewest || one.legal * 10 < one.words * 8) continue;
    if (one.legal * plain.words < plain.legal * one.words + one.words * plain.words / 4 && plain.words > 0) continue;
    if (best && best_score.legal * one.words >= one.legal * best_score.words) continue;
    best = encoding;
    best_score = one;
  }
  return best;
}

std::string_view name_of(Legacy encoding) {
  constexpr auto names = std::to_array<std::string_view>({"tcvn3", "vni", "vps", "viscii"});
  return names.at(static_cast<std::size_t>(encoding));
}

}  // namespace

namespace {

/// What statistics make of lines.
/// @param fonts  lines whose fonts are known are taken as those draw them
LegacyText decoded(const Lines& lines, Legacy encoding, bool fonts) {
  LegacyText result{lines, fonts ? std::string_view("fonts") : name_of(encoding)};
  Capitals capitals;
  for (Line& line : result.lines) {
    if (fonts && !line.by_font.empty()) {
      line.text = line.by_font;
      continue;
    }
    if (fonts && has_unicode_letters(line.text)) continue;
    line.text = from_legacy(line.text, encoding);
    if (encoding == Legacy::tcvn3) line.text = capitals.of(mend_hyphens(line.text));
  }
  return result;
}

}  // namespace

std::vector<LegacyText> read_legacy(const Lines& lines) {
  std::vector<LegacyText> readings;
  const std::optional<Legacy> all = encoding_of(lines);
  const bool fonts = std::any_of(lines.begin(), lines.end(), [](const Line& line) { return !line.by_font.empty(); });
  if (fonts) {
    Lines rest;  // what no font's name tells of
    for (const Line& line : lines)
      if (line.by_font.empty()) rest.push_back(line);
    std::optional<Legacy> encoding = encoding_of(rest);
    if (!encoding) encoding = all;  // a stamp alone is too little to tell by
    if (encoding) {
      readings.push_back(decoded(lines, *encoding, true));
    } else {
      readings.push_back({lines, "fonts"});
      for (Line& line : readings.back().lines)
        if (!line.by_font.empty()) line.text = line.by_font;
    }
  }
  if (all) readings.push_back(decoded(lines, *all, false));
  return readings;
}

}  // namespace vanthu::inspect
