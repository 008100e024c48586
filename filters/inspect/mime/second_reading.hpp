// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::inspect {

/// A leaf as libetpan sees it.
struct OtherLeaf {
  std::string path;          ///< numbered like ours
  std::string type;          ///< lower case, may be empty
  std::string encoding;      ///< "base64", "quoted-printable", or anything else for none
  std::string_view encoded;  ///< points into the octets that were read
};

/// The second, independent reading of a message: libetpan's. Only the borders of the parts and their encodings are
/// taken from it; decoding is ours.
/// @param padded  a message in CRLF lines with `padding` zero octets behind it (libetpan reads past the end)
/// @return empty when libetpan could not read it, or when the octets would drive it too deep into recursion
std::optional<std::vector<OtherLeaf>> second_reading(const std::string& padded);

inline constexpr std::size_t second_reading_padding = 32;

}  // namespace vanthu::inspect
