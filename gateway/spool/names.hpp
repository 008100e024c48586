// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vanthu::spool {

/// Texts that many entries share (domains, replies), kept once and counted: a number for each.
class Names {
 public:
  /// One more user of that text.
  std::uint32_t add(std::string_view text);
  /// One user less; the last takes the text with it.
  void drop(std::uint32_t name);
  const std::string& text(std::uint32_t name) const { return entries_[name].text; }
  bool has(std::string_view text) const { return index_.contains(text); }
  std::size_t size() const { return index_.size(); }

 private:
  struct Entry {
    std::string text;
    std::uint32_t users = 0;
  };
  std::deque<Entry> entries_;  // an entry never moves: the index looks into it
  std::vector<std::uint32_t> free_;
  std::unordered_map<std::string_view, std::uint32_t> index_;
};

}  // namespace vanthu::spool
