// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/names.hpp"

#include <string>
#include <vector>

#include "directory/skeleton.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::addressing {
namespace {

/// What is neither ASCII nor a space counts as a letter: both names are plainly spelled here.
bool in_word(char c) {
  return static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

std::vector<std::string> words_of(const std::string& key) {
  std::vector<std::string> words;
  bool open = false;
  for (const char c : key) {
    if (in_word(c)) {
      if (!open) words.emplace_back();
      words.back() += c;
    }
    open = in_word(c);
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += word;
  return all;
}

bool bare(const std::string& word) { return text::is_ascii(word); }
}  // namespace

bool taken_for(std::string_view shown, std::string_view entry) {
  const std::vector<std::string> mine = words_of(text::match_key(shown));
  const std::vector<std::string> theirs = words_of(text::match_key(entry));
  const std::string all_mine = joined(mine);
  if (all_mine == joined(theirs)) return true;
  if (!directory::plainly_spelled(shown)) return true;
  if (joined(words_of(text::fold(shown))) != joined(words_of(text::fold(entry)))) return true;  // l for I, rn for m
  if (bare(all_mine)) return true;
  if (mine.size() != theirs.size()) return false;
  std::size_t kept = 0, stripped = 0;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    if (mine[i] == theirs[i]) {
      if (!bare(mine[i])) ++kept;
    } else if (bare(mine[i])) {
      ++stripped;
    } else {
      return false;
    }
  }
  return stripped > kept;
}

}  // namespace vanthu::addressing
