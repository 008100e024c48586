// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/gate.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <thread>

namespace vanthu::intake {
namespace {
namespace asio = boost::asio;
using std::chrono::milliseconds;
constexpr milliseconds long_time{60000};

struct GateTest : testing::Test {
  asio::io_context context;
  std::optional<Gate> made;                            // outlives the places
  std::vector<int> in;                                 // who was let in, in that order
  std::vector<std::optional<Gate::Place>> places{10};  // and has not left

  void arrive(Gate& gate, int who) { asio::co_spawn(context, come(gate, who), asio::detached); }
  asio::awaitable<void> come(Gate& gate, int who) {
    places[std::size_t(who)].emplace(co_await gate.enter());
    in.push_back(who);
  }
  /// What can be done without waiting.
  void settle() {
    context.restart();
    context.poll();
  }
};

TEST_F(GateTest, LetsInAsManyAsThereArePlacesAndTheNextWhenOneLeaves) {
  Gate& gate = made.emplace(Gate::Terms{2, long_time, long_time});
  for (int who = 0; who < 4; ++who) arrive(gate, who);
  settle();
  EXPECT_EQ(in, (std::vector{0, 1}));
  EXPECT_EQ(gate.waiting(), 2U);
  places[1].reset();
  settle();
  EXPECT_EQ(in, (std::vector{0, 1, 2}));
  places[0].reset();
  places[2].reset();
  settle();
  EXPECT_EQ(in, (std::vector{0, 1, 2, 3}));
  EXPECT_EQ(gate.waiting(), 0U);
}

TEST_F(GateTest, WhoSendsSlowlyGivesUpItsPlace) {
  Gate& gate = made.emplace(Gate::Terms{1, milliseconds(0), long_time});
  arrive(gate, 0);
  settle();
  std::this_thread::sleep_for(milliseconds(2));
  arrive(gate, 1);
  settle();
  EXPECT_EQ(in, (std::vector{0, 1}));
  places[0]->received();  // late, and no place any more
  places[1]->received();
  arrive(gate, 2);
  settle();
  EXPECT_EQ(in, (std::vector{0, 1})) << "whose octets are there keeps its place";
  places[0].reset();
  settle();
  EXPECT_EQ(in, (std::vector{0, 1})) << "a place that was given up is not left twice";
  places[1].reset();
  settle();
  EXPECT_EQ(in, (std::vector{0, 1, 2}));
}

TEST_F(GateTest, NobodyWaitsLongerThanItsPatience) {
  Gate& gate = made.emplace(Gate::Terms{1, long_time, milliseconds(5)});
  for (int who = 0; who < 3; ++who) arrive(gate, who);
  context.run();  // until nobody waits for a timer
  EXPECT_EQ(in.size(), 3U);
  EXPECT_EQ(gate.waiting(), 0U);
}

TEST(Gate, LosesNobodyAmongManyThreads) {
  constexpr int threads = 4, clients = 50, rounds = 200;
  Gate gate({3, long_time, long_time});
  std::atomic<int> inside{0}, most{0}, passed{0};
  const auto client = [&]() -> asio::awaitable<void> {
    for (int round = 0; round < rounds; ++round) {
      const Gate::Place place = co_await gate.enter();
      const int now = ++inside;
      for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      std::this_thread::yield();
      --inside;
      ++passed;
    }
  };
  std::vector<std::unique_ptr<asio::io_context>> contexts;
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) contexts.push_back(std::make_unique<asio::io_context>(1));
  for (int i = 0; i < clients; ++i) asio::co_spawn(*contexts[std::size_t(i % threads)], client, asio::detached);
  // A context that runs dry while its clients wait at the gate has their timers as work.
  for (auto& context : contexts) running.emplace_back([&context] { context->run(); });
  for (auto& thread : running) thread.join();
  EXPECT_EQ(passed, clients * rounds);
  EXPECT_LE(most, 3);
}

}  // namespace
}  // namespace vanthu::intake
