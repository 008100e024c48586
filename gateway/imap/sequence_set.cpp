// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/sequence_set.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace vanthu::imap {
namespace {

/// "7" or "*", taken off. @return nothing: something else stands there
std::optional<std::uint32_t> take_number(std::string_view& set, std::uint32_t star) {
  if (star != 0 && set.starts_with('*')) {
    set.remove_prefix(1);
    return star;
  }
  std::uint32_t number = 0;
  const auto read = std::from_chars(set.data(), set.data() + set.size(), number);
  if (read.ec != std::errc{} || number == 0) return std::nullopt;
  set.remove_prefix(static_cast<std::size_t>(read.ptr - set.data()));
  return number;
}

struct Range {
  std::uint32_t first = 0, last = 0;
};
/// "7" or "9:7", taken off with the comma behind it.
/// @param star  what "*" is; 0: it may not stand there
std::optional<Range> take_range(std::string_view& set, std::uint32_t star) {
  const auto first = take_number(set, star);
  if (!first) return std::nullopt;
  auto last = first;
  if (set.starts_with(':')) {
    set.remove_prefix(1);
    last = take_number(set, star);
    if (!last) return std::nullopt;
  }
  if (!set.empty()) {
    if (!set.starts_with(',') || set.size() == 1) return std::nullopt;
    set.remove_prefix(1);
  }
  return Range{std::min(*first, *last), std::max(*first, *last)};
}
}  // namespace

std::optional<std::vector<std::uint32_t>> numbers_of(std::string_view set, std::size_t most) {
  std::vector<std::uint32_t> numbers;
  while (!set.empty()) {
    const auto range = take_range(set, 0);
    if (!range) return std::nullopt;
    const auto [first, last] = *range;
    if (last - first >= most || numbers.size() + (last - first) + 1 > most) return std::nullopt;
    for (std::uint64_t number = first; number <= last; ++number) numbers.push_back(static_cast<std::uint32_t>(number));
  }
  return numbers;
}

std::uint32_t greatest_of(std::string_view set) {
  std::uint32_t greatest = 0;
  while (!set.empty()) {
    const auto range = take_range(set, 0);
    if (!range) return 0;
    greatest = std::max(greatest, range->last);
  }
  return greatest;
}

std::optional<std::string> up_to(std::string_view set, std::uint32_t last) {
  std::string within;
  while (!set.empty()) {
    const bool has_last = set.substr(0, set.find(',')).find('*') != std::string_view::npos;
    const auto range = take_range(set, last);
    if (!range) return std::nullopt;
    auto [first, end] = *range;
    if (has_last) first = std::min(first, last);  // "9:*" has the last one, though there are but seven
    if (first > last) continue;
    end = std::min(end, last);
    within += (within.empty() ? "" : ",") + std::to_string(first) + (first == end ? "" : ':' + std::to_string(end));
  }
  return within.empty() ? std::nullopt : std::optional(within);
}

}  // namespace vanthu::imap
