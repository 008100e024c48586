// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "gateway/base/status.hpp"

namespace vanthu::intake {

/// Letters that were refused for a secrecy marking, known again by their digest: a mail program that tries for ever
/// costs no inspector. In memory, of a bounded size; any thread. Nothing of a letter is kept but its digest.
class RefusedLetters {
 public:
  /// @param most  so many; the one that was refused first makes room
  explicit RefusedLetters(std::size_t most) : most_(most) {}

  struct Seen {
    std::string rule;
    Reply reply;
    std::uint64_t times = 0;  ///< this one included
  };
  /// One more attempt.
  /// @param policy  version in force: another one judges anew
  std::optional<Seen> again(const std::string& sha256, const std::string& policy);
  void note(const std::string& sha256, const std::string& policy, std::string rule, Reply reply);

 private:
  struct Known {
    std::string policy;
    Seen seen;
  };
  const std::size_t most_;
  std::mutex mutex_;
  std::unordered_map<std::string, Known> known_;  // guarded by mutex_
  std::deque<std::string> in_order_;              // likewise
};

}  // namespace vanthu::intake
