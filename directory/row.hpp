// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/clock.hpp"

namespace vanthu::directory {

/// The fields of a stored row, seen where they lie: valid as long as the row's octets are.
class Row {
 public:
  static constexpr std::size_t most = 16;  ///< columns of the widest table
  Row() = default;
  explicit Row(std::string_view stored) : whole_(stored), there_(true) {
    while (count_ < most) {
      const std::size_t tab = stored.find('\t');
      fields_[count_++] = stored.substr(0, tab);
      if (tab == std::string_view::npos) break;
      stored.remove_prefix(tab + 1);
    }
  }
  /// Missing fields at the end are empty.
  std::string_view operator[](std::size_t column) const {
    return column < count_ ? fields_[column] : std::string_view{};
  }
  std::string str(std::size_t column) const { return std::string((*this)[column]); }
  std::string_view whole() const { return whole_; }
  explicit operator bool() const { return there_; }  ///< whether there is a row at all

 private:
  std::array<std::string_view, most> fields_;
  std::size_t count_ = 0;
  std::string_view whole_;
  bool there_ = false;
};

/// A day as the store writes it: days compare as text, and no row's days need be parsed to answer a question.
class Day {
 public:
  explicit Day(Date date) : text_(iso(date)) {}
  std::string_view text() const { return text_; }
  Day before() const;  ///< the day before

 private:
  std::string text_;
};

/// Both days belong to it, an empty one is open.
inline bool covers(std::string_view from, std::string_view to, const Day& day) {
  return (from.empty() || from <= day.text()) && (to.empty() || day.text() <= to);
}

/// FNV-1a: stands for a long text inside a key; stored, so it never changes.
inline std::uint64_t stable_hash(std::string_view octets) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const unsigned char c : octets) hash = (hash ^ c) * 1099511628211ULL;
  return hash;
}

}  // namespace vanthu::directory
