// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "gateway/base/clock.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/mail/carriage.hpp"

namespace vanthu::relay {

/// What each destination said last that it can carry. Any thread.
class Carriages {
 public:
  void note(const std::string& key, const mail::Carriage& carriage, Time at) {
    const std::unique_lock lock(mutex_);
    if (by_key_.size() >= limits::relay_destinations && by_key_.find(key) == by_key_.end()) by_key_.clear();
    by_key_[key] = {carriage, at};
  }
  mail::Carriage of(const std::string& key) const {
    const std::shared_lock lock(mutex_);
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? mail::Carriage{} : found->second.carriage;
  }
  /// Never: the beginning of time.
  Time noted(const std::string& key) const {
    const std::shared_lock lock(mutex_);
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? Time{} : found->second.at;
  }

 private:
  struct Noted {
    mail::Carriage carriage;
    Time at{};
  };
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, Noted> by_key_;
};

}  // namespace vanthu::relay
