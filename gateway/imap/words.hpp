// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <algorithm>
#include <string_view>

#include "gateway/base/text.hpp"

namespace vanthu::imap {

/// Of "A B  C" each word.
template <class Each>
void for_each_word(std::string_view words, Each each) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (end > 0) each(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

/// Whether a word stands among others, whatever its case.
inline bool has_word(std::string_view words, std::string_view word) {
  bool found = false;
  for_each_word(words, [&](std::string_view one) { found = found || text::ascii_iequals(one, word); });
  return found;
}

}  // namespace vanthu::imap
