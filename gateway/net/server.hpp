// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/address.hpp"
#include "gateway/net/connection.hpp"

namespace vanthu::net {

/// Listeners, the threads that run sessions, and the bounds on how many there may be. One io_context and one thread a
/// core: a session lives on one of them, so it needs no lock.
class Server {
 public:
  struct Options {
    unsigned threads = 0;  ///< 0: one a core
    unsigned sessions = 2000;
    unsigned sessions_per_client = 50;
    unsigned sessions_per_network = 400;  ///< an IPv4 /24, an IPv6 /56
    std::vector<Network> exempt{};        ///< clients without the two bounds above
    /// Asked before a session begins; false: the client is sent away.
    std::function<bool(const std::string& peer)> admit{};
  };
  explicit Server(const Options& options);
  ~Server();

  using Session = std::function<asio::awaitable<void>(std::unique_ptr<Connection>)>;
  /// Binds and listens; accepts once run() is called.
  /// @param full  the line a client gets when there are too many sessions, CRLF included; empty: it is closed without
  /// one
  /// @param proxies  hosts that begin with a PROXY header; nobody else's first octets are looked at
  /// @par Errors  bad_configuration naming the key, the address and what to do
  Result<Done> listen(const std::string& key, const std::string& host_port, std::string full, Session session,
                      std::vector<Network> proxies = {});

  /// Runs until stop(); the calling thread is one of the threads.
  void run();
  /// No new sessions; those that run may finish until `wait` is over, then they are cancelled; then run() returns. It
  /// waits as long for other work while `busy` says so. Any thread, once.
  void drain(std::chrono::seconds wait, std::function<bool()> busy);
  bool draining() const;
  unsigned sessions() const;

  /// An io_context to put other protocol work on (the relay), round robin.
  asio::io_context& context();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vanthu::net
