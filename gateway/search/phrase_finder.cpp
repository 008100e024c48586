// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/phrase_finder.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace vanthu::search {
namespace {

/// What words are to the filters, each once.
std::vector<std::uint32_t> keys_of(const Choice& words) {
  std::vector<std::uint32_t> keys;
  for (const std::uint32_t number : words.numbers()) keys.push_back(pairs::key_of(number));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace

PhraseFinder::PhraseFinder(Phrase phrase, std::shared_ptr<const SequenceReader> sequences)
    : phrase_(std::move(phrase)), sequences_(std::move(sequences)) {
  // What stands farther behind is not in the filter of the column that the phrase begins in.
  const std::size_t words = std::min<std::size_t>(phrase_.words.size(), pairs::words_behind + 1);
  for (std::size_t i = 1; i < words; ++i) {
    std::vector<std::array<std::uint16_t, 4>> ways;
    for (const std::uint32_t first : keys_of(phrase_.words[i - 1]))
      for (const std::uint32_t second : keys_of(phrase_.words[i])) ways.push_back(pairs::rows_of(first, second));
    // A word has one key however it is marked; so many ways are of something else, and would cost more than they spare.
    if (ways.size() <= limits::pair_ways) pairs_.push_back(std::move(ways));
  }
}

PhraseFinder::Columns PhraseFinder::columns_of(std::uint64_t block) const {
  Columns may;
  may.fill(0xFF);
  for (const auto& ways : pairs_) {
    Columns here{};
    for (const auto& rows : ways) {
      Columns way = may;
      for (const std::uint16_t row : rows) {
        const std::string_view bits = sequences_->pairs(block, row);
        for (std::size_t i = 0; i < way.size(); ++i) way[i] &= static_cast<unsigned char>(bits[i]);
      }
      for (std::size_t i = 0; i < way.size(); ++i) here[i] |= way[i];
    }
    may = here;
    if (may == Columns{}) break;
  }
  return may;
}

bool PhraseFinder::may_stand(const std::string& place) {
  const SequencePlace where = parse_place(place);
  if (where.words < phrase_.words.size()) return false;
  if (pairs_.empty()) return true;
  const std::uint64_t last = (where.first + where.words - 1) / pairs::column_words;
  for (std::uint64_t column = where.first / pairs::column_words; column <= last; ++column) {
    const std::uint64_t block = column / pairs::columns, here = column % pairs::columns;
    if (block >= sequences_->blocks()) return true;
    if (!looked_ || block != block_) {
      may_ = columns_of(block);
      block_ = block;
      looked_ = true;
    }
    if ((may_[here / 8] >> (here % 8) & 1U) != 0) return true;
  }
  return false;
}

bool PhraseFinder::stands(const std::string& place) {
  return may_stand(place) && phrase_.stands_in(sequences_->sequence(place));
}

}  // namespace vanthu::search
