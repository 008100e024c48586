// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  /// Reads once more into the buffer: at least one octet, at most 64 KiB at a time. While it waits with nothing unread
  /// the buffer is given back.
  /// @par Errors  timed_out after `wait`; bad_line with detail "closed" when the peer closed or the stream broke
  asio::awaitable<Result<Done>> read_more(std::chrono::milliseconds wait);
  /// All of it. @par Errors  as read_more
  asio::awaitable<Result<Done>> write(std::string_view octets, std::chrono::milliseconds wait);

  /// Ends every wait of this connection with an error. Any thread.
  void cancel();
  /// TLS close_notify is sent where possible (the peer's is not waited for), then the socket closes.
  asio::awaitable<void> close();

  /// The PROXY header of a load balancer, read to its last octet and no further: peer_address() is the client's then.
  /// @par Errors  bad_line (no header, or a wrong one), timed_out
  asio::awaitable<Result<Done>> read_proxy_header(std::chrono::seconds wait);

  bool secure() const;
  std::string tls_description() const;  ///< "TLSv1.3 TLS_AES_256_GCM_SHA384", or empty
  /// What ties a login to this TLS connection; nothing where the protocol version or the handshake cannot give it.
  /// @param type  "tls-exporter" (RFC 9266), "tls-server-end-point", "tls-unique" (RFC 5929); the server's side
  std::optional<std::string> channel_binding(std::string_view type) const;
  /// The client's certificate, if it has shown one that verifies.
  struct PeerCertificate {
    std::string subject;              ///< RFC 4514, UTF-8
    std::string fingerprint;          ///< SHA-256, lower-case hexadecimal
    std::vector<std::string> emails;  ///< rfc822Name in subjectAltName, lower case
  };
  std::optional<PeerCertificate> peer_certificate() const;

  const std::string& peer_address() const { return peer_; }  ///< "203.0.113.9"
  /// The host at the other end of the wire: the load balancer where there is one, else peer_address().
  const std::string& neighbour_address() const { return neighbour_.empty() ? peer_ : neighbour_; }
  ssl_st* tls_session() const;  ///< OpenSSL's, null without TLS
  /// What a trusted host in front of us says that it is.
  void set_peer_address(std::string address) { peer_ = std::move(address); }
  asio::any_io_executor executor();
  /// Called once, first thing in the destructor.
  void on_end(std::function<void()> call) { end_ = std::move(call); }

 private:
  struct State;
  asio::awaitable<Result<Done>> shake_hands(std::chrono::seconds wait);
  std::shared_ptr<State> state_;  ///< shared with the deadline's timer, whose last callback may come after us
  std::string input_;
  std::size_t consumed_ = 0;
  std::string peer_;
  std::string neighbour_;  ///< where it is another
  std::function<void()> end_;
};

}  // namespace vanthu::net
