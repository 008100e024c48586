// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "gateway/base/log.hpp"

namespace vanthu::program {

/// A thread that works when it is poked, and every half minute: pokes that come while it works are one.
class Follower {
 public:
  explicit Follower(std::function<void()> work, std::chrono::milliseconds pause = std::chrono::seconds(30))
      : work_(std::move(work)), pause_(pause), thread_([this] { run(); }) {}
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  ~Follower() { stop(); }
  /// Ends the thread; a later poke does nothing.
  void stop() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  void poke() {
    {
      const std::lock_guard lock(mutex_);
      poked_ = true;
    }
    wake_.notify_one();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!ending_) {
      wake_.wait_for(lock, pause_, [&] { return poked_ || ending_; });
      poked_ = false;
      lock.unlock();
      try {
        work_();
      } catch (const std::exception& error) {  // one odd record is no reason to stop for all the others
        log::Event("follower.failed", log::Level::error).with("what", error.what());
      }
      lock.lock();
    }
  }
  std::function<void()> work_;
  const std::chrono::milliseconds pause_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool poked_ = true, ending_ = false;  // the first look is at once: what came before a stop
  std::thread thread_;                  // last: it uses all the others
};

}  // namespace vanthu::program
