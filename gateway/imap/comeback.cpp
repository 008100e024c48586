// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/comeback.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>

#include "gateway/base/limits.hpp"
#include "gateway/imap/restoring.hpp"

namespace vanthu::imap {
namespace {
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using namespace asio::experimental::awaitable_operators;
constexpr auto tuple_awaitable = asio::as_tuple(asio::use_awaitable);

std::chrono::milliseconds by_lot(std::chrono::milliseconds most) {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::chrono::milliseconds(
      std::uniform_int_distribution<std::int64_t>(most.count() / 10, most.count())(generator));
}

/// @return why not; empty: it is where the old one was
asio::awaitable<std::string> restore(net::Connection& store, Restoring& restoring, bool& never) {
  std::string out = restoring.begin();
  while (!out.empty()) {
    const auto written = co_await store.write(out, limits::imap_backend_wait);
    if (!written) co_return written.error().detail;
    auto next = Restoring::Next::read;
    out.clear();
    while (next == Restoring::Next::read && out.empty()) {
      const auto more = co_await store.read_more(limits::imap_backend_wait);
      if (!more) co_return more.error().detail;
      std::string_view input = store.buffered();
      const std::size_t had = input.size();
      next = restoring.feed(input, out);
      store.consume(had - input.size());
    }
    if (next == Restoring::Next::failed) {
      never = true;
      co_return restoring.why();
    }
  }
  co_return std::string();
}

/// One try.
asio::awaitable<Comeback> attempt(const Reopen& reopen, const Standing& before, const ClientGate::Setup& setup,
                                  bool& never) {
  Comeback back;
  Reopened opened = co_await reopen.open();
  never = opened.never;
  back.why = std::move(opened.why);
  if (never) back.words = "[UNAVAILABLE] log in again";
  if (!opened.connection) co_return back;
  const auto restoring = std::make_unique<Restoring>(before, setup);
  back.why = co_await restore(*opened.connection, *restoring, never);
  if (!back.why.empty()) {
    if (never) back.words = "[UNAVAILABLE] the folder has changed while the mail store restarted, log in again";
    co_await opened.connection->close();
    co_return back;
  }
  back.connection = std::move(opened.connection);
  back.standing = restoring->now();
  back.told = restoring->told();
  co_return back;
}
}  // namespace

asio::awaitable<Comeback> come_back(const Reopen& reopen, Standing before, ClientGate::Setup setup) {
  const auto until = Clock::now() + reopen.patience;
  auto pause = reopen.pause;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  asio::steady_timer end(timer.get_executor(), until);
  Comeback back;
  for (unsigned tries = 1;; ++tries) {
    timer.expires_after(by_lot(pause));
    co_await timer.async_wait(tuple_awaitable);
    bool never = false;
    auto first = co_await (attempt(reopen, before, setup, never) || end.async_wait(asio::use_awaitable));
    if (first.index() == 0) back = std::get<0>(std::move(first));
    back.tries = tries;
    if (back.connection || never) co_return back;
    pause = std::min(2 * pause, limits::imap_restore_longest);
    if (first.index() == 1 || Clock::now() + pause / 10 >= until) break;
  }
  back.words = "[UNAVAILABLE] the mail store does not answer, log in again";
  co_return back;
}

}  // namespace vanthu::imap
