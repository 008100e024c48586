// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/lanes.hpp"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/net/wake.hpp"

namespace vanthu::inspect {
namespace asio = boost::asio;
namespace {
/// When the next process is started, a little before the one at work has done its share.
constexpr unsigned spare_after = limits::inspector_messages - limits::inspector_messages / 10;
constexpr std::chrono::seconds spare_after_busy = limits::inspector_busy - std::chrono::seconds(30);
constexpr int starts_at_once = 3;                                         // then no more before watch_seldom is over
constexpr std::chrono::milliseconds watch_often{10}, watch_seldom{1000};  // for messages that are overdue
}  // namespace

/// A place in the line. Whatever ends the wait, the line forgets it, and a lane that it got is not lost.
struct Lanes::Ticket {
  std::shared_ptr<Lanes> lanes;
  std::shared_ptr<Waiter> waiter;
  ~Ticket() {
    const std::lock_guard lock(lanes->mutex_);
    std::erase(lanes->waiters_, waiter);
    if (waiter->lane) lanes->offer(*waiter->lane);
  }
};

Result<std::shared_ptr<Lanes>> Lanes::start(const Options& options) {
  if (options.processes == 0) return fail(status::bad_configuration, "an inspector pool needs a process");
  std::shared_ptr<Lanes> lanes(new Lanes(options));
  std::promise<Result<Done>> promise;
  auto started = promise.get_future();
  lanes->keeper_ =
      std::thread([raw = lanes.get(), promise = std::move(promise)]() mutable { raw->keep(std::move(promise)); });
  pthread_setname_np(lanes->keeper_.native_handle(), "inspectors");
  if (auto result = started.get(); !result) return result.error();
  return lanes;
}

Lanes::~Lanes() { stop(); }

void Lanes::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const Lane& lane : lanes_)
      if (lane.process) lane.process->kill();
    refuse_all();
  }
  work_.notify_all();
  if (keeper_.joinable()) keeper_.join();
}

bool Lanes::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

asio::awaitable<Result<Lanes::Lease>> Lanes::take() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  std::shared_ptr<Waiter> waiter;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) co_return fail(status::inspection_failed, "stopping");
    if (!free_.empty()) {
      const std::size_t lane = free_.back();  // the one whose memory is warm
      free_.pop_back();
      lanes_[lane].held = true;
      lanes_[lane].since = Clock::now();
      co_return Lease(shared_from_this(), lane);
    }
    waiter = std::make_shared<Waiter>(executor);
    waiter->timer.expires_at(Clock::time_point::max());
    waiters_.push_back(waiter);
  }
  const Ticket ticket{shared_from_this(), waiter};
  co_await waiter->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  const std::lock_guard lock(mutex_);
  if (!waiter->lane) co_return fail(status::inspection_failed, stopping_ ? "stopping" : "no inspector can be started");
  const std::size_t lane = *std::exchange(waiter->lane, std::nullopt);
  lanes_[lane].since = Clock::now();
  co_return Lease(shared_from_this(), lane);
}

void Lanes::offer(std::size_t lane) {
  if (waiters_.empty()) {
    lanes_[lane].held = false;
    free_.push_back(lane);
    return;
  }
  const auto next = std::move(waiters_.front());
  waiters_.pop_front();
  lanes_[lane].held = true;
  lanes_[lane].since = Clock::now();
  next->lane = lane;
  net::wake({next, &next->timer});
}

void Lanes::refuse_all() {
  for (const auto& waiter : waiters_) net::wake({waiter, &waiter->timer});
  waiters_.clear();
}

bool Lanes::overdue(std::size_t lane) const {
  const std::lock_guard lock(mutex_);
  return lanes_[lane].killed;
}

void Lanes::give_back(std::size_t number, bool worn) {
  std::optional<Process> old;
  {
    const std::lock_guard lock(mutex_);
    Lane& lane = lanes_[number];
    lane.busy += Clock::now() - lane.since;
    ++lane.served;
    if (stopping_) {  // the keeper may have gone: nobody else would reap it
      lane.held = false;
      old.swap(lane.process);
    } else if (worn || lane.killed || lane.served >= limits::inspector_messages ||
               lane.busy >= limits::inspector_busy) {
      lane.held = false;
      worn_.push_back(number);
      work_.notify_one();
    } else {
      if (!lane.spared && (lane.served >= spare_after || lane.busy >= spare_after_busy)) {
        lane.spared = true;
        ++spares_wanted_;
        work_.notify_one();
      }
      offer(number);
    }
  }
}

// ---- the keeper

Result<Process> Lanes::fresh() const {
  auto launched = Process::launch(options_.program, options_.arguments);
  if (!launched) return launched;
  if (auto ready = launched->become_ready(limits::inspector_start_wait); !ready)
    return fail(ready.error().reply, "inspector " + options_.program.string() + ": " + ready.error().detail);
  return launched;
}

Result<Done> Lanes::begin() {
  std::vector<Process> launched;
  for (unsigned i = 0; i < options_.processes; ++i) {  // they warm up beside each other
    auto process = Process::launch(options_.program, options_.arguments);
    if (!process) return process.error();
    launched.push_back(*std::move(process));
  }
  for (Process& process : launched)
    if (auto ready = process.become_ready(limits::inspector_start_wait); !ready)
      return fail(ready.error().reply, "inspector " + options_.program.string() + ": " + ready.error().detail);
  const std::lock_guard lock(mutex_);
  lanes_.resize(options_.processes);
  for (std::size_t i = 0; i < launched.size(); ++i) {
    lanes_[i].process.emplace(std::move(launched[i]));
    free_.push_back(i);
  }
  return done;
}

void Lanes::renew(std::unique_lock<std::mutex>& lock, std::size_t number) {
  std::optional<Process> old;
  old.swap(lanes_[number].process);
  std::optional<Process> next;
  if (!spares_.empty()) {
    next.emplace(std::move(spares_.back()));
    spares_.pop_back();
  }
  lock.unlock();
  old.reset();
  std::optional<Error> why;
  for (int attempt = 0; !next && attempt < starts_at_once; ++attempt) {  // one may be killed while it starts
    auto made = fresh();
    if (made)
      next.emplace(*std::move(made));
    else
      why = made.error();
  }
  lock.lock();
  if (stopping_) return;
  broken_ = !next;
  if (!next) {
    log::Event("inspect.not_started", log::Level::error).with("why", why->detail);
    worn_.push_back(number);  // tried again in a while; who asks until then waits for that
    if (worn_.size() == lanes_.size()) refuse_all();
    return;
  }
  Lane& lane = lanes_[number];
  lane = {};
  lane.process.swap(next);
  offer(number);
}

void Lanes::make_spare(std::unique_lock<std::mutex>& lock) {
  --spares_wanted_;
  lock.unlock();
  auto made = fresh();
  lock.lock();
  if (made && !stopping_) spares_.push_back(*std::move(made));
}

void Lanes::kill_overdue() {
  const auto now = Clock::now();
  for (Lane& lane : lanes_)
    if (lane.held && lane.process && !lane.killed && now - lane.since >= options_.deadline) {
      lane.killed = true;
      lane.process->kill();
    }
}

void Lanes::keep(std::promise<Result<Done>> started) {
  auto begun = begin();
  const bool stands = bool(begun);
  started.set_value(std::move(begun));
  if (!stands) return;
  const auto period = std::clamp(options_.deadline / 4, watch_often, watch_seldom);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    work_.wait_for(lock, period, [&] { return stopping_ || (worn_.empty() ? spares_wanted_ > 0 : !broken_); });
    if (stopping_) break;
    kill_overdue();
    if (!worn_.empty()) {
      const std::size_t lane = worn_.front();
      worn_.pop_front();
      renew(lock, lane);
    } else if (spares_wanted_ > 0) {
      make_spare(lock);
    }
  }
  // Those that are held are reaped by their holders.
  std::vector<Process> ended = std::move(spares_);
  for (Lane& lane : lanes_)
    if (lane.process && !lane.held) ended.push_back(*std::exchange(lane.process, std::nullopt));
  lock.unlock();
}

}  // namespace vanthu::inspect
