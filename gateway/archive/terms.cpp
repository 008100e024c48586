// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/archive/terms.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::archive {
namespace {

/// One code point of valid UTF-8 (text::match_key and text::fold return nothing else) and how many octets it took.
struct CodePoint {
  char32_t value = 0;
  std::size_t octets = 1;
};

CodePoint code_point(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (octet(0) < 0x80) return {octet(0), 1};
  const std::size_t octets = octet(0) >= 0xF0 ? 4 : octet(0) >= 0xE0 ? 3 : 2;
  char32_t value = octet(0) & (0xFFU >> (octets + 1));
  for (std::size_t i = 1; i < octets && i < text.size(); ++i) value = value << 6 | (octet(i) & 0x3FU);
  return {value, std::min(octets, text.size())};
}

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

/// Letters and digits; beyond ASCII everything but the blocks of punctuation and symbols.
bool in_word(char32_t c) {
  if (c < 0x80) return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;  // Latin-1: ª µ º
  if (c == 0xD7 || c == 0xF7) return false;                  // × ÷
  if (c >= 0x2000 && c <= 0x2BFF) return false;              // punctuation, arrows, mathematics, shapes
  if (c >= 0x3000 && c <= 0x303F) return false;              // CJK punctuation
  return c != 0xFFFD && !(c >= 0xFE30 && c <= 0xFE6F) && !(c >= 0xFF00 && c <= 0xFF0F);
}

bool is_separator(char32_t c) {
  return c == '-' || c == '/' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x2044 || c == 0x2215 ||
         c == 0xFE58 || c == 0xFE63 || c == 0xFF0D || c == 0xFF0F;
}

/// "Số 07-TB/TU", "Số: 07-TB/TU", as papers print it, without its first word.
std::string_view without_so(std::string_view folded) {
  const std::size_t begin = folded.find_first_not_of(" \t");
  if (begin == std::string_view::npos || !folded.substr(begin).starts_with("so")) return folded;
  const std::size_t number = folded.find_first_not_of(" \t:.", begin + 2);
  const bool printed = number != std::string_view::npos && number > begin + 2 && is_digit(folded[number]);
  return printed ? folded.substr(number) : folded;
}

void cut(std::string& term) {
  if (term.size() <= limits::search_term_octets) return;
  std::size_t end = limits::search_term_octets;
  while (end > 0 && (static_cast<unsigned char>(term[end]) & 0xC0U) == 0x80U) --end;
  term.resize(end);
}

void add_key(std::vector<std::string>& keys, std::string key) {
  if (!key.empty() && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
}
}  // namespace

std::vector<WordSpan> word_spans(std::string_view nfc) {
  std::vector<WordSpan> spans;
  bool inside = false;
  for (std::size_t at = 0; at < nfc.size();) {
    const CodePoint c = code_point(nfc.substr(at));
    const bool letter = in_word(c.value);
    if (letter && !inside) spans.push_back({at, at});
    inside = letter;
    at += c.octets;
    if (inside) spans.back().end = at;
  }
  return spans;
}

std::vector<std::string> words_of(std::string_view utf8) {
  const std::string key = text::match_key(utf8);
  std::vector<std::string> words;
  for (const WordSpan span : word_spans(key)) {
    std::string word = key.substr(span.begin, span.end - span.begin);
    cut(word);
    add_key(words, std::move(word));
  }
  return words;
}

std::string symbol_key(std::string_view utf8) {
  const std::string folded = text::fold(utf8);
  std::string bare;  // without spaces, dashes and slashes as '-'
  for (std::string_view rest = without_so(folded); !rest.empty();) {
    const CodePoint c = code_point(rest);
    if (is_separator(c.value))
      bare += '-';
    else if (in_word(c.value))
      bare += rest.substr(0, c.octets);
    rest.remove_prefix(c.octets);
  }
  std::string key;
  for (std::size_t i = 0; i < bare.size(); ++i) {
    const bool begins = key.empty() || key.back() == '-';
    if (bare[i] == '-' && begins) continue;
    if (bare[i] == '0' && begins && i + 1 < bare.size() && is_digit(static_cast<unsigned char>(bare[i + 1]))) continue;
    key += bare[i];
  }
  cut(key);
  while (key.ends_with('-')) key.pop_back();
  return key;
}

std::vector<std::string> symbol_keys(std::string_view number, std::string_view symbol) {
  std::vector<std::string> keys;
  const std::string n = symbol_key(number);
  const std::string s = symbol_key(symbol);
  if (!n.empty() && !s.empty()) {
    add_key(keys, symbol_key(n + '-' + s));
    add_key(keys, symbol_key(n + '-' + s.substr(0, s.find('-'))));
  }
  add_key(keys, n);
  add_key(keys, s);
  for (std::size_t from = 0; from < s.size();) {
    const std::size_t end = std::min(s.find('-', from), s.size());
    add_key(keys, s.substr(from, end - from));
    from = end + 1;
  }
  return keys;
}

std::string printed_symbol(std::string_view form, std::string_view number, std::string_view symbol) {
  std::string printed(number);
  if (!number.empty() && !symbol.empty()) printed += form == "state" ? '/' : '-';
  return printed += symbol;
}

bool looks_like_symbol(std::string_view word) {
  const std::string key = symbol_key(word);
  const std::size_t dash = key.find('-');
  if (dash == std::string::npos || word.find_first_of(" \t") != std::string_view::npos) return false;
  const bool slash = word.find('/') != std::string_view::npos;
  const bool letters = std::any_of(key.begin(), key.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  // "25/8/2016" is a day, "COVID-19" a word: a symbol has letters, and a slash or a number in front.
  return letters && (slash || is_digit(static_cast<unsigned char>(key.front())));
}

}  // namespace vanthu::archive
