// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstddef>

namespace vanthu::search {

/// Some of the 256 octets, kept so that many places are looked at together: a row for each lower half of an octet, one
/// table for each half of the upper ones, in a row a bit for each of these eight.
class OctetSet {
 public:
  void add(char octet) noexcept {
    if (has(octet)) return;
    ++size_;
    unsigned char& row = tables_[of(octet) >> 7U][of(octet) & 15U];
    row = static_cast<unsigned char>(row | bit(octet));
  }
  bool has(char octet) const noexcept { return (tables_[of(octet) >> 7U][of(octet) & 15U] & bit(octet)) != 0; }
  std::size_t size() const noexcept { return size_; }
  const std::array<unsigned char, 16>& table(bool upper) const noexcept { return tables_[upper ? 1 : 0]; }

 private:
  static unsigned of(char octet) noexcept { return static_cast<unsigned char>(octet); }
  static unsigned bit(char octet) noexcept { return 1U << (of(octet) >> 4U & 7U); }
  std::array<std::array<unsigned char, 16>, 2> tables_{};
  std::size_t size_ = 0;
};

/// What must stand so far behind a place.
struct SetBehind {
  const OctetSet& set;
  std::size_t offset;
};
/// The first place from `from` on behind which both stand; `places`: none.
/// @param octets  `places` and the greater offset of them
std::size_t first_place(const char* octets, std::size_t from, std::size_t places, const SetBehind& one,
                        const SetBehind& other) noexcept;

}  // namespace vanthu::search
