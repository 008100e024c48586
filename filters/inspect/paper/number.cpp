// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/number.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <vector>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/paper/kinds.hpp"
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
  // "S6: 36-KL/TU": what OCR makes of a small ố, where a colon shows that no digit is meant.
  if (text.size() > 2 && std::string_view("60es").find(text[1]) != std::string_view::npos && text[2] == ':') {
    text.remove_prefix(3);
    skip_blanks(text);
    return true;
  }
  return false;
}

constexpr std::size_t longest_word = 24;

bool begins_with_kind(std::string_view text) {
  const std::string word = take_word(text);
  return !text.empty() && (text[0] == '-' || text[0] == '/') && length(word) <= 4 && known_abbreviation(word);
}

/// "QĐĐ", "QĐÐ": a letter that OCR saw twice.
std::string mended_kind(std::string word) {
  constexpr std::string_view letter = "Đ";
  const std::size_t twice = word.find("ĐĐ");
  if (twice == std::string::npos || known_abbreviation(word)) return word;
  std::string once = word;
  once.erase(twice, letter.size());
  return known_abbreviation(once) ? once : word;
}

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
  // "Số1024HD-UBND": OCR lost the mark between number and kind; the kind tells where it was.
  const bool mark_lost = !result.number.empty() && begins_with_kind(text);
  if (!mark_lost && (text.empty() || (text[0] != '-' && text[0] != '/'))) return std::nullopt;
  const char first_mark = mark_lost ? '\0' : text[0];
  if (!mark_lost) text.remove_prefix(1);
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
  word = mended_kind(std::move(word));
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

namespace {

/// A run of letters or of digits, or one sign.
struct Token {
  std::string folded;  ///< small letters without marks
  std::size_t at = 0;  ///< octets, in the line
};

std::vector<Token> tokens_of(std::string_view plain) {
  std::vector<Token> tokens;
  enum class Class { blank, word, sign };
  Class last = Class::blank;
  for (std::size_t at = 0; at < plain.size();) {
    std::size_t next = at;
    const UChar32 c = character(plain, next);
    const Class now = plain[at] == ' ' ? Class::blank : c >= 0 && u_isalnum(c) ? Class::word : Class::sign;
    // "ngày24", "2016/": digits and letters are apart, unless a letter is a digit misread ("2O16").
    const bool digit = is_digit(plain[at]);
    const auto misread = [&] {
      const std::string& before = tokens.back().folded;
      return is_digit(before[0]) ||
             (before.size() == 1 && std::string_view("OoIilLSsBb").find(before[0]) != std::string_view::npos);
    };
    const bool continues =
        now == Class::word && last == Class::word && (is_digit(tokens.back().folded[0]) == digit || misread());
    if (now != Class::blank && !continues) tokens.push_back({{}, at});
    if (now != Class::blank) tokens.back().folded.append(plain.substr(at, next - at));
    last = now;
    at = next;
  }
  for (Token& token : tokens) token.folded = text::fold(token.folded);
  return tokens;
}

/// The number that a token is, where OCR may have taken letters for digits; -1: none.
int number_of(const std::string& folded, std::size_t most) {
  if (folded.empty() || folded.size() > most) return -1;
  int number = 0;
  bool digits = false;
  for (const char c : folded) {
    const std::size_t like = std::string_view("oilsb").find(c);
    if (is_digit(c))
      digits = true;
    else if (like == std::string_view::npos)
      return -1;
    number = number * 10 + (is_digit(c) ? c - '0' : std::array{0, 1, 1, 5, 6}.at(like));
  }
  return digits ? number : -1;
}

struct ReadDate {
  std::string iso;      ///< empty: the day or month is left open, or there is no such day
  std::size_t end = 0;  ///< token behind it
};

/// Day, month and year from a token on: "24 tháng 8 năm 2016", "24/8/2016". Nothing where it is no date.
std::optional<ReadDate> date_from(const std::vector<Token>& tokens, std::size_t at) {
  const auto dots = [&] {
    while (at < tokens.size() && (tokens[at].folded == "." || tokens[at].folded == "…" || tokens[at].folded == "_" ||
                                  tokens[at].folded == ","))
      ++at;
  };
  const auto take = [&](std::size_t most) {
    dots();
    const int number = at < tokens.size() ? number_of(tokens[at].folded, most) : -1;
    // "ngày T tháng 4": digits that were not read, or not written legibly.
    const bool unread = number < 0 && at + 1 < tokens.size() && tokens[at].folded.size() <= 2 &&
                        (tokens[at + 1].folded == "thang" || tokens[at + 1].folded == "nam");
    if (number >= 0 || unread) ++at;
    dots();
    return number;
  };
  const int day = take(2);
  const bool words = at < tokens.size() && tokens[at].folded == "thang";
  const bool signs = !words && day >= 0 && at < tokens.size() && (tokens[at].folded == "/" || tokens[at].folded == "-");
  if (!words && !signs) return std::nullopt;
  const std::string mark = tokens[at++].folded;
  const int month = take(2);
  if (at >= tokens.size() || tokens[at].folded != (words ? "nam" : mark)) return std::nullopt;
  ++at;
  const int year = take(4);
  ReadDate read{{}, at};
  if (day > 0 && month > 0 && year >= 1000) {
    const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    std::string iso = std::to_string(year) + "-" + two(month) + "-" + two(day);
    if (parse_date(iso)) read.iso = std::move(iso);
  }
  return read;
}

}  // namespace

std::string read_date_words(std::string_view text) {
  const std::vector<Token> tokens = tokens_of(plain_line(cut(text, 400)));
  for (std::size_t i = 0; i < tokens.size() && i < 40; ++i)
    if (const auto read = date_from(tokens, i); read && !read->iso.empty()) return read->iso;
  return {};
}

std::optional<PlaceDate> read_place_date(std::string_view line) {
  const std::string plain = plain_line(line);
  if (length(plain) > 90) return std::nullopt;
  const std::vector<Token> tokens = tokens_of(plain);
  std::size_t day = tokens.size();
  for (std::size_t i = 0; i < tokens.size(); ++i)
    if (tokens[i].folded == "ngay") day = i;
  if (day == tokens.size()) return std::nullopt;
  const auto read = date_from(tokens, day + 1);
  if (!read) return std::nullopt;
  for (std::size_t i = read->end; i < tokens.size(); ++i)
    if (u_isalnum(static_cast<unsigned char>(tokens[i].folded[0])) || tokens[i].folded.size() > 1)
      return std::nullopt;  // a sentence goes on behind the date
  PlaceDate result;
  result.date = read->iso;
  // Everything in front, which must look like a name.
  std::string place = plain.substr(0, tokens[day].at);
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
