// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/octets.hpp"
#include "gateway/imap/client_gate.hpp"
#include "gateway/intake/door.hpp"

namespace vanthu::imap {

/// One piece of a command as it goes to the mail store: a line, without its CRLF where a literal follows it.
struct Piece {
  std::string text;           ///< lines with CRLF, the announcement of the literal at the end
  bool invited = false;       ///< the store must say "+ …" before the literal is sent (RFC 9051 §4.3)
  std::string_view octets{};  ///< the literal; valid as long as the letters
};

/// How a message is announced to a store: unasked where it takes that (RFC 7888).
bool unasked(ClientGate::NonSync store, std::uint64_t octets);
/// What stands before the octets of a command's first message ("a1 APPEND "Sent" (\Seen) {300+}"), or of a further one.
std::string announcement(const Append& append, bool first, bool unasked);

/// The messages of one APPEND or REPLACE while they arrive and are judged: in memory (invariant 3), bounded by the
/// door's budget. Their octets are given back with them.
class AppendLetters {
 public:
  explicit AppendLetters(intake::Door& door) : door_(door) {}
  ~AppendLetters() { clear(); }
  AppendLetters(const AppendLetters&) = delete;
  AppendLetters& operator=(const AppendLetters&) = delete;

  struct Letter {
    Append append;
    std::shared_ptr<const Octets> octets;  ///< sealed; null while they arrive
  };

  /// @return words of a refusal, or nothing
  std::string begin(Append append);
  /// More octets of the last one. @return words of a refusal, or nothing
  std::string add(std::string_view octets);
  /// Its octets have all come. @return words of a refusal, or nothing
  std::string seal();
  void clear();

  const std::vector<Letter>& all() const { return letters_; }
  std::uint64_t octets() const { return taken_; }
  /// How long the next octets may take: limits.data-seconds, and never slower on the whole than limits.data-rate.
  std::chrono::milliseconds patience() const;
  /// The whole command for the store.
  std::vector<Piece> pieces(ClientGate::NonSync store) const;

 private:
  using Clock = std::chrono::steady_clock;
  intake::Door& door_;
  std::vector<Letter> letters_;
  std::optional<Octets> arriving_;
  std::uint64_t taken_ = 0;  // of the door's budget
  Clock::time_point begun_{};
};

}  // namespace vanthu::imap
