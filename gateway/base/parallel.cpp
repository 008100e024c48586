// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/parallel.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace vanthu {
namespace {
constexpr int background_nice = 10;
}

void in_background(std::size_t count, const std::function<void(std::size_t)>& one) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr wrong;
  const auto work = [&] {
    // Of this thread alone: what Linux calls a process here is one thread.
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), background_nice);
    try {
      for (std::size_t i = next++; i < count; i = next++) one(i);
    } catch (...) {
      next = count;
      const std::lock_guard lock(mutex);
      if (!wrong) wrong = std::current_exception();
    }
  };
  std::vector<std::jthread> workers;
  const std::size_t threads = std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), count);
  try {
    while (workers.size() < threads) workers.emplace_back(work);
  } catch (const std::system_error&) {  // fewer will do, but one there must be
    if (workers.empty()) throw;
  }
  workers.clear();  // waits for them
  if (wrong) std::rethrow_exception(wrong);
}

}  // namespace vanthu
