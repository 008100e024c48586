// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace vanthu::inspect {

enum class Packing : std::uint8_t { deflate, zlib, bzip2 };

struct Inflated {
  std::string octets;  ///< as far as they came out
  bool whole = false;  ///< the end was reached
  bool full = false;   ///< there was more than `most`
};

/// Unpacks one stream, at most `most` octets and no more than the ratio of the limits allows.
Inflated inflated(std::string_view octets, Packing packing, std::uint64_t most);

}  // namespace vanthu::inspect
