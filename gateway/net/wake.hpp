// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <utility>

namespace vanthu::net {

/// Ends the wait of a timer that belongs to another thread's executor. No wake-up is lost where the waiter begins to
/// wait before it lets that executor run anything else: the cancelling is posted there. Any thread, never blocks; the
/// executor's context must still be there.
inline void wake(std::shared_ptr<boost::asio::steady_timer> timer) {
  const auto executor = timer->get_executor();
  boost::asio::post(executor, [timer = std::move(timer)] { timer->cancel(); });
}

}  // namespace vanthu::net
