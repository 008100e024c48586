// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/connection.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "gateway/net/await_call.hpp"
#include "gateway/net/offload.hpp"

namespace vanthu::net {
namespace {
using namespace std::chrono_literals;

/// Two ends of a connection over loopback, on one thread.
class ConnectionTest : public testing::Test {
 protected:
  void play(std::function<asio::awaitable<void>(Connection&)> server,
            std::function<asio::awaitable<void>(Connection&)> client) {
    asio::ip::tcp::acceptor acceptor(context_, {asio::ip::make_address("127.0.0.1"), 0});
    const HostPort to{"127.0.0.1", acceptor.local_endpoint().port()};
    const auto serve = [&]() -> asio::awaitable<void> {
      auto socket = co_await acceptor.async_accept(asio::use_awaitable);
      Connection connection(std::move(socket));
      co_await server(connection);
    };
    const auto call = [&]() -> asio::awaitable<void> {
      auto connection = co_await Connection::connect(to, 5s);
      if (!connection) {
        ADD_FAILURE() << connection.error().detail;
        co_return;
      }
      co_await client(**connection);
    };
    asio::co_spawn(context_, serve(), asio::detached);
    asio::co_spawn(context_, call(), asio::detached);
    context_.run();
  }
  asio::io_context context_{1};
};

TEST_F(ConnectionTest, ReadsMuchAtATimeWhenMuchComes) {
  const std::string sent(1U << 20, 'x');
  std::size_t got = 0, reads = 0;
  play([&](Connection& c) -> asio::awaitable<void> { EXPECT_TRUE(co_await c.write(sent, 10s)); },
       [&](Connection& c) -> asio::awaitable<void> {
         while (co_await c.read_more(10s)) {
           ++reads;
           got += c.buffered().size();
           c.consume(c.buffered().size());
         }
       });
  EXPECT_EQ(got, sent.size());
  EXPECT_LE(reads, sent.size() / 4096) << "reads of a few octets each cost a relay its speed";
}

TEST_F(ConnectionTest, KeepsWhatWasNotConsumed) {
  std::string seen;
  play([&](Connection& c) -> asio::awaitable<void> { EXPECT_TRUE(co_await c.write("one\r\ntwo\r\n", 5s)); },
       [&](Connection& c) -> asio::awaitable<void> {
         // The view is looked at apart from the co_await: g++ 12 keeps it over the read that ends it.
         while (true) {
           if (c.buffered().find("two") != std::string_view::npos) break;
           if (!co_await c.read_more(5s)) break;
         }
         c.consume(5);
         seen = c.buffered();
       });
  EXPECT_EQ(seen, "two\r\n");
}

TEST_F(ConnectionTest, EndsAWaitAtItsDeadlineAndSaysSo) {
  Result<Done> result = done;
  play(
      [&](Connection& c) -> asio::awaitable<void> {
        [[maybe_unused]] const auto silence = co_await c.read_more(10s);  // says nothing itself
      },
      [&](Connection& c) -> asio::awaitable<void> { result = co_await c.read_more(20ms); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reply, Reply(status::timed_out));
}

TEST_F(ConnectionTest, MayTellWhoWasSilentThatItWas) {
  Result<Done> told = done;
  std::string heard;
  play(
      [&](Connection& c) -> asio::awaitable<void> {
        [[maybe_unused]] const auto read = co_await c.read_more(10s);
        heard = c.buffered();
      },
      [&](Connection& c) -> asio::awaitable<void> {
        [[maybe_unused]] const auto silence = co_await c.read_more(20ms);
        told = co_await c.write("421\r\n", 5s);
      });
  EXPECT_TRUE(told);
  EXPECT_EQ(heard, "421\r\n");
}

TEST_F(ConnectionTest, TellsACloseFromATimeOut) {
  Result<Done> result = done;
  play([](Connection&) -> asio::awaitable<void> { co_return; },
       [&](Connection& c) -> asio::awaitable<void> { result = co_await c.read_more(10s); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().detail, "closed");
}

TEST_F(ConnectionTest, IsCancelledFromAnotherThread) {
  Result<Done> result = done;
  std::thread other;
  play([&](Connection& c) -> asio::awaitable<void> { [[maybe_unused]] const auto silence = co_await c.read_more(10s); },
       [&](Connection& c) -> asio::awaitable<void> {
         other = std::thread([&c] { c.cancel(); });
         result = co_await c.read_more(10s);
         other.join();
       });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reply, Reply(status::shutting_down));
}

TEST_F(ConnectionTest, NamesAHopThatIsNotThere) {
  Result<Done> result = done;
  const auto call = [&]() -> asio::awaitable<void> {
    const HostPort nowhere{"127.0.0.1", 1};
    auto connection = co_await Connection::connect(nowhere, 5s);
    if (!connection) result = connection.error();
  };
  asio::co_spawn(context_, call(), asio::detached);
  context_.run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reply, Reply(status::next_hop_unavailable));
  EXPECT_NE(result.error().detail.find("127.0.0.1:1"), std::string::npos);
}

TEST_F(ConnectionTest, ResumesOnItsOwnThreadAfterWorkElsewhere) {
  asio::thread_pool pool(1);
  const auto home = std::this_thread::get_id();
  std::thread::id worked, resumed;
  std::string said;
  const auto call = [&]() -> asio::awaitable<void> {
    const auto work = [&] { return worked = std::this_thread::get_id(); };
    co_await offload(pool, work);
    const auto start = [](auto done_call) { std::thread([done_call] { done_call("answer"); }).detach(); };
    said = co_await await_call<std::string>(start);
    resumed = std::this_thread::get_id();
  };
  asio::co_spawn(context_, call(), asio::detached);
  context_.run();
  pool.join();
  EXPECT_NE(worked, home);
  EXPECT_EQ(resumed, home);
  EXPECT_EQ(said, "answer");
}

}  // namespace
}  // namespace vanthu::net
