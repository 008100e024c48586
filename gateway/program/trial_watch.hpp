// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/audit/trail.hpp"
#include "gateway/policies/in_force.hpp"

namespace vanthu::program {

/// Ends the policy's trial when its time is over.
class TrialWatch {
 public:
  TrialWatch(policies::InForce& policies, const audit::Trail& trail)
      : policies_(policies), trail_(trail), thread_([this] { run(); }) {}
  TrialWatch(const TrialWatch&) = delete;
  TrialWatch& operator=(const TrialWatch&) = delete;
  ~TrialWatch() { stop(); }
  void stop() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

 private:
  void run();
  /// @return why the trial could not be ended; empty: it was, or there was nothing to end
  std::string look(std::string& in_audit);
  policies::InForce& policies_;
  const audit::Trail& trail_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;  // guarded by mutex_
  std::thread thread_;   // last: it uses all the others
};

}  // namespace vanthu::program
