// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/lzfu.hpp"

#include <array>
#include <cstdint>

namespace vanthu::inspect {
namespace {

/// What the dictionary holds in the beginning (2.1.2.1).
constexpr std::string_view beginning =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS "
    "Sans "
    "SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
static_assert(beginning.size() == 207);

std::uint32_t number(std::string_view octets, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return value;
}

}  // namespace

bool unpack_rtf(std::string_view packed, std::size_t most, std::string& rtf) {
  rtf.clear();
  if (packed.size() < 16) return false;
  const std::uint32_t type = number(packed, 8);
  const std::size_t raw_size = number(packed, 4);
  if (type == 0x414C454D) {  // "MELA": as it is
    rtf = packed.substr(16, std::min(raw_size, most));
    return raw_size <= most && packed.size() - 16 >= raw_size;
  }
  if (type != 0x75465A4C) return false;  // "LZFu"
  std::array<char, 4096> ring{};
  std::size_t at = 0;
  for (const char c : beginning) ring[at++] = c;
  const auto give = [&](char c) {
    rtf += c;
    ring[at] = c;
    at = (at + 1) % ring.size();
  };
  std::size_t in = 16;
  while (in < packed.size()) {
    const auto control = static_cast<unsigned char>(packed[in++]);
    for (unsigned bit = 0; bit < 8; ++bit) {
      if ((control >> bit & 1U) == 0) {
        if (in >= packed.size()) return false;
        give(packed[in++]);
      } else {
        if (packed.size() - in < 2) return false;
        const unsigned pair = static_cast<unsigned>(static_cast<unsigned char>(packed[in])) << 8 |
                              static_cast<unsigned char>(packed[in + 1]);
        in += 2;
        const std::size_t from = pair >> 4;
        if (from == at) return rtf.size() == raw_size;  // the end
        for (std::size_t i = 0; i < (pair & 0xFU) + 2; ++i) give(ring[(from + i) % ring.size()]);
      }
      if (rtf.size() > most) return false;
    }
  }
  return false;  // nothing said that this is the end
}

}  // namespace vanthu::inspect
