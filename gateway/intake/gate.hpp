// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace vanthu::intake {

/// Who may send its octets now: a client waits for "354" rather than, its octets sent, for the answer. What comes
/// between the last octet and the answer is the time in which a broken connection makes a message come twice
/// (RFC 1047), and octets that wait for an inspector lie in memory. Never a refusal and never a long wait: a client
/// that has waited `patience` goes in whatever stands before it, and one that sends slowly gives up its place. Any
/// thread.
class Gate {
 public:
  struct Terms {
    std::size_t places;  ///< messages that come in or are inspected
    /// How long a message may hold a place before its octets are there.
    std::chrono::milliseconds slow = std::chrono::milliseconds(250);
    std::chrono::milliseconds patience = std::chrono::milliseconds(2000);
  };
  explicit Gate(Terms terms) : terms_(terms) {}
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// Held from "354" until the octets are inspected; outlived by the gate.
  class Place {
   public:
    Place(Place&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)), id_(other.id_) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (gate_ != nullptr) gate_->leave(id_);
    }
    /// The octets have all come.
    void received() { gate_->received(id_); }

   private:
    friend class Gate;
    Place(Gate& gate, std::uint64_t id) : gate_(&gate), id_(id) {}
    Gate* gate_;
    std::uint64_t id_;
  };
  /// In the order of asking, once there is a place.
  boost::asio::awaitable<Place> enter();
  /// Messages that wait, for figures and tests.
  std::size_t waiting() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Holder {
    std::uint64_t id;
    Clock::time_point since;
    bool receiving;
  };
  struct Waiter {
    explicit Waiter(const boost::asio::any_io_executor& executor) : timer(executor) {}
    boost::asio::steady_timer timer;
    std::uint64_t id = 0;  // 0: not yet in
  };

  bool room();            // under the lock, like all below
  std::uint64_t admit();  // one more holder
  void let_in();          // who waits, as far as there is room
  void leave(std::uint64_t id);
  void received(std::uint64_t id);

  const Terms terms_;
  mutable std::mutex mutex_;  // guards all that follows
  std::vector<Holder> holders_;
  std::deque<std::shared_ptr<Waiter>> waiters_;
  std::uint64_t last_id_ = 0;
};

}  // namespace vanthu::intake
