// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/line_words.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/text.hpp"

namespace vanthu::addressing {
namespace {

constexpr std::size_t any_case_from = 4;  ///< letters; shorter ones are too often words ("tu", "th")

/// Words that make nobody else of a name.
constexpr auto empty_words = std::to_array<std::string_view>(
    {"đồng chí", "việt nam", "toàn thể", "các", "những", "của", "quý", "ông", "bà", "cũ"});

/// U+00D0 and U+0189 stand for Đ in many files.
std::string with_vietnamese_d(std::string text) {
  for (const std::string_view wrong : {"\u00D0", "\u0189"})
    for (std::size_t at = text.find(wrong); at != std::string::npos; at = text.find(wrong, at))
      text.replace(at, wrong.size(), "Đ");
  return text;
}

/// Octets of punctuation or space that begin here, 0 for what belongs to a word.
std::size_t gap_at(std::string_view text) {
  const auto c = static_cast<unsigned char>(text[0]);
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? 0 : 1;
  for (const std::string_view mark : {"–", "—", "‑", "‐", "−", "“", "”", "‘", "’", "…", "·", "•", "«", "»", "\u00A0"})
    if (text.starts_with(mark)) return mark.size();
  return 0;
}

void add_words(std::string& words, std::string_view more) {
  if (more.empty()) return;
  if (!words.empty()) words += ' ';
  words += more;
}

std::string plain(std::string_view text) {
  std::string words, word;
  while (!text.empty()) {
    const std::size_t gap = gap_at(text);
    if (gap == 0) {
      word += text.front();
      text.remove_prefix(1);
      continue;
    }
    add_words(words, text::match_key(word));
    word.clear();
    text.remove_prefix(gap);
  }
  add_words(words, text::match_key(word));
  return words;
}

std::string without_empty_words(const std::string& words) {
  std::string padded = ' ' + words + ' ';
  for (const std::string_view word : empty_words) {
    const std::string wanted = ' ' + std::string(word) + ' ';
    for (std::size_t at = padded.find(wanted); at != std::string::npos; at = padded.find(wanted, at))
      padded.erase(at, wanted.size() - 1);
  }
  if (padded.size() <= 2) return words;  // nothing else is left: then they are the name
  return padded.substr(1, padded.size() - 2);
}
}  // namespace

Abbreviations::Abbreviations(const std::vector<std::pair<std::string, std::string>>& table) {
  for (const auto& [key, value] : table) {
    const std::string written = with_vietnamese_d(text::nfc(key));
    exact_.emplace(written, plain(value));
    std::string bare = text::fold(written);
    if (bare.size() >= any_case_from) any_case_.emplace(text::match_key(written), plain(value));
  }
}

const std::string* Abbreviations::expand(const std::string& token) const {
  if (const auto found = exact_.find(token); found != exact_.end()) return &found->second;
  if (const auto found = any_case_.find(text::match_key(token)); found != any_case_.end()) return &found->second;
  return nullptr;
}

LineWords line_words(std::string_view text, const Abbreviations& abbreviations) {
  const std::string whole = with_vietnamese_d(text::nfc(text));
  LineWords made;
  // Tokens between spaces first, so that "đ/c" and "T.Ư" are met as written; then what punctuation leaves of them.
  for (std::string_view rest = whole; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    std::string_view token = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (!token.empty() && std::string_view(",;:.()[]\"'").find(token.front()) != std::string_view::npos)
      token.remove_prefix(1);
    while (!token.empty() && std::string_view(",;:.()[]\"'").find(token.back()) != std::string_view::npos)
      token.remove_suffix(1);
    if (const std::string* long_form = abbreviations.expand(std::string(token))) {
      add_words(made.strict, *long_form);
      continue;
    }
    std::string word;
    const auto end_word = [&] {
      if (word.empty()) return;
      const std::string* long_form = abbreviations.expand(word);
      add_words(made.strict, long_form != nullptr ? *long_form : text::match_key(word));
      word.clear();
    };
    while (!token.empty()) {
      if (const std::size_t gap = gap_at(token); gap > 0) {
        end_word();
        token.remove_prefix(gap);
      } else {
        word += token.front();
        token.remove_prefix(1);
      }
    }
    end_word();
  }
  made.loose = without_empty_words(made.strict);
  made.bare = text::fold(made.loose);
  return made;
}

std::vector<std::string_view> split_words(std::string_view words) {
  std::vector<std::string_view> list;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (end > 0) list.push_back(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return list;
}

}  // namespace vanthu::addressing
