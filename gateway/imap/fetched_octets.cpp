// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/fetched_octets.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/base/text.hpp"
#include "gateway/imap/command.hpp"

namespace vanthu::imap {

std::optional<std::vector<std::uint32_t>> numbers_of(std::string_view set, std::size_t most) {
  std::vector<std::uint32_t> numbers;
  while (!set.empty()) {
    std::uint32_t first = 0;
    auto read = std::from_chars(set.data(), set.data() + set.size(), first);
    if (read.ec != std::errc{} || first == 0) return std::nullopt;
    set.remove_prefix(static_cast<std::size_t>(read.ptr - set.data()));
    std::uint32_t last = first;
    if (set.starts_with(':')) {
      set.remove_prefix(1);
      read = std::from_chars(set.data(), set.data() + set.size(), last);
      if (read.ec != std::errc{} || last == 0) return std::nullopt;
      set.remove_prefix(static_cast<std::size_t>(read.ptr - set.data()));
    }
    if (last < first) std::swap(first, last);
    if (last - first >= most || numbers.size() + (last - first) + 1 > most) return std::nullopt;
    for (std::uint64_t number = first; number <= last; ++number) numbers.push_back(static_cast<std::uint32_t>(number));
    if (set.empty()) break;
    if (!set.starts_with(',') || set.size() == 1) return std::nullopt;
    set.remove_prefix(1);
  }
  return numbers;
}

std::optional<std::string> fetched_octets(std::string_view line) {
  constexpr std::string_view item = "BODY[]";
  const std::string_view head = line.substr(0, line.find("\r\n"));
  const auto found = std::search(head.begin(), head.end(), item.begin(), item.end(), [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
  });
  if (found == head.end()) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(found - head.begin()) + item.size());
  if (line.starts_with('<')) line.remove_prefix(std::min(line.find('>'), line.size() - 1) + 1);
  if (!take_space(line)) return std::nullopt;
  if (line.size() > 3 && text::ascii_iequals(line.substr(0, 3), "NIL")) return std::string();
  if (!line.starts_with('"') && !line.starts_with('{')) return std::nullopt;
  return take_astring(line);
}

}  // namespace vanthu::imap
