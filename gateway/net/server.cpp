// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/server.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "gateway/base/log.hpp"

namespace vanthu::net {

struct Server::State {
  using Guard = asio::executor_work_guard<asio::io_context::executor_type>;
  explicit State(const Options& o) : options(o) {
    const unsigned threads = o.threads != 0 ? o.threads : std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < threads; ++i) {
      contexts.push_back(std::make_unique<asio::io_context>(1));
      guards.emplace_back(asio::make_work_guard(*contexts.back()));
    }
  }

  struct Port {
    asio::ip::tcp::acceptor acceptor;
    std::string full;
    Session session;
  };

  Options options;
  std::vector<std::unique_ptr<asio::io_context>> contexts;
  std::vector<Guard> guards;
  std::vector<std::unique_ptr<Port>> ports;
  std::atomic<unsigned> next{0};
  std::atomic<bool> draining{false};
  std::function<bool()> busy;                       // set before the drain is posted
  std::unique_ptr<asio::steady_timer> drain_timer;  // on contexts[0]

  std::mutex mutex;  // guards what follows
  std::map<std::string, unsigned> per_client;
  std::set<Connection*> live;

  asio::io_context& pick() { return *contexts[next++ % contexts.size()]; }

  bool admit(Connection& connection) {
    const std::string& peer = connection.peer_address();
    const bool trusted = options.trust_loopback && (peer.starts_with("127.") || peer == "::1");
    const std::lock_guard lock(mutex);
    if (draining || live.size() >= options.sessions) return false;
    unsigned& mine = per_client[peer];
    if (!trusted && mine >= options.sessions_per_client) return false;
    ++mine;
    live.insert(&connection);
    return true;
  }

  void release(Connection& connection) {
    const std::lock_guard lock(mutex);
    live.erase(&connection);
    if (const auto mine = per_client.find(connection.peer_address()); mine != per_client.end() && --mine->second == 0)
      per_client.erase(mine);
  }

  asio::awaitable<void> run_session(Port& port, std::unique_ptr<Connection> connection) {
    Connection& held = *connection;
    if (!admit(held)) {
      log::Event("session.refused", log::Level::warning)
          .with("client", held.peer_address())
          .with("why", "too many sessions");
      if (!port.full.empty()) co_await held.write(port.full, std::chrono::seconds(1));
      co_return;
    }
    held.on_end([this, &held] { release(held); });
    try {
      co_await port.session(std::move(connection));
    } catch (const std::exception& error) {
      log::Event("session.failed", log::Level::error).with("why", error.what());
    }
  }

  asio::awaitable<void> accept_loop(Port& port) {
    while (!draining) {
      asio::io_context& home = pick();
      auto [code, socket] = co_await port.acceptor.async_accept(home, asio::as_tuple(asio::use_awaitable));
      if (code == asio::error::operation_aborted || draining) co_return;
      if (code) {  // descriptors used up, or the client went away: wait a little, do not spin
        log::Event("accept.failed", log::Level::warning).with("why", code.message());
        asio::steady_timer pause(port.acceptor.get_executor(), std::chrono::milliseconds(100));
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        continue;
      }
      auto connection = std::make_unique<Connection>(std::move(socket));
      asio::co_spawn(home, run_session(port, std::move(connection)), asio::detached);
    }
  }

  void stop_all() {
    for (Guard& guard : guards) guard.reset();
    for (auto& context : contexts) context->stop();
  }

  /// Every 50 ms: is anybody left, is the time over?
  void watch(std::chrono::steady_clock::time_point deadline, bool cut) {
    std::size_t left = 0;
    {
      const std::lock_guard lock(mutex);
      left = live.size();
      if (left > 0 && !cut && std::chrono::steady_clock::now() >= deadline) {
        cut = true;
        for (Connection* connection : live) connection->cancel();
      }
    }
    const bool late = std::chrono::steady_clock::now() >= deadline;
    if ((left == 0 && (late || !busy || !busy())) ||
        (cut && std::chrono::steady_clock::now() >= deadline + std::chrono::seconds(3))) {
      stop_all();
      return;
    }
    drain_timer->expires_after(std::chrono::milliseconds(50));
    drain_timer->async_wait([this, deadline, cut](const boost::system::error_code&) { watch(deadline, cut); });
  }
};

Server::Server(const Options& options) : state_(std::make_unique<State>(options)) {}
Server::~Server() = default;

Result<Done> Server::listen(const std::string& key, const std::string& host_port, std::string full, Session session) {
  const auto wrong = [&](const std::string& why) {
    return fail(status::bad_configuration, key + " = " + host_port + ": " + why);
  };
  const auto at = parse_host_port(host_port);
  if (!at) return wrong(at.error().detail);
  boost::system::error_code code;
  const auto address = asio::ip::make_address(at->host == "localhost" ? "127.0.0.1" : at->host, code);
  if (code) return wrong("wants a numeric address, such as 127.0.0.1 or ::");
  auto port = std::make_unique<State::Port>(
      State::Port{asio::ip::tcp::acceptor(*state_->contexts[0]), std::move(full), std::move(session)});
  const asio::ip::tcp::endpoint endpoint(address, at->port);
  port->acceptor.open(endpoint.protocol(), code);
  if (!code) port->acceptor.set_option(asio::socket_base::reuse_address(true), code);
  if (!code) port->acceptor.bind(endpoint, code);
  if (!code) port->acceptor.listen(1024, code);
  if (code == asio::error::address_in_use)
    return wrong("another program has this port; stop it or choose another port (ss -ltnp shows who)");
  if (code == asio::error::access_denied) return wrong("ports below 1024 need root or CAP_NET_BIND_SERVICE");
  if (code) return wrong(code.message());
  state_->ports.push_back(std::move(port));
  return done;
}

void Server::run() {
  state_->drain_timer = std::make_unique<asio::steady_timer>(*state_->contexts[0]);
  for (auto& port : state_->ports) asio::co_spawn(*state_->contexts[0], state_->accept_loop(*port), asio::detached);
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < state_->contexts.size(); ++i)
    threads.emplace_back([this, i] { state_->contexts[i]->run(); });
  state_->contexts[0]->run();
  for (std::thread& thread : threads) thread.join();
}

void Server::drain(std::chrono::seconds wait, std::function<bool()> busy) {
  if (state_->draining.exchange(true)) return;
  state_->busy = std::move(busy);
  asio::post(*state_->contexts[0], [this, wait] {
    boost::system::error_code ignored;
    for (auto& port : state_->ports) port->acceptor.close(ignored);
    state_->watch(std::chrono::steady_clock::now() + wait, false);
  });
}

bool Server::draining() const { return state_->draining; }

unsigned Server::sessions() const {
  const std::lock_guard lock(state_->mutex);
  return static_cast<unsigned>(state_->live.size());
}

asio::io_context& Server::context() { return state_->pick(); }

}  // namespace vanthu::net
