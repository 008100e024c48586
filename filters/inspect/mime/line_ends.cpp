// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/line_ends.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>

namespace vanthu::inspect {
namespace {

/// Whether every CR is followed by an LF and every LF preceded by a CR: true of nearly every message, so it is found
/// out sixteen octets at a time.
bool all_crlf(std::string_view octets) {
  unsigned after_cr = 0;  // 1: the octet before was a CR
  std::size_t at = 0;
#ifdef __SSE2__
  const __m128i cr = _mm_set1_epi8('\r');
  const __m128i lf = _mm_set1_epi8('\n');
  for (; at + 16 <= octets.size(); at += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(octets.data() + at));
    const auto crs = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, cr)));
    const auto lfs = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, lf)));
    if (((crs << 1 | after_cr) & 0xFFFFU) != lfs) return false;
    after_cr = crs >> 15;
  }
#endif
  for (; at < octets.size(); ++at) {
    if ((octets[at] == '\n') != (after_cr == 1)) return false;
    after_cr = octets[at] == '\r' ? 1 : 0;
  }
  return after_cr == 0;
}

}  // namespace

LineEnds line_ends(std::string_view octets) {
  if (all_crlf(octets)) return LineEnds::crlf;
  bool crlf = false;
  bool bare_cr = false;
  for (std::size_t at = 0; at < octets.size();) {
    const std::size_t end = std::min(octets.find('\n', at), octets.size());
    const std::string_view line = octets.substr(at, end - at);
    const std::size_t cr = line.find('\r');
    const bool cr_before_lf = cr != std::string_view::npos && cr + 1 == line.size() && end < octets.size();
    if (cr != std::string_view::npos && !cr_before_lf) bare_cr = true;
    if (end < octets.size() && !line.empty() && line.back() == '\r') crlf = true;
    at = end + 1;
  }
  return bare_cr || crlf ? LineEnds::mixed : LineEnds::lf;
}

std::string with_crlf(std::string_view octets) {
  std::string canonical;
  canonical.reserve(octets.size() + octets.size() / 32);
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (octets[i] != '\r' && octets[i] != '\n') {
      canonical += octets[i];
      continue;
    }
    canonical += "\r\n";
    if (octets[i] == '\r' && i + 1 < octets.size() && octets[i + 1] == '\n') ++i;
  }
  return canonical;
}

}  // namespace vanthu::inspect
