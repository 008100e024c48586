// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

namespace vanthu::intake {

/// Mailboxes of ours that the mail store has called full lately: the next letter for one is answered at the door,
/// instead of being accepted and coming back. A hint in memory, of a bounded size; any thread.
class FullMailboxes {
 public:
  using Clock = std::chrono::steady_clock;
  /// @param time  how long one is remembered; 0: never
  /// @param most  so many; the one that was noted first makes room
  FullMailboxes(std::chrono::seconds time, std::size_t most) : time_(time), most_(most) {}

  void note(const std::string& address, Clock::time_point now);
  /// It took a letter.
  void forget(const std::string& address);
  bool has(const std::string& address, Clock::time_point now) const;

 private:
  const std::chrono::seconds time_;
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Clock::time_point> until_;        // guarded by mutex_
  std::deque<std::pair<Clock::time_point, std::string>> in_order_;  // likewise; may name what is gone
};

}  // namespace vanthu::intake
