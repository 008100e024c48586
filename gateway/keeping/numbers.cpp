// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/numbers.hpp"

#include <algorithm>
#include <charconv>

namespace vanthu::keeping {
namespace {

/// A number at the beginning, which is taken off. 0: none.
std::uint64_t take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return 0;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return number;
}
}  // namespace

Numbers sorted(Numbers numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

std::string to_ranges(const Numbers& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    if (!text.empty()) text += ',';
    text += std::to_string(numbers[i]);
    if (end > i + 1) text += '-' + std::to_string(numbers[end - 1]);
    i = end;
  }
  return text;
}

Result<Numbers> parse_ranges(std::string_view text, std::size_t most) {
  const Error wrong = fail(status::bad_arguments, "không phải số bản ghi: '" + std::string(text.substr(0, 40)) +
                                                      "'; viết 12, 3-9 hoặc 1-5,8 (no list of record numbers)");
  Numbers numbers;
  while (true) {
    const std::uint64_t first = take_number(text);
    std::uint64_t last = first;
    if (text.starts_with('-')) {
      text.remove_prefix(1);
      last = take_number(text);
    }
    if (first == 0 || last < first) return wrong;
    if (last - first >= most - numbers.size())
      return fail(status::bad_arguments,
                  "quá " + std::to_string(most) + " số bản ghi một lần (more record numbers at once than that)");
    for (std::uint64_t number = first;; ++number) {
      numbers.push_back(number);
      if (number == last) break;
    }
    if (text.empty()) return sorted(std::move(numbers));
    if (!text.starts_with(',')) return wrong;
    text.remove_prefix(1);
  }
}

}  // namespace vanthu::keeping
