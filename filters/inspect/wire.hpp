// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// How the pool and an inspector process talk over their socket pair. Both ends are ours and of one build.
///
/// The inspector first sends one frame: "ready", or the words of what kept its sandbox from standing.
/// Then, for each message: the pool sends one octet with the sealed memory file's descriptor beside it (SCM_RIGHTS),
/// or, for a small message, another octet and the message itself as a frame; the inspector answers with one frame that
/// holds the facts as JSON. A third octet, with a descriptor, asks for the message in its strict reading instead, a
/// fourth for the text of its parts (texts.hpp), a fifth for how it is built (outline.hpp), a sixth for the
/// content of one encoded part. End of file means: exit. A frame is its length as four octets, least significant first,
/// then that many octets.
namespace vanthu::inspect::wire {

inline constexpr int descriptor = 3;  ///< where the inspector finds its end of the socket pair
inline constexpr std::string_view ready = "ready";
inline constexpr char request = 'm';          ///< a descriptor comes with it
inline constexpr char inline_request = 'i';   ///< a frame follows
inline constexpr char rewrite_request = 'w';  ///< a descriptor comes with it; the answer is `rewritten` and the message
inline constexpr char texts_request = 't';    ///< a descriptor comes with it; the answer is to_answer()
inline constexpr char outline_request = 'o';  ///< a descriptor comes with it; the answer is to_answer()
/// A descriptor comes with it, of the encoding's name, LF, and the part; the answer is `rewritten` and its content.
inline constexpr char decode_request = 'd';
inline constexpr char rewritten = '+';
inline constexpr char not_rewritten = '-';  ///< that is all of the answer
inline constexpr std::size_t head_octets = 4;

/// The four octets of a length.
inline std::string frame_head(std::uint32_t length) {
  std::string head(head_octets, '\0');
  for (std::size_t i = 0; i < head_octets; ++i) head[i] = static_cast<char>(length >> (8 * i) & 0xFFU);
  return head;
}
inline std::uint32_t frame_length(const char* head) {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < head_octets; ++i) length |= std::uint32_t{static_cast<unsigned char>(head[i])} << (8 * i);
  return length;
}

}  // namespace vanthu::inspect::wire
