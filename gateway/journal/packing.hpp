// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

/// Octets made fewer before they are sealed, a chunk at a time. Pure.
namespace vanthu::journal {

/// How octets lie under their seal. Numbers are on the disk: never change one.
enum class Packing : std::uint8_t {
  none = 0,     ///< as they are
  deflate = 1,  ///< RFC 1951, one stream and nothing behind it
  base64 = 2,   ///< lines of base64 as the octets that they stand for, what is around them apart (FORMAT.md)
};

/// Shorter ones are left as they are: they would hardly get smaller, and what a short text of somebody's shares with
/// its neighbours is nobody's to measure.
inline constexpr std::size_t least_packed_octets = 256;

/// Puts the octets into `out` (replaced) in the packing that is returned; in any but `none` they are fewer. Where they
/// stay as they are `out` is empty.
Packing pack(std::string_view plain, std::string& out);

/// @param octets  how many they were: so many are made room for, and more are never made
/// @par Errors  corrupt: the stream is cut or garbled, has anything behind its end, or gives fewer or more octets;
/// a packing that is not known
Result<std::string> unpack(Packing packing, std::string_view packed, std::uint64_t octets);

}  // namespace vanthu::journal
