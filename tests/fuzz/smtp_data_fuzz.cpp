// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever comes after DATA: the content given out has no bare CR or LF, and the reader always gets on or stops.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/smtp/data.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using vanthu::smtp::DataReader;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string content;
  while (true) {
    const auto piece = DataReader::next(input);
    if (piece.step != DataReader::Step::content) break;
    if (piece.taken == 0) std::abort();
    content += piece.octets;
    input.remove_prefix(piece.taken);
  }
  for (std::size_t i = 0; i < content.size(); ++i)
    if ((content[i] == '\n' && (i == 0 || content[i - 1] != '\r')) ||
        (content[i] == '\r' && (i + 1 == content.size() || content[i + 1] != '\n')))
      std::abort();
  return 0;
}
