// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/fetched_octets.hpp"

#include <algorithm>

#include "gateway/base/text.hpp"
#include "gateway/imap/command.hpp"

namespace vanthu::imap {

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
