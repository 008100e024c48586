// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/number.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <chrono>

#include "filters/inspect/paper/letters.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

UChar32 character(std::string_view text, std::size_t& at) {
  UChar32 c = 0;
  auto i = static_cast<std::int32_t>(at);
  U8_NEXT(reinterpret_cast<const std::uint8_t*>(text.data()), i, static_cast<std::int32_t>(text.size()), c);
  at = static_cast<std::size_t>(i);
  return c;
}

/// Letters and digits of one word of a symbol.
std::string take_word(std::string_view& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t next = at;
    const UChar32 c = character(text, next);
    if (c < 0 || !(u_isalnum(c) || c == '.' || c == '&')) break;
    at = next;
  }
  std::string word(text.substr(0, at));
  while (!word.empty() && word.back() == '.') word.pop_back();
  text.remove_prefix(at);
  return word;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}

std::string take_digits(std::string_view& text, std::size_t most) {
  std::size_t n = 0;
  while (n < text.size() && n < most && is_digit(text[n])) ++n;
  std::string digits(text.substr(0, n));
  text.remove_prefix(n);
  return digits;
}

/// "Số", "SỐ", "Sô", "So" at the start, with what may stand between it and the number.
bool take_so(std::string_view& text) {
  if (text.empty() || (text[0] != 'S' && text[0] != 's')) return false;
  std::string_view rest = text.substr(1);
  for (const std::string_view o : {"ố", "Ố", "ô", "Ô", "ổ", "Ổ", "ồ", "Ồ", "o", "O", "ó", "Ó"}) {
    if (rest.substr(0, o.size()) != o) continue;
    rest.remove_prefix(o.size());
    if (rest.empty() || (rest[0] != ' ' && rest[0] != ':' && !is_digit(rest[0]) && rest[0] != '.' && rest[0] != '-'))
      return false;
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == ':' || rest[0] == '.' || rest[0] == '_'))
      rest.remove_prefix(1);
    while (rest.substr(0, 3) == "…") rest.remove_prefix(3);
    skip_blanks(rest);
    text = rest;
    return true;
  }
  return false;
}

constexpr std::size_t longest_word = 24;

}  // namespace

std::optional<Number> read_number(std::string_view line) {
  const std::string plain = plain_line(line);
  std::string_view text = plain;
  if (!take_so(text)) return std::nullopt;
  Number result;
  result.number = take_digits(text, 6);
  // "12a", "05 bis": a number squeezed in between two others.
  if (!result.number.empty() && !text.empty() && text[0] >= 'a' && text[0] <= 'c' && text.size() > 1 &&
      (text[1] == '-' || text[1] == '/')) {
    result.number += text[0];
    text.remove_prefix(1);
  }
  while (!text.empty() && (text[0] == '.' || text[0] == '_')) text.remove_prefix(1);
  skip_blanks(text);
  if (text.empty() || (text[0] != '-' && text[0] != '/')) return std::nullopt;
  const char first_mark = text[0];
  text.remove_prefix(1);
  skip_blanks(text);
  if (first_mark == '/' && !text.empty() && is_digit(text[0])) {  // Số: 30/2020/NĐ-CP
    if (take_digits(text, 5).size() != 4) return std::nullopt;
    skip_blanks(text);
    if (text.empty() || (text[0] != '/' && text[0] != '-')) return std::nullopt;
    text.remove_prefix(1);
    skip_blanks(text);
  }
  std::string word = take_word(text);
  if (word.empty() || length(word) > longest_word || count_letters(word).capitals == 0) return std::nullopt;
  result.abbreviation = word;
  result.symbol = word;
  bool slash_behind = false;
  for (std::size_t words = 1; words < 6; ++words) {
    std::string_view ahead = text;
    skip_blanks(ahead);
    if (ahead.empty() || (ahead[0] != '-' && ahead[0] != '/')) break;
    const char mark = ahead[0];
    ahead.remove_prefix(1);
    skip_blanks(ahead);
    word = take_word(ahead);
    // A dash with blanks around it and a long word behind: the sentence goes on.
    if (word.empty() || length(word) > longest_word || count_letters(word).capitals == 0) break;
    result.symbol += mark + word;
    slash_behind = slash_behind || mark == '/';
    text = ahead;
  }
  if (result.symbol == result.abbreviation) return std::nullopt;  // a symbol has two words at least
  result.party = first_mark == '-' || slash_behind;
  skip_blanks(text);
  result.rest = text;
  return result;
}

std::optional<PlaceDate> read_place_date(std::string_view line) {
  const std::string plain = plain_line(line);
  if (length(plain) > 90) return std::nullopt;
  const std::string lower = text::match_key(plain);  // same words, small letters
  const std::size_t day_at = lower.rfind("ngày ");
  if (day_at == std::string::npos) return std::nullopt;
  // Place: everything in front, which must look like a name.
  PlaceDate result;
  std::string_view key = std::string_view(lower).substr(day_at + std::string_view("ngày ").size());
  const auto skip = [&] {
    while (!key.empty() && (key[0] == ' ' || key[0] == '.' || key[0] == ',')) key.remove_prefix(1);
    while (key.substr(0, 3) == "…") key.remove_prefix(3);
    while (!key.empty() && (key[0] == ' ' || key[0] == '.' || key[0] == '_')) key.remove_prefix(1);
  };
  skip();
  const std::string day = take_digits(key, 2);
  skip();
  constexpr std::string_view month_word = "tháng";
  if (key.substr(0, month_word.size()) != month_word) return std::nullopt;
  key.remove_prefix(month_word.size());
  skip();
  const std::string month = take_digits(key, 2);
  skip();
  constexpr std::string_view year_word = "năm";
  if (key.substr(0, year_word.size()) != year_word) return std::nullopt;
  key.remove_prefix(year_word.size());
  skip();
  const std::string year = take_digits(key, 4);
  skip();
  if (!key.empty()) return std::nullopt;  // a sentence goes on behind the date
  if (year.size() == 4 && !day.empty() && !month.empty()) {
    std::string iso = year + "-" + (month.size() == 1 ? "0" : "") + month + "-" + (day.size() == 1 ? "0" : "") + day;
    if (parse_date(iso)) result.date = std::move(iso);
  }
  // The same place in the line as printed: up to its "ngày", found from the end like above.
  std::size_t printed = std::string::npos;
  for (const std::string_view word : {"ngày", "Ngày", "NGÀY"})
    if (const std::size_t at = plain.rfind(word); at != std::string::npos)
      printed = printed == std::string::npos ? at : std::max(printed, at);
  if (printed == std::string::npos) return std::nullopt;
  std::string place = plain.substr(0, printed);
  while (!place.empty() && (place.back() == ' ' || place.back() == ',' || place.back() == '.')) place.pop_back();
  if (length(place) > 40 || place.find_first_of(":;0123456789(") != std::string::npos) return std::nullopt;
  if (!place.empty()) {
    std::size_t at = 0;
    if (!u_isupper(character(place, at))) return std::nullopt;
  }
  result.place = std::move(place);
  return result;
}

}  // namespace vanthu::inspect
