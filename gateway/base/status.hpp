// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <string>

namespace vanthu {

/// A reply code and its enhanced code (RFC 3463 §2) that cannot disagree; both are fixed when compiling.
struct Status {
  consteval Status(int reply, int cls, int subject, int detail, const char* words)
      : code(reply), enhanced{cls, subject, detail}, text(words) {
    if (reply / 100 != cls) throw "the classes of the reply code and the enhanced code differ";
  }
  int code;
  std::array<int, 3> enhanced;
  const char* text;  ///< ASCII, sent to the peer as it stands
};

/// What a peer is told when the words come from data (directory, policy): same shape, made at run time.
struct Reply {
  int code = 250;
  std::array<int, 3> enhanced{2, 0, 0};
  std::string text;  ///< UTF-8; an edge that may not send UTF-8 shows it through fold_to_ascii()

  Reply() = default;
  Reply(int reply, std::array<int, 3> enhanced_code, std::string words)
      : code(reply), enhanced(enhanced_code), text(std::move(words)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): a fixed status is a reply
  Reply(const Status& status) : code(status.code), enhanced(status.enhanced), text(status.text) {}

  bool positive() const noexcept { return code < 400; }
  bool transient() const noexcept { return code >= 400 && code < 500; }
  bool permanent() const noexcept { return code >= 500; }
  friend bool operator==(const Reply&, const Reply&) = default;
};

/// "5.1.1" for {5,1,1}
inline std::string format(const std::array<int, 3>& enhanced) {
  return std::to_string(enhanced[0]) + '.' + std::to_string(enhanced[1]) + '.' + std::to_string(enhanced[2]);
}

namespace status {
// Positive
inline constexpr Status ok{250, 2, 0, 0, "done"};
// 4yz: not now (RFC 5321 §4.2.1); an outage of ours is always one of these
inline constexpr Status store_full{452, 4, 3, 1, "mail system full, try again later"};
inline constexpr Status store_failed{451, 4, 3, 0, "cannot store the message now, try again later"};
inline constexpr Status timed_out{421, 4, 4, 2, "too slow, closing"};
inline constexpr Status shutting_down{421, 4, 3, 2, "service shutting down, try again later"};
inline constexpr Status busy{421, 4, 7, 0, "too many connections, try again later"};
inline constexpr Status directory_unavailable{451, 4, 3, 0, "directory not available, try again later"};
inline constexpr Status inspection_failed{451, 4, 7, 1, "the message could not be inspected now, try again later"};
inline constexpr Status too_many_recipients{452, 4, 5, 3, "too many recipients"};
inline constexpr Status next_hop_unavailable{451, 4, 4, 1, "next hop not available"};
// 5yz
inline constexpr Status bad_line{500, 5, 5, 2, "line not understood"};
inline constexpr Status unknown_command{500, 5, 5, 1, "command not recognized"};
inline constexpr Status not_implemented{502, 5, 5, 1, "command not implemented"};
inline constexpr Status bad_arguments{501, 5, 5, 4, "bad arguments"};
inline constexpr Status bad_sequence{503, 5, 5, 1, "bad sequence of commands"};
inline constexpr Status bad_mailbox{553, 5, 1, 3, "mailbox name not allowed"};
inline constexpr Status message_too_big{552, 5, 3, 4, "message too big"};
inline constexpr Status refused{554, 5, 7, 1, "refused"};
inline constexpr Status not_found{550, 5, 1, 1, "not found"};
inline constexpr Status corrupt{554, 5, 3, 0, "stored data is damaged"};
inline constexpr Status bad_configuration{554, 5, 3, 5, "configuration is wrong"};
}  // namespace status
}  // namespace vanthu
