// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/transparency/head_keeper.hpp"

#include <pthread.h>

#include <chrono>

#include "gateway/base/log.hpp"

namespace vanthu::transparency {
namespace {
constexpr std::chrono::seconds between_heads(1);
constexpr std::chrono::hours between_anchors(1);
}  // namespace

HeadKeeper::HeadKeeper(std::vector<LogTree*> trees, std::function<void()> hourly)
    : trees_(std::move(trees)), told_(trees_.size()), hourly_(std::move(hourly)), thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "heads");
}

void HeadKeeper::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void HeadKeeper::seal() {
  for (std::size_t i = 0; i < trees_.size(); ++i) {
    if (!trees_[i]->behind()) continue;
    const auto sealed = trees_[i]->seal();
    const std::string why = sealed ? std::string() : sealed.error().detail;
    if (!why.empty() && why != told_[i])
      log::Event("tree.unsigned", log::Level::error).with("origin", trees_[i]->verifier().name()).with("why", why);
    told_[i] = why;
  }
}

void HeadKeeper::run() {
  auto anchor = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (true) {
    const bool ending = ending_;
    lock.unlock();
    if (!ending && std::chrono::steady_clock::now() >= anchor) {
      anchor += between_anchors;
      hourly_();
    }
    seal();
    lock.lock();
    if (ending) return;
    wake_.wait_for(lock, between_heads, [&] { return ending_; });
  }
}

}  // namespace vanthu::transparency
