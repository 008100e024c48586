// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/number_set.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/reading_room/limits.hpp"

namespace vanthu::reading_room {
namespace {

/// "*" is 0.
std::optional<std::uint32_t> take_number(std::string_view& rest) {
  if (rest.starts_with('*')) {
    rest.remove_prefix(1);
    return 0;
  }
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc{} || number == 0) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return number;
}
}  // namespace

std::optional<NumberSet> take_set(std::string_view& rest) {
  std::string_view r = rest;
  NumberSet set;
  if (r.starts_with('$')) {
    rest.remove_prefix(1);
    set.saved = true;
    return set;
  }
  for (;;) {
    const auto first = take_number(r);
    if (!first || set.ranges.size() >= limits::set_ranges) return std::nullopt;
    auto last = first;
    if (r.starts_with(':')) {
      r.remove_prefix(1);
      last = take_number(r);
      if (!last) return std::nullopt;
    }
    set.ranges.push_back({*first, *last});
    if (!r.starts_with(',')) break;
    r.remove_prefix(1);
  }
  rest = r;
  return set;
}

std::vector<NumberSet::Range> NumberSet::resolved(std::uint32_t largest) const {
  std::vector<Range> all;
  for (Range range : ranges) {
    if (range.first == 0) range.first = largest;
    if (range.last == 0) range.last = largest;
    if (range.first > range.last) std::swap(range.first, range.last);
    all.push_back(range);
  }
  std::sort(all.begin(), all.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  std::vector<Range> joined;
  for (const Range& range : all) {
    if (!joined.empty() && (range.first <= joined.back().last || range.first - 1 == joined.back().last))
      joined.back().last = std::max(joined.back().last, range.last);
    else
      joined.push_back(range);
  }
  return joined;
}

std::string set_text(const std::vector<std::uint32_t>& rising) {
  std::string text;
  for (std::size_t i = 0; i < rising.size();) {
    std::size_t j = i;
    while (j + 1 < rising.size() && rising[j + 1] == rising[j] + 1) ++j;
    if (!text.empty()) text += ',';
    text += std::to_string(rising[i]);
    if (j > i) text += ':' + std::to_string(rising[j]);
    i = j + 1;
  }
  return text;
}

std::string set_text(const std::vector<NumberSet::Range>& ranges) {
  std::string text;
  for (const NumberSet::Range& range : ranges) {
    if (!text.empty()) text += ',';
    text += std::to_string(range.first);
    if (range.last != range.first) text += ':' + std::to_string(range.last);
  }
  return text;
}

std::vector<NumberSet::Range> Gone::next(const std::vector<shelves::Placement>& messages, std::size_t most) {
  std::vector<NumberSet::Range> gone;
  for (; at_ < known_.size(); ++at_, from_ = 0) {
    const std::uint32_t end = std::min(known_[at_].last, last_);
    from_ = std::max({from_, known_[at_].first, 1U});
    auto there = std::lower_bound(messages.begin(), messages.end(), from_,
                                  [](const shelves::Placement& one, std::uint32_t uid) { return one.uid < uid; });
    for (; from_ <= end; ++from_) {
      if (there != messages.end() && there->uid == from_) {
        ++there;
        continue;
      }
      if (gone.size() >= most) return gone;
      const std::uint32_t before = there == messages.end() ? end : std::min(end, there->uid - 1);
      gone.push_back({from_, before});
      from_ = before;
    }
  }
  return gone;
}

bool holds(const std::vector<NumberSet::Range>& ranges, std::uint32_t number) {
  const auto above = std::upper_bound(ranges.begin(), ranges.end(), number,
                                      [](std::uint32_t n, const NumberSet::Range& range) { return n < range.first; });
  return above != ranges.begin() && std::prev(above)->last >= number;
}

}  // namespace vanthu::reading_room
