// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/config.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::net {

namespace asio = boost::asio;
using TlsContext = std::shared_ptr<asio::ssl::context>;  ///< shared: sessions outlive a reload of the certificate

/// A TCP stream, plain or TLS, with an input buffer and a deadline on every wait. One coroutine at a time reads and one
/// writes (the two may be different ones). All on the socket's executor.
class Connection {
 public:
  explicit Connection(asio::ip::tcp::socket socket);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// @par Errors  next_hop_unavailable with host, port and reason
  static asio::awaitable<Result<std::unique_ptr<Connection>>> connect(HostPort to, std::chrono::seconds wait);

  /// Handshake as server; whatever was read in clear before is discarded (RFC 3207 §4.2).
  asio::awaitable<Result<Done>> accept_tls(TlsContext context, std::chrono::seconds wait);
  /// Handshake as client; the name is checked when the context verifies.
  /// @param prepare  called with the session before the handshake, for what the context cannot say (DANE)
  asio::awaitable<Result<Done>> start_tls(TlsContext context, std::string server_name, std::chrono::seconds wait,
                                          std::function<bool(ssl_st*)> prepare = {});

  /// What was read and not yet consumed. Views into it end with the next read or consume.
  std::string_view buffered() const { return std::string_view(input_).substr(consumed_); }
  void consume(std::size_t octets);
  /// Reads once more into the buffer: at least one octet, at most 64 KiB at a time.
  /// @par Errors  timed_out after `wait`; bad_line with detail "closed" when the peer closed or the stream broke
  asio::awaitable<Result<Done>> read_more(std::chrono::milliseconds wait);
  /// All of it. @par Errors  as read_more
  asio::awaitable<Result<Done>> write(std::string_view octets, std::chrono::milliseconds wait);

  /// Ends every wait of this connection with an error. Any thread.
  void cancel();
  /// TLS close_notify is sent where possible, then the socket closes.
  asio::awaitable<void> close();

  bool secure() const;
  std::string tls_description() const;                       ///< "TLSv1.3 TLS_AES_256_GCM_SHA384", or empty
  const std::string& peer_address() const { return peer_; }  ///< "203.0.113.9"
  ssl_st* tls_session() const;                               ///< OpenSSL's, null without TLS
  asio::any_io_executor executor();
  /// Called once, first thing in the destructor.
  void on_end(std::function<void()> call) { end_ = std::move(call); }

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with the deadline's timer, whose last callback may come after us
  std::string input_;
  std::size_t consumed_ = 0;
  std::string peer_;
  std::function<void()> end_;
};

}  // namespace vanthu::net
