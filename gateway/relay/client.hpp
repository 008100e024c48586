// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gateway/net/connection.hpp"
#include "gateway/relay/reply_reader.hpp"
#include "gateway/spool/queue.hpp"

namespace vanthu::relay {

/// One connection to a next hop, SMTP (RFC 5321) or LMTP (RFC 2033), used for message after message.
class Client {
 public:
  /// Connects, greets, upgrades to TLS where the hop offers it (opportunistic, RFC 7435; not for LMTP).
  /// @par Errors  next_hop_unavailable; the hop's own reply when it refuses to talk
  static boost::asio::awaitable<Result<std::unique_ptr<Client>>> open(Endpoint hop, std::string our_name,
                                                                      net::TlsContext tls);

  /// Delivers to those recipients; each gets an outcome. Outcomes of an error: none, all stay due.
  /// @par Errors  the connection is of no use any more; bad_line "closed" before the first reply may be a stale
  /// connection
  boost::asio::awaitable<Result<std::vector<spool::Outcome>>> deliver(std::shared_ptr<const spool::Payload> payload,
                                                                      std::vector<std::uint32_t> recipients);
  /// QUIT, without waiting long for its answer.
  boost::asio::awaitable<void> close();

 private:
  Client(std::unique_ptr<net::Connection> connection, bool lmtp) : connection_(std::move(connection)), lmtp_(lmtp) {}
  boost::asio::awaitable<Result<HopReply>> read_reply(std::chrono::milliseconds wait);
  boost::asio::awaitable<Result<HopReply>> ask(std::string line);
  boost::asio::awaitable<Result<Done>> greet(const std::string& our_name);
  boost::asio::awaitable<Result<Done>> send_octets(const spool::Payload& payload);

  std::unique_ptr<net::Connection> connection_;
  bool lmtp_ = false;
  bool pipelining_ = false, eight_bit_ = false, utf8_ = false, starttls_ = false, size_ = false;
};

}  // namespace vanthu::relay
