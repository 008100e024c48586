// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

#include "gateway/base/limits.hpp"
#include "gateway/journal/log.hpp"
#include "gateway/spool/progress.hpp"

namespace vanthu::spool {

/// Many progress frames by one thread that waits for all of them at the end, and before too many are under way.
class Appender {
 public:
  explicit Appender(journal::Log& log) : log_(log) {}
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;
  ~Appender() { wait(0); }

  void append(const Progress& progress) {
    wait(limits::queue_batch);
    {
      const std::lock_guard lock(mutex_);
      ++under_way_;
    }
    log_.append({journal::Kind::progress, false, to_json(progress), nullptr}, [this](Result<journal::FrameHead> head) {
      const std::lock_guard lock(mutex_);
      if (!head && !error_)
        error_ = head.error();
      else if (head && first_ == 0)
        first_ = head->at.sequence;
      --under_way_;
      changed_.notify_one();
    });
  }
  /// Waits for all. @return the sequence of the first frame, 0 when there was none
  Result<std::uint64_t> finish() {
    wait(0);
    if (error_) return *error_;
    return first_;
  }

 private:
  void wait(std::size_t most) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return under_way_ <= most; });
  }
  journal::Log& log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t under_way_ = 0;
  std::uint64_t first_ = 0;
  std::optional<Error> error_;
};

}  // namespace vanthu::spool
