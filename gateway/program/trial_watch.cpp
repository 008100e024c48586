// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/program/trial_watch.hpp"

#include <chrono>

#include "admin/office.hpp"
#include "gateway/base/log.hpp"

namespace vanthu::program {

void TrialWatch::run() {
  std::unique_lock lock(mutex_);
  std::string in_audit, in_log;
  while (!ending_) {
    lock.unlock();
    const std::string failed = look(in_audit);
    if (!failed.empty() && failed != in_log) log::Event("policy.trial", log::Level::error).with("why", failed);
    in_log = failed;
    lock.lock();
    // A look a second costs nothing, and no clock that jumps and no policy that comes on trial is missed.
    wake_.wait_for(lock, std::chrono::seconds(failed.empty() ? 1 : 10), [&] { return ending_; });
  }
}

std::string TrialWatch::look(std::string& in_audit) {
  try {
    const auto expired = admin::expire_trial(policies_, trail_, &in_audit);
    if (!expired) return expired.error().detail;
    if (*expired) log::Event("policy.timeout", log::Level::warning).with("version", (*expired)->version);
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}
}  // namespace vanthu::program
