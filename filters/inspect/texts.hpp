// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

namespace vanthu::limits {
inline constexpr std::uint64_t texts_octets = 1U << 20;      // of one message, paths of its parts included; then cut
inline constexpr std::chrono::milliseconds texts_pause{50};  // without mail, then all inspectors may read texts
}  // namespace vanthu::limits

/// The text of a message's parts, for whoever looks for words in it.
namespace vanthu::inspect {

struct PartText {
  std::string path;  ///< Part::path
  std::string text;  ///< UTF-8, NFC, lines end with '\n'
  friend bool operator==(const PartText&, const PartText&) = default;
};

struct Texts {
  std::vector<PartText> parts;  ///< in reading order; a part without text is not there
  bool cut = false;             ///< there was more than limits::texts_octets
  bool pictures = false;        ///< there are pictures or scans whose text was not read
  friend bool operator==(const Texts&, const Texts&) = default;
};

/// Text of a message is not trusted to be UTF-8 by who reads the answer: neither is the process that gave it.
std::string to_answer(const Texts& texts);
/// @par Errors  corrupt
Result<Texts> parse_texts(std::string_view answer);

}  // namespace vanthu::inspect
