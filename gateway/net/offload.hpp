// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <type_traits>

namespace vanthu::net {

/// Runs what blocks or chews on a pool; we resume on our own executor. Join the pool before the io_context goes.
/// @param work  a named closure of the caller, not a temporary: g++ 12 destroys closures twice that are made inside a
/// co_await expression
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work&>> offload(boost::asio::thread_pool& pool, Work& work) {
  std::optional<std::invoke_result_t<Work&>> result;
  co_await boost::asio::co_spawn(
      pool,
      [&]() -> boost::asio::awaitable<void> {
        result.emplace(work());
        co_return;
      },
      boost::asio::use_awaitable);
  co_return *std::move(result);
}

}  // namespace vanthu::net
