// SPDX-License-Identifier: GPL-3.0-or-later
// Texts as an inspector that was taken over could answer them, and on their way to a snippet.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "filters/inspect/texts.hpp"
#include "gateway/base/text.hpp"
#include "gateway/search/document.hpp"
#include "gateway/search/snippet.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto texts = inspect::parse_texts(octets);
  if (texts) {
    if (inspect::to_answer(*texts) != octets) std::abort();
    for (const inspect::PartText& part : texts->parts)
      if (!text::is_utf8(part.path) || !text::is_utf8(part.text)) std::abort();
  }
  std::string whole;
  const search::Choice some({1});  // which words they are in the sequences, a snippet does not ask
  for (const search::Piece& piece :
       search::snippet_of(octets.substr(0, 20'000), {{"ban", {{"ban", "ban"}, some}}, {"bản", {{"bản", "ban"}, some}}}))
    whole += piece.text;
  if (!text::is_utf8(whole)) std::abort();
  (void)search::parse_data(octets);
  return 0;
}
