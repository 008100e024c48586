// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "gateway/transparency/log_tree.hpp"

namespace vanthu::transparency {

/// A thread that signs the heads of trees: a second after something was written, at the latest, and at the end.
class HeadKeeper {
 public:
  /// @param hourly  called at the start and then every hour; it may write to the logs
  HeadKeeper(std::vector<LogTree*> trees, std::function<void()> hourly);
  HeadKeeper(const HeadKeeper&) = delete;
  HeadKeeper& operator=(const HeadKeeper&) = delete;
  ~HeadKeeper() { stop(); }
  void stop();

 private:
  void run();
  void seal();

  std::vector<LogTree*> trees_;
  std::vector<std::string> told_;  ///< of each tree the error that was logged last
  std::function<void()> hourly_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace vanthu::transparency
