// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The words of one record in their order: what phrases and places are looked for in. Xapian's own positions cost some
/// sixteen octets and most of the time for a word that stands in a text once; these cost three. A sequence of n words
/// and marks is 3n octets: the lowest octets of all, then the middle ones, then the highest, so that words in a row are
/// looked for in many places at once.
namespace vanthu::search {

/// A word's number in a sequence, 24 bits: the same for ever, since it stands in files. Two words of a language in ten
/// thousand may share one, so a phrase is looked for only where its words stand.
std::uint32_t word_number(std::string_view marked) noexcept;

/// What the words after a mark are of.
enum class Area : std::uint8_t { text = 1, subject = 2, name = 3 };

/// Whether this can be a sequence: each begins with a mark.
bool begins_with_mark(std::string_view octets) noexcept;

/// Made from its beginning to its end.
class SequenceWriter {
 public:
  /// No phrase reaches over it.
  void begin(Area area) { numbers_.push_back(static_cast<std::uint32_t>(area)); }
  void word(std::uint32_t number) { numbers_.push_back(number); }
  /// Marks and words so far.
  std::size_t size() const noexcept { return numbers_.size(); }
  std::string octets() const;

 private:
  std::vector<std::uint32_t> numbers_;
};

/// Some words, any of which may stand in one place.
class Choice {
 public:
  explicit Choice(const std::vector<std::string>& marked);
  bool has(std::uint32_t number) const noexcept;
  /// By its lowest octet.
  bool may_be(char lowest) const noexcept { return lowest_[static_cast<unsigned char>(lowest)]; }
  /// All of those.
  const std::vector<char>& lowest() const noexcept { return octets_; }
  std::size_t size() const noexcept { return numbers_.size(); }
  /// The first place from `from` on in which one of them may stand, by its lowest octet; size: none.
  std::size_t next(std::string_view lowest, std::size_t from) const noexcept;

 private:
  std::array<bool, 256> lowest_{};      // octets
  std::vector<char> octets_;            // those for which it is true
  std::vector<std::uint32_t> numbers_;  // rising, at least one
};

/// Words in a row.
struct Phrase {
  std::vector<Choice> words;
  bool anywhere = true;  ///< else in one area alone
  Area area = Area::text;
  bool stands_in(std::string_view sequence) const noexcept;
};

/// Where a word stands: indexes into the sequence, marks counted, rising.
std::vector<std::size_t> places_in(std::string_view sequence, const Choice& word);

}  // namespace vanthu::search
