// SPDX-License-Identifier: GPL-3.0-or-later
// What BDAT brings, cut anywhere: the verdict on its lines is that of a plain look at the whole.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/base/limits.hpp"
#include "gateway/smtp/data.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using vanthu::smtp::ChunkLines;
  if (size == 0) return 0;
  const std::size_t pieces = data[0] % 61U + 1;
  const std::string_view octets(reinterpret_cast<const char*>(data) + 1, size - 1);
  ChunkLines cut;
  for (std::string_view rest = octets; !rest.empty(); rest.remove_prefix(std::min(pieces, rest.size())))
    cut.take(rest.substr(0, pieces));
  ChunkLines whole;
  if (cut.take("") != whole.take(octets) || cut.complete() != whole.complete()) std::abort();
  bool bare = false;
  for (std::size_t i = 0; i < octets.size(); ++i)
    bare = bare || (octets[i] == '\n' && (i == 0 || octets[i - 1] != '\r')) ||
           (octets[i] == '\r' && i + 1 < octets.size() && octets[i + 1] != '\n');
  if (whole.take("") == ChunkLines::Fault::none && bare) std::abort();
  if (whole.take("") == ChunkLines::Fault::bare && !bare) std::abort();
  if (whole.complete() && !octets.empty() && !octets.ends_with("\r\n")) std::abort();
  return 0;
}
