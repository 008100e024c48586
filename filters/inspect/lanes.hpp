// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "filters/inspect/process.hpp"

namespace vanthu::inspect {

/// The inspector processes and who has one now. A thread of its own starts, renews and reaps them and kills those that
/// are past the deadline; whoever holds a lane talks to its process. Any thread; held by shared pointers because a
/// session that is cut may still hold a lane when the pool has gone.
class Lanes : public std::enable_shared_from_this<Lanes> {
 public:
  struct Options {
    std::filesystem::path program;
    unsigned processes;
    std::chrono::milliseconds deadline;  ///< from take() on
    std::vector<std::string> arguments = {};
  };
  /// Starts the processes and waits until each has said that its sandbox stands.
  /// @par Errors  bad_configuration naming the program and what failed
  static Result<std::shared_ptr<Lanes>> start(const Options& options);
  ~Lanes();

  /// A process for one message; given back when this goes.
  class Lease {
   public:
    Lease(Lease&& other) noexcept : lanes_(std::move(other.lanes_)), lane_(other.lane_), worn_(other.worn_) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (lanes_) lanes_->give_back(lane_, worn_);
    }
    Process& process() { return *lanes_->lanes_[lane_].process; }
    /// Its answer was read as a whole and made sense: it may be asked again. Without this word the process is
    /// replaced, for what it still had to say must never be taken for the answer to another message.
    void answered() { worn_ = false; }
    /// It was killed because its time was over.
    bool overdue() const { return lanes_->overdue(lane_); }

   private:
    friend class Lanes;
    Lease(std::shared_ptr<Lanes> lanes, std::size_t lane) : lanes_(std::move(lanes)), lane_(lane) {}
    std::shared_ptr<Lanes> lanes_;
    std::size_t lane_;
    bool worn_ = true;
  };
  /// The next free process, in the order of asking.
  /// @par Errors  inspection_failed: stopping, or none can be started
  boost::asio::awaitable<Result<Lease>> take();

  /// Ends all processes: who waits for one, or for its answer, gets an error. Once.
  void stop();
  bool stopping() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Lane {
    std::optional<Process> process;  // touched by its holder, or by the keeper while nobody holds it
    unsigned served = 0;
    Clock::duration busy{};
    Clock::time_point since{};  // when it was taken
    bool held = false;
    bool killed = false;  // for being overdue
    bool spared = false;  // the next one was asked for
  };
  struct Waiter {
    explicit Waiter(const boost::asio::any_io_executor& executor) : timer(executor) {}
    boost::asio::steady_timer timer;
    std::optional<std::size_t> lane;  // that it was given
  };
  struct Ticket;

  explicit Lanes(Options options) : options_(std::move(options)) {}
  void give_back(std::size_t lane, bool worn);
  bool overdue(std::size_t lane) const;
  // All that follows: under the lock.
  void offer(std::size_t lane);
  void refuse_all();
  void kill_overdue();
  // On the keeper's thread.
  void keep(std::promise<Result<Done>> started);
  Result<Done> begin();
  void renew(std::unique_lock<std::mutex>& lock, std::size_t lane);
  void make_spare(std::unique_lock<std::mutex>& lock);
  Result<Process> fresh() const;

  const Options options_;
  mutable std::mutex mutex_;  // guards all that follows
  std::condition_variable work_;
  std::vector<Lane> lanes_;  // never resized once they stand
  std::vector<std::size_t> free_;
  std::deque<std::size_t> worn_;
  std::deque<std::shared_ptr<Waiter>> waiters_;
  std::vector<Process> spares_;
  std::size_t spares_wanted_ = 0;
  bool broken_ = false;  // the last start of a process failed
  bool stopping_ = false;
  std::thread keeper_;
};

}  // namespace vanthu::inspect
