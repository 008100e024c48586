// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "gateway/reading_room/library.hpp"

namespace vanthu::reading_room {

/// Whether there can be news for anybody: one look for all the sessions that wait, in place of one each. Any thread.
class Pulse {
 public:
  explicit Pulse(const Library& library, std::chrono::milliseconds every = limits::pulse)
      : library_(library), every_(every) {}

  /// Rises when something has changed that a session tells or goes by: records, disposals, rights, the policy, the day.
  /// It holds for what was there when it was looked at last.
  std::uint64_t last() const noexcept { return number_.load(std::memory_order_acquire); }
  /// It is time to look again, and the caller is who does it: by look(). True for one of many that ask.
  bool due() noexcept;
  /// Blocks as a look into the archive's views does.
  void look();

 private:
  const Library& library_;
  const std::chrono::milliseconds every_;
  std::atomic<std::int64_t> next_ = 0;  // milliseconds of the steady clock
  std::atomic<std::uint64_t> number_ = 1;
  std::string seen_;  // of who is at it: one at a time
};

}  // namespace vanthu::reading_room
