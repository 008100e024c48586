// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/gate.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "gateway/net/wake.hpp"

namespace vanthu::intake {
namespace asio = boost::asio;

bool Gate::room() {
  if (holders_.size() < terms_.places) return true;
  const auto slow = Clock::now() - terms_.slow;
  std::erase_if(holders_, [&](const Holder& holder) { return holder.receiving && holder.since < slow; });
  return holders_.size() < terms_.places;
}

std::uint64_t Gate::admit() {
  holders_.push_back({++last_id_, Clock::now(), true});
  return last_id_;
}

void Gate::let_in() {
  while (!waiters_.empty() && room()) {
    const auto next = std::move(waiters_.front());
    waiters_.pop_front();
    next->id = admit();
    net::wake({next, &next->timer});
  }
}

asio::awaitable<Gate::Place> Gate::enter() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  std::shared_ptr<Waiter> waiter;
  {
    const std::lock_guard lock(mutex_);
    if (waiters_.empty() && room()) co_return Place(*this, admit());
    waiter = std::make_shared<Waiter>(executor);
    waiter->timer.expires_after(terms_.patience);
    waiters_.push_back(waiter);
  }
  co_await waiter->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  const std::lock_guard lock(mutex_);
  if (waiter->id == 0) {
    std::erase(waiters_, waiter);
    waiter->id = admit();
  }
  co_return Place(*this, waiter->id);
}

std::size_t Gate::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiters_.size();
}

void Gate::leave(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(holders_, [&](const Holder& holder) { return holder.id == id; });
  let_in();
}

void Gate::received(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  for (Holder& holder : holders_)
    if (holder.id == id) holder.receiving = false;
}

}  // namespace vanthu::intake
