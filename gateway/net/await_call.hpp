// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

namespace vanthu::net {

/// Waits for something that answers by a callback on a thread of its own (a log's committer):
/// `start(call)` begins it, `call(value)` may come from any thread, once; we resume on our own executor.
template <class Value, class Start>
boost::asio::awaitable<Value> await_call(Start start) {
  namespace asio = boost::asio;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Value)>(
      [start = std::move(start)](auto handler) mutable {
        const auto executor = asio::get_associated_executor(handler);
        // Shared: callbacks are std::function, which must be copyable, and a handler is not.
        auto held = std::make_shared<decltype(handler)>(std::move(handler));
        start([held, executor, guard = asio::make_work_guard(executor)](Value value) {
          asio::post(executor, [held, value = std::move(value)]() mutable { std::move (*held)(std::move(value)); });
        });
      },
      asio::use_awaitable);
}

}  // namespace vanthu::net
