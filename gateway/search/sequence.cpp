// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/sequence.hpp"

#include <algorithm>
#include <utility>

#include "gateway/search/marks.hpp"

namespace vanthu::search {
namespace {

/// FNV-1a, 64 bits, folded to 24.
std::uint32_t hash_of(std::string_view word) noexcept {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return static_cast<std::uint32_t>((hash ^ hash >> 24U ^ hash >> 48U) & 0xFFFFFFU);
}

/// The two words of a phrase that may have the fewest lowest octets: where both fit is rare, and a third one would cost
/// each place more than it spares.
std::pair<std::size_t, std::size_t> rarest(const std::vector<Choice>& words) noexcept {
  std::size_t first = 0, second = 0;
  for (std::size_t word = 1; word < words.size(); ++word) {
    const std::size_t octets = words[word].lowest().size();
    if (octets < words[first].lowest().size())
      second = std::exchange(first, word);
    else if (second == first || octets < words[second].lowest().size())
      second = word;
  }
  return {first, second};
}

/// In that place.
bool stands_at(const Phrase& phrase, const Sequence& sequence, std::size_t first) {
  const std::vector<Choice>& words = phrase.words;
  // By their lowest octets first, which lie side by side: most records that fit do so nowhere else.
  std::size_t same = 0;
  while (same < words.size() && words[same].lowest().has(sequence.lowest()[first + same])) ++same;
  if (same < words.size()) return false;
  same = 0;
  while (same < words.size() && words[same].has(sequence[first + same])) ++same;
  return same == words.size() && (phrase.anywhere || sequence.is_in(phrase.area, first));
}
}  // namespace

std::uint32_t word_number(std::string_view marked, std::string_view bare) noexcept {
  constexpr std::uint32_t others = 193;  // behind the marks that syllables have
  const std::uint32_t marks = marks_of(marked);
  const std::uint32_t upper = marks != 0 ? marks : others + (hash_of(marked) >> 16U) % (256 - others);
  return upper << 16U | (hash_of(bare) & 0xFFFFU);
}

std::uint32_t Sequence::operator[](std::size_t at) const {
  if (upper_.empty() && source_ != nullptr) upper_ = source_->upper(first_, size(), extent_ == Extent::whole);
  const auto octet = [](char one) -> std::uint32_t { return static_cast<unsigned char>(one); };
  return octet(lowest_[at]) | octet(upper_[2 * at]) << 8U | octet(upper_[2 * at + 1]) << 16U;
}

bool Sequence::is_in(Area area, std::size_t at) const {
  while (at > 0) {
    if (is_word(static_cast<unsigned char>(lowest_[--at]))) continue;
    if (const std::uint32_t number = (*this)[at]; !is_word(number)) return number == static_cast<std::uint32_t>(area);
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

Choice::Choice(std::vector<std::uint32_t> numbers) : numbers_(std::move(numbers)) {
  std::sort(numbers_.begin(), numbers_.end());
  for (const std::uint32_t number : numbers_) lowest_.add(static_cast<char>(number));
}

bool Choice::has(std::uint32_t number) const noexcept {
  return std::binary_search(numbers_.begin(), numbers_.end(), number);
}

bool Phrase::stands_in(const Sequence& sequence) const {
  if (words.empty() || words.size() > sequence.size()) return false;
  const std::size_t places = sequence.size() - words.size() + 1;
  const auto [one, other] = rarest(words);
  const SetBehind first{words[one].lowest(), one}, second{words[other].lowest(), other};
  for (std::size_t at = 0; (at = first_place(sequence.lowest().data(), at, places, first, second)) < places; ++at)
    if (stands_at(*this, sequence, at)) return true;
  return false;
}

std::vector<std::size_t> places_in(const Sequence& sequence, const Choice& word) {
  std::vector<std::size_t> found;
  const SetBehind here{word.lowest(), 0};
  for (std::size_t at = 0;
       (at = first_place(sequence.lowest().data(), at, sequence.size(), here, here)) < sequence.size(); ++at)
    if (word.has(sequence[at])) found.push_back(at);
  return found;
}

}  // namespace vanthu::search
