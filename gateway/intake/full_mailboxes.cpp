// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/full_mailboxes.hpp"

namespace vanthu::intake {

void FullMailboxes::note(const std::string& address, Clock::time_point now) {
  if (time_.count() == 0) return;
  const std::lock_guard lock(mutex_);
  until_[address] = now + time_;
  in_order_.emplace_back(now + time_, address);
  // What was noted again later, or is forgotten, only takes its place in the order away.
  while (!in_order_.empty() &&
         (until_.size() > most_ || in_order_.front().first <= now || in_order_.size() > 2 * most_)) {
    const auto& [until, name] = in_order_.front();
    const auto known = until_.find(name);
    if (known != until_.end() && known->second == until) until_.erase(known);
    in_order_.pop_front();
  }
}

void FullMailboxes::forget(const std::string& address) {
  const std::lock_guard lock(mutex_);
  until_.erase(address);
}

bool FullMailboxes::has(const std::string& address, Clock::time_point now) const {
  const std::lock_guard lock(mutex_);
  const auto known = until_.find(address);
  return known != until_.end() && known->second > now;
}

}  // namespace vanthu::intake
