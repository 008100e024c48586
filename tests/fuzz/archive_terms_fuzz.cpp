// SPDX-License-Identifier: GPL-3.0-or-later
// Subjects and symbols as strangers write them, on their way to becoming keys.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/archive/terms.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string& word : archive::words_of(text))
    if (word.empty() || word.size() > limits::search_term_octets || !text::is_utf8(word)) std::abort();
  const std::string key = archive::symbol_key(text);
  if (key.size() > limits::search_term_octets || !text::is_utf8(key)) std::abort();
  if (archive::symbol_key(key) != key) std::abort();
  for (const std::string& part : archive::symbol_keys(text.substr(0, size / 2), text.substr(size / 2)))
    if (part.empty() || part.size() > limits::search_term_octets) std::abort();
  [[maybe_unused]] const bool symbol = archive::looks_like_symbol(text);
  return 0;
}
