// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/net/connection.hpp"
#include "gateway/relay/capabilities.hpp"
#include "gateway/relay/reply_reader.hpp"
#include "gateway/relay/tls_policy.hpp"
#include "gateway/relay/transaction.hpp"
#include "gateway/spool/queue.hpp"

namespace vanthu::relay {

/// One host to try, with what is asked of it.
struct Target {
  std::string host;     ///< the name that its certificate must have; what a report calls it
  std::string address;  ///< where to connect: an address, or the name again
  std::uint16_t port = 25;
  bool lmtp = false;
  bool implicit_tls = false;  ///< smtps
  TlsDemand tls;
  std::string user, password;  ///< AUTH; empty: none
};

/// One connection to a next hop, SMTP (RFC 5321) or LMTP (RFC 2033), used for message after message.
class Client {
 public:
  /// Connects, greets, protects the connection as the target asks, authenticates.
  /// @par Errors  next_hop_unavailable, also where TLS is demanded and not to be had; the hop's own reply when it
  /// refuses to talk. `tls_failed` says that an opportunistic handshake broke: try again in clear.
  static boost::asio::awaitable<Result<std::unique_ptr<Client>>> open(Target target, std::string our_name,
                                                                      boost::asio::thread_pool& slow, bool* tls_failed);

  /// What became of the recipients; who is not named stays due.
  struct Delivered {
    std::vector<spool::Outcome> outcomes;
    std::optional<Error> broken;  ///< the connection is of no use any more
    bool spoke = false;           ///< the hop answered at least once: it was no stale connection
  };
  /// As many transactions as the hop's limit of recipients makes necessary.
  boost::asio::awaitable<Delivered> deliver(std::shared_ptr<const spool::Payload> payload,
                                            std::vector<std::uint32_t> recipients, const Route& route);
  /// QUIT, without waiting long for its answer.
  boost::asio::awaitable<void> close();

  const Capabilities& capabilities() const { return capabilities_; }
  const Security& security() const { return security_; }
  const Target& target() const { return target_; }
  /// It took as many messages as it takes on one connection, or said something that nobody asked for.
  bool worn() const;

 private:
  Client(std::unique_ptr<net::Connection> connection, Target target)
      : connection_(std::move(connection)), target_(std::move(target)) {}
  std::optional<Result<HopReply>> buffered_reply();  ///< nothing: it has not come whole
  boost::asio::awaitable<Result<HopReply>> read_reply(std::chrono::milliseconds wait);
  boost::asio::awaitable<Result<HopReply>> ask(std::string line);
  boost::asio::awaitable<Result<Done>> greet(const std::string& our_name);
  boost::asio::awaitable<Result<Done>> start_tls();
  boost::asio::awaitable<Result<Done>> log_in(boost::asio::thread_pool& slow);
  boost::asio::awaitable<Result<Done>> transact(const spool::Payload& payload, const Transaction& transaction,
                                                Delivered& delivered);
  /// @param commands  that go in the same write
  boost::asio::awaitable<Result<Done>> send_octets(const spool::Payload& payload, const Transaction& transaction,
                                                   std::string commands);
  boost::asio::awaitable<Result<Done>> reset();

  std::unique_ptr<net::Connection> connection_;
  Target target_;
  Capabilities capabilities_;
  Security security_;
  std::uint64_t transactions_ = 0;
  std::size_t read_ = 0;  // octets at the head of what is buffered in which no whole reply was found
};

}  // namespace vanthu::relay
