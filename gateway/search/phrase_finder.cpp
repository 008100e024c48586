// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/phrase_finder.hpp"

#include <algorithm>
#include <bit>
#include <string_view>
#include <utility>

namespace vanthu::search {
namespace {

/// What words are to the filters whatever marks they have, each once.
std::vector<std::uint32_t> bare_keys(const std::vector<std::uint32_t>& numbers) {
  std::vector<std::uint32_t> keys;
  for (const std::uint32_t number : numbers) keys.push_back(pairs::bare_key(number));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace

PhraseFinder::PhraseFinder(Phrase phrase, std::shared_ptr<const SequenceReader> sequences)
    : phrase_(std::move(phrase)), sequences_(std::move(sequences)) {
  // What stands farther behind is not in the filter of the column that the phrase begins in.
  const std::size_t words = std::min<std::size_t>(phrase_.words.size(), pairs::words_behind + 1);
  const auto must_have = [&](const auto& firsts, const auto& seconds, auto rows_of) {
    if (firsts.size() * seconds.size() > limits::pair_ways) return;  // to read them costs more than it spares
    pairs_.emplace_back();
    for (const std::uint32_t first : firsts)
      for (const std::uint32_t second : seconds) {
        const auto rows = rows_of(first, second);
        pairs_.back().emplace_back(rows.begin(), rows.end());
      }
  };
  for (std::size_t i = 1; i < words; ++i) {
    const auto &first = phrase_.words[i - 1].numbers(), &second = phrase_.words[i].numbers();
    must_have(bare_keys(first), bare_keys(second), pairs::bare_rows_of);  // of the ways to mark a word one
    must_have(first, second, pairs::rows_of);
  }
}

PhraseFinder::Block PhraseFinder::block_of(std::uint64_t which) const {
  Block block;
  Columns& may = block.may;
  may.fill(0xFF);
  for (const auto& ways : pairs_) {
    Columns here{};
    for (const auto& rows : ways) {
      Columns way = may;
      for (const std::uint16_t row : rows) {
        const std::string_view bits = sequences_->pairs(which, row);
        for (std::size_t i = 0; i < way.size(); ++i) way[i] &= static_cast<unsigned char>(bits[i]);
      }
      for (std::size_t i = 0; i < way.size(); ++i) here[i] |= way[i];
    }
    may = here;
    if (may == Columns{}) break;
  }
  std::size_t columns = 0;
  for (const unsigned char octet : may) columns += static_cast<std::size_t>(std::popcount(octet));
  block.many = columns > pairs::columns / limits::many_columns;
  return block;
}

bool PhraseFinder::may_begin_in(std::uint64_t column) {
  if (pairs_.empty()) return true;
  const std::uint64_t which = column / pairs::columns, here = column % pairs::columns;
  if (which >= sequences_->blocks()) return true;
  if (block_ == nullptr || which != which_) {
    auto known = blocks_.find(which);
    if (known == blocks_.end()) known = blocks_.emplace(which, block_of(which)).first;
    block_ = &known->second;
    which_ = which;
  }
  return (block_->may[here / 8] >> (here % 8) & 1U) != 0;
}

bool PhraseFinder::may_stand(const SequencePlace& place) {
  const std::uint64_t last = (place.first + place.words - 1) / pairs::column_words;
  for (std::uint64_t column = place.first / pairs::column_words; column <= last; ++column)
    if (may_begin_in(column)) return true;
  return false;
}

bool PhraseFinder::stands(const SequencePlace& place, Look look) {
  if (place.words < phrase_.words.size()) return false;
  if (look == Look::pairs) return may_stand(place);
  // Whether it is in some area, a mark before it says.
  if (!phrase_.anywhere) return may_stand(place) && phrase_.stands_in(sequences_->sequence(place));
  const std::uint64_t end = place.first + place.words;
  for (std::uint64_t column = place.first / pairs::column_words; column * pairs::column_words < end; ++column) {
    if (!may_begin_in(column)) continue;
    const std::uint64_t from = std::max(place.first, column * pairs::column_words),
                        to = std::min(end, (column + 1) * pairs::column_words + phrase_.words.size() - 1);
    if (from == place.first && to == end) return phrase_.stands_in(sequences_->sequence(place));
    const bool ahead = look == Look::all && block_ != nullptr && block_->many;
    if (phrase_.stands_in(sequences_->part(from, to - from, ahead))) return true;
  }
  return false;
}

}  // namespace vanthu::search
