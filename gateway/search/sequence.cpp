// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/sequence.hpp"

#include <algorithm>
#include <cstring>

namespace vanthu::search {
namespace {

constexpr std::uint32_t first_word = 16;  // below: marks
constexpr std::size_t few_octets = 4;     // of one word: so many comparisons with a block are still quick
constexpr std::size_t block = 32;         // places looked at together
using Wide = unsigned char __attribute__((vector_size(block)));

/// The first place from `from` on in which words in a row may stand, by those that have few lowest octets; `places`:
/// none.
/// @param places  at least a block
[[gnu::always_inline]] inline std::size_t first_place(const char* lowest, std::size_t from, std::size_t places,
                                                      const std::vector<Choice>& words) {
  while (from < places) {
    const std::size_t begin = std::min(from, places - block);  // the last block begins within the one before
    Wide may = Wide{} == Wide{};                               // all bits
    bool none = false;
    for (std::size_t word = 0; word < words.size() && !none; ++word) {
      const std::vector<char>& octets = words[word].lowest();
      if (octets.size() > few_octets) continue;
      Wide here;
      std::memcpy(&here, lowest + begin + word, block);
      Wide has{};
      for (const char octet : octets) has |= here == Wide{} + static_cast<unsigned char>(octet);
      may &= has;
      std::array<std::uint64_t, block / sizeof(std::uint64_t)> parts;
      std::memcpy(parts.data(), &may, block);
      none = (parts[0] | parts[1] | parts[2] | parts[3]) == 0;
    }
    for (std::size_t i = from - begin; i < block && !none; ++i)
      if (may[i] != 0) return begin + i;
    from = begin + block;
  }
  return places;
}
#if defined(__x86_64__)
[[gnu::target("avx2")]] std::size_t first_place_by_avx2(const char* lowest, std::size_t from, std::size_t places,
                                                        const std::vector<Choice>& words) {
  return first_place(lowest, from, places, words);
}
#endif
std::size_t next_place(const char* lowest, std::size_t from, std::size_t places, const std::vector<Choice>& words) {
#if defined(__x86_64__)
  static const bool wide = __builtin_cpu_supports("avx2") != 0;
  if (wide) return first_place_by_avx2(lowest, from, places, words);
#endif
  return first_place(lowest, from, places, words);
}

/// In that place.
bool stands_at(const Phrase& phrase, const Sequence& sequence, std::size_t first) {
  const std::vector<Choice>& words = phrase.words;
  // By their lowest octets first, which lie side by side: most records that fit do so nowhere else.
  std::size_t same = 0;
  while (same < words.size() && words[same].may_be(sequence.lowest()[first + same])) ++same;
  if (same < words.size()) return false;
  same = 0;
  while (same < words.size() && words[same].has(sequence[first + same])) ++same;
  return same == words.size() && (phrase.anywhere || sequence.is_in(phrase.area, first));
}
}  // namespace

std::uint32_t word_number(std::string_view marked) noexcept {
  // FNV-1a, 64 bits, folded.
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : marked) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  const auto folded = static_cast<std::uint32_t>((hash ^ hash >> 24U ^ hash >> 48U) & 0xFFFFFFU);
  return folded < first_word ? folded + first_word : folded;
}

std::uint32_t Sequence::operator[](std::size_t at) const {
  if (upper_.empty() && source_ != nullptr) upper_ = source_->upper(first_, size());
  const auto octet = [](char one) -> std::uint32_t { return static_cast<unsigned char>(one); };
  return octet(lowest_[at]) | octet(upper_[2 * at]) << 8U | octet(upper_[2 * at + 1]) << 16U;
}

bool Sequence::is_in(Area area, std::size_t at) const {
  while (at > 0) {
    if (static_cast<unsigned char>(lowest_[--at]) >= first_word) continue;
    if (const std::uint32_t number = (*this)[at]; number < first_word)
      return number == static_cast<std::uint32_t>(area);
  }
  return false;
}

bool Sequence::may_be_one() const noexcept {
  if (lowest_.empty()) return false;
  const auto first = static_cast<unsigned char>(lowest_.front());
  return first >= static_cast<unsigned char>(Area::text) && first <= static_cast<unsigned char>(Area::name);
}

SequenceOctets SequenceWriter::octets() const {
  SequenceOctets octets;
  octets.lowest.reserve(numbers_.size());
  octets.upper.reserve(2 * numbers_.size());
  for (const std::uint32_t number : numbers_) {
    octets.lowest += static_cast<char>(number);
    octets.upper += static_cast<char>(number >> 8U);
    octets.upper += static_cast<char>(number >> 16U);
  }
  return octets;
}

Choice::Choice(const std::vector<std::string>& marked) {
  for (const std::string& word : marked) {
    numbers_.push_back(word_number(word));
    lowest_[numbers_.back() & 0xFFU] = true;
  }
  std::sort(numbers_.begin(), numbers_.end());
  for (unsigned octet = 0; octet < lowest_.size(); ++octet)
    if (lowest_[octet]) octets_.push_back(static_cast<char>(octet));
}

bool Choice::has(std::uint32_t number) const noexcept {
  return std::binary_search(numbers_.begin(), numbers_.end(), number);
}

std::size_t Choice::next(std::string_view lowest, std::size_t from) const noexcept {
  if (from >= lowest.size()) return lowest.size();
  if (numbers_.size() == 1) {
    const void* at = std::memchr(lowest.data() + from, static_cast<int>(numbers_[0] & 0xFFU), lowest.size() - from);
    return at == nullptr ? lowest.size() : static_cast<std::size_t>(static_cast<const char*>(at) - lowest.data());
  }
  while (from < lowest.size() && !lowest_[static_cast<unsigned char>(lowest[from])]) ++from;
  return from;
}

bool Phrase::stands_in(const Sequence& sequence) const {
  if (words.empty() || words.size() > sequence.size()) return false;
  const std::size_t places = sequence.size() - words.size() + 1;
  for (std::size_t at = 0; at < places; ++at) {
    if (places >= block) at = next_place(sequence.lowest().data(), at, places, words);
    if (at < places && stands_at(*this, sequence, at)) return true;
  }
  return false;
}

std::vector<std::size_t> places_in(const Sequence& sequence, const Choice& word) {
  std::vector<std::size_t> found;
  for (std::size_t at = 0; (at = word.next(sequence.lowest(), at)) < sequence.size(); ++at)
    if (word.has(sequence[at])) found.push_back(at);
  return found;
}

}  // namespace vanthu::search
