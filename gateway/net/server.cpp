// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/server.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>
#include <vector>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"

namespace vanthu::net {
namespace {
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::chrono::seconds accept_told_again{10};
}  // namespace

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
    std::vector<Network> proxies;
  };

  Options options;
  std::vector<std::unique_ptr<asio::io_context>> contexts;
  std::vector<Guard> guards;
  std::vector<std::unique_ptr<Port>> ports;
  std::atomic<unsigned> next{0};
  std::atomic<bool> draining{false};
  std::function<bool()> busy;                       // set before the drain is posted
  std::unique_ptr<asio::steady_timer> drain_timer;  // on contexts[0]

  std::mutex mutex;                                       // guards what follows
  std::unordered_map<std::string, unsigned> sessions_of;  // by client, by network
  std::set<Connection*> live;

  asio::io_context& pick() { return *contexts[next++ % contexts.size()]; }

  /// What the sessions of a connection are counted by.
  struct Counted {
    std::string client, network;
    bool exempt = false;
  };
  Counted counted(const Connection& connection) const {
    const auto address = parse_ip(connection.peer_address());
    if (!address) return {connection.peer_address(), connection.peer_address()};
    return {format(network_of(*address, limits::client_v4_bits, limits::client_v6_bits)),
            format(network_of(*address, limits::network_v4_bits, limits::network_v6_bits)),
            contains(options.exempt, *address)};
  }

  unsigned sessions_with(const std::string& one) const {  // under the mutex
    const auto found = sessions_of.find(one);
    return found != sessions_of.end() ? found->second : 0;
  }

  /// Why not; null: admitted.
  const char* admit(Connection& connection, const Counted& as) {
    {
      const std::lock_guard lock(mutex);
      if (draining) return "draining";
      if (live.size() >= options.sessions) return "too many sessions";
      if (!as.exempt && sessions_with(as.client) >= options.sessions_per_client)
        return "too many sessions of this client";
      if (!as.exempt && sessions_with(as.network) >= options.sessions_per_network)
        return "too many sessions of this network";
      ++sessions_of[as.client];
      ++sessions_of[as.network];
      live.insert(&connection);
    }
    if (!options.admit || options.admit(connection.peer_address())) return nullptr;
    release(connection, as);
    return "too many connections in a short time";
  }

  void release(Connection& connection, const Counted& as) {
    const std::lock_guard lock(mutex);
    live.erase(&connection);
    for (const std::string& one : {as.client, as.network})
      if (const auto mine = sessions_of.find(one); mine != sessions_of.end() && --mine->second == 0)
        sessions_of.erase(mine);
  }

  /// A load balancer names its client; everybody else is who he is. False: the connection is given up.
  asio::awaitable<bool> proxied(const Port& port, Connection& connection) {
    if (port.proxies.empty()) co_return true;
    const auto address = parse_ip(connection.peer_address());
    if (!address || !contains(port.proxies, *address)) co_return true;
    const std::string proxy = connection.peer_address();
    const auto read = co_await connection.read_proxy_header(limits::proxy_header_wait);
    if (!read) log::Event("proxy.refused", log::Level::warning).with("proxy", proxy).with("why", read.error().detail);
    co_return bool(read);
  }

  asio::awaitable<void> run_session(Port& port, std::unique_ptr<Connection> connection) {
    Connection& held = *connection;
    if (!co_await proxied(port, held)) co_return;
    const Counted as = counted(held);
    if (const char* why = admit(held, as); why != nullptr) {
      log::Event("session.refused", log::Level::warning).with("client", held.peer_address()).with("why", why);
      if (!port.full.empty()) co_await held.write(port.full, std::chrono::seconds(1));
      co_return;
    }
    held.on_end([this, &held, as] { release(held, as); });
    try {
      co_await port.session(std::move(connection));
    } catch (const std::exception& error) {
      log::Event("session.failed", log::Level::error).with("why", error.what());
    }
  }

  /// Never ends but by draining: whatever fails is told (once a while, it may fail often) and tried again.
  asio::awaitable<void> accept_loop(Port& port) {
    std::uint64_t failures = 0;
    std::optional<std::chrono::steady_clock::time_point> told;
    while (!draining) {
      asio::io_context& home = pick();
      auto [code, socket] = co_await port.acceptor.async_accept(home, asio::as_tuple(asio::use_awaitable));
      if (code == asio::error::operation_aborted || draining) co_return;
      std::string why = code ? code.message() : "";
      if (!code) {
        try {
          auto connection = std::make_unique<Connection>(std::move(socket));
          asio::co_spawn(home, run_session(port, std::move(connection)), asio::detached);
          continue;
        } catch (const std::exception& error) {
          why = error.what();
        }
      }
      if (code == asio::error::connection_aborted) continue;  // the client went away while it waited
      ++failures;
      // Descriptors or memory used up. Clients wait in the kernel's queue meanwhile.
      if (const auto now = std::chrono::steady_clock::now(); !told || now - *told > accept_told_again) {
        told = now;
        log::Event("accept.failed", log::Level::error)
            .with("why", why)
            .with("failures", failures)
            .with("sessions", count())
            .with("hint", "raise LimitNOFILE or lower limits.sessions");
      }
      asio::steady_timer pause(port.acceptor.get_executor(), accept_pause);
      co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }

  unsigned count() {
    const std::lock_guard lock(mutex);
    return static_cast<unsigned>(live.size());
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

Server::Server(const Options& options) : state_(std::make_unique<State>(options)) {
  // A session has a descriptor, one more for its message or its mail store, and the logs want some.
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < 2ULL * options.sessions + 200)
    log::Event("descriptors.few", log::Level::warning)
        .with("have", std::uint64_t(files.rlim_cur))
        .with("hint", "limits.sessions wants twice as many and 200: raise LimitNOFILE");
}
Server::~Server() = default;

Result<Done> Server::listen(const std::string& key, const std::string& host_port, std::string full, Session session,
                            std::vector<Network> proxies) {
  const auto wrong = [&](const std::string& why) {
    return fail(status::bad_configuration, key + " = " + host_port + ": " + why);
  };
  const auto at = parse_host_port(host_port);
  if (!at) return wrong(at.error().detail);
  boost::system::error_code code;
  const auto address = asio::ip::make_address(at->host == "localhost" ? "127.0.0.1" : at->host, code);
  if (code) return wrong("wants a numeric address, such as 127.0.0.1 or ::");
  auto port = std::make_unique<State::Port>(State::Port{asio::ip::tcp::acceptor(*state_->contexts[0]), std::move(full),
                                                        std::move(session), std::move(proxies)});
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

unsigned Server::sessions() const { return state_->count(); }

asio::io_context& Server::context() { return state_->pick(); }

}  // namespace vanthu::net
