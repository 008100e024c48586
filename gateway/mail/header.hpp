// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

/// The fields of a header block, for what a transport needs of them (is it there, how often, one address). Nothing is
/// decoded: what a message means to a reader is the inspector's to say.
namespace vanthu::mail {

/// Whether a field's name is this one; RFC 5322 §4.5.8 lets blanks stand before the colon in old messages.
inline bool is_field(std::string_view name, std::string_view wanted) {
  while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);
  return text::ascii_iequals(name, wanted);
}

/// Calls each(name, value) for every field up to the empty line or limits::header_block_octets. `name` is as written,
/// `value` with its folds, without the last CRLF. A line that is no field ends the block (a body without an empty
/// line).
template <class Each>
void each_field(std::string_view octets, Each each) {
  octets = octets.substr(0, limits::header_block_octets);
  while (!octets.empty()) {
    std::size_t end = octets.find('\n');
    while (end != std::string_view::npos && end + 1 < octets.size() &&
           (octets[end + 1] == ' ' || octets[end + 1] == '\t'))
      end = octets.find('\n', end + 1);
    std::string_view field = octets.substr(0, end);
    octets.remove_prefix(end == std::string_view::npos ? octets.size() : end + 1);
    if (field.ends_with('\r')) field.remove_suffix(1);
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos || colon == 0 || field.substr(0, colon).find('\n') != std::string_view::npos)
      return;
    each(field.substr(0, colon), field.substr(colon + 1));
  }
}

}  // namespace vanthu::mail
