// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <algorithm>

namespace vanthu::relay {

/// How many connections at once a destination bears, found out by trying (as TCP does): starts small, one more after
/// as many good deliveries as there are connections while more mail waits, half as many after a connection failed.
/// Pure; whoever owns the destination guards it.
class Concurrency {
 public:
  /// @param ceiling  relay.connections, from 1
  explicit Concurrency(unsigned ceiling) : ceiling_(ceiling), allowed_(std::min(start, ceiling)) {}

  unsigned allowed() const { return allowed_; }

  /// A message was delivered (or refused: the hop works). @param more_waits  mail for the destination is due
  void good(bool more_waits) {
    failed_ = false;
    if (!more_waits || allowed_ >= ceiling_) return;
    if (++good_ < allowed_) return;
    good_ = 0;
    ++allowed_;
  }

  /// A connection was refused, broke, stalled or was closed with 421. Several connections fail together when a hop
  /// does: only the first of them halves.
  void failed() {
    good_ = 0;
    if (failed_) return;
    failed_ = true;
    allowed_ = std::max(1U, allowed_ / 2);
  }

 private:
  static constexpr unsigned start = 2;
  unsigned ceiling_;
  unsigned allowed_;
  unsigned good_ = 0;    // since the last step
  bool failed_ = false;  // since the last good one
};

}  // namespace vanthu::relay
