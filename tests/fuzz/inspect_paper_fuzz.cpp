// SPDX-License-Identifier: GPL-3.0-or-later
// The reader of official papers and of markings, on any text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "filters/inspect/paper/marking.hpp"
#include "filters/inspect/paper/paper.hpp"
#include "gateway/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  const std::string text = vanthu::text::nfc({reinterpret_cast<const char*>(data), size});
  const Lines lines = lines_of(text);
  (void)find_markings(lines);
  (void)secrecy_of_subject(text);
  if (const auto paper = read_paper(lines))
    if (!vanthu::text::is_utf8(paper->subject) || !vanthu::text::is_utf8(paper->symbol) || paper->confidence > 1)
      std::abort();
  return 0;
}
