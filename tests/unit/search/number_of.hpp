// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>
#include <vector>

#include "gateway/search/sequence.hpp"
#include "gateway/search/words.hpp"

namespace vanthu::search {

/// As a word stands in a sequence.
inline std::uint32_t number_of(std::string_view word) { return Speller().of(word).number; }
/// Any of some words in one place.
inline Choice any_of_words(const std::vector<std::string>& words) {
  std::vector<std::uint32_t> numbers;
  for (const std::string& word : words) numbers.push_back(number_of(word));
  return Choice(std::move(numbers));
}

}  // namespace vanthu::search
