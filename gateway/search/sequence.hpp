// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/search/octet_set.hpp"

/// The words of one record in their order: what phrases and places are looked for in. Xapian's own positions cost some
/// sixteen octets and most of the time for a word that stands in a text once; these cost three. The lowest octets of
/// all words and marks lie side by side, so that words in a row are looked for in many places at once, and apart from
/// the upper two, which are read only where those fit.
namespace vanthu::search {

/// A word's number in a sequence, 24 bits: the same for ever, since it stands in files. The lower 16 are the same
/// whatever marks the word has: whoever asks without them looks for one and not for ten. Two of some thousand syllables
/// may share a number, so a phrase is looked for only where its words stand.
std::uint32_t word_number(std::string_view marked, std::string_view bare) noexcept;
/// Else a mark, or what was wiped.
constexpr bool is_word(std::uint32_t number) noexcept { return number >= 16; }

/// What the words after a mark are of.
enum class Area : std::uint8_t { text = 1, subject = 2, name = 3 };

/// A sequence as it is kept.
struct SequenceOctets {
  std::string lowest;  ///< one a word or mark
  std::string upper;   ///< two each, the middle one first
};

/// Where the upper octets of sequences are had from.
class UpperOctets {
 public:
  virtual ~UpperOctets() = default;
  /// @param first  of all words of all sequences
  /// @param with_mark  the first of them is the mark that each sequence begins with
  /// @return valid until the next call
  virtual std::string_view upper(std::uint64_t first, std::size_t words, bool with_mark) const = 0;
};

/// One that is looked through, or a part of it.
class Sequence {
 public:
  enum class Extent : std::uint8_t { whole, part };
  Sequence() = default;  ///< of a record without words
  /// @param source  asked at most once, when the lowest octets do not decide
  Sequence(std::string_view lowest, const UpperOctets& source, std::uint64_t first, Extent extent = Extent::whole)
      : lowest_(lowest), source_(&source), first_(first), extent_(extent) {}
  explicit Sequence(const SequenceOctets& octets) : lowest_(octets.lowest), upper_(octets.upper) {}

  std::size_t size() const noexcept { return lowest_.size(); }
  std::string_view lowest() const noexcept { return lowest_; }
  std::uint32_t operator[](std::size_t at) const;
  /// What the words before `at` are of; of a whole one.
  bool is_in(Area area, std::size_t at) const;
  /// Each begins with a mark. By the lowest octets alone.
  bool may_be_one() const noexcept;

 private:
  std::string_view lowest_;
  mutable std::string_view upper_;
  const UpperOctets* source_ = nullptr;
  std::uint64_t first_ = 0;
  Extent extent_ = Extent::whole;
};

/// Made from its beginning to its end.
class SequenceWriter {
 public:
  /// No phrase reaches over it.
  void begin(Area area) { numbers_.push_back(static_cast<std::uint32_t>(area)); }
  void word(std::uint32_t number) { numbers_.push_back(number); }
  /// Marks and words so far.
  std::size_t size() const noexcept { return numbers_.size(); }
  SequenceOctets octets() const;

 private:
  std::vector<std::uint32_t> numbers_;
};

/// Some words, any of which may stand in one place.
class Choice {
 public:
  explicit Choice(std::vector<std::uint32_t> numbers);
  bool has(std::uint32_t number) const noexcept;
  /// The lowest octets that they have.
  const OctetSet& lowest() const noexcept { return lowest_; }
  const std::vector<std::uint32_t>& numbers() const noexcept { return numbers_; }

 private:
  OctetSet lowest_;
  std::vector<std::uint32_t> numbers_;  // rising, at least one
};

/// Words in a row.
struct Phrase {
  std::vector<Choice> words;
  bool anywhere = true;  ///< else in one area alone
  Area area = Area::text;
  bool stands_in(const Sequence& sequence) const;
};

/// Where a word stands: indexes into the sequence, marks counted, rising.
std::vector<std::size_t> places_in(const Sequence& sequence, const Choice& word);

}  // namespace vanthu::search
