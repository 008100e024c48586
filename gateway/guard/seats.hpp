// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace vanthu::guard {

/// How many sessions a name has at once. Any thread.
class Seats {
 public:
  explicit Seats(unsigned most) : most_(most) {}
  Seats(const Seats&) = delete;
  Seats& operator=(const Seats&) = delete;

  /// Held as long as the session; outlived by the seats.
  class Seat {
   public:
    Seat(Seat&& other) noexcept : seats_(std::exchange(other.seats_, nullptr)), name_(std::move(other.name_)) {}
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    Seat& operator=(Seat&&) = delete;
    ~Seat() {
      if (seats_ != nullptr) seats_->leave(name_);
    }

   private:
    friend class Seats;
    Seat(Seats& seats, std::string name) : seats_(&seats), name_(std::move(name)) {}
    Seats* seats_;
    std::string name_;
  };
  /// Nothing: all are taken.
  std::optional<Seat> take(std::string name) {
    const std::lock_guard lock(mutex_);
    unsigned& taken = taken_[name];
    if (taken >= most_) return std::nullopt;
    ++taken;
    return Seat(*this, std::move(name));
  }

 private:
  void leave(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto taken = taken_.find(name);
    if (taken != taken_.end() && --taken->second == 0) taken_.erase(taken);
  }
  const unsigned most_;
  std::mutex mutex_;
  std::unordered_map<std::string, unsigned> taken_;  // guarded by mutex_
};

}  // namespace vanthu::guard
