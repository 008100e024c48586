// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "filters/opinion.hpp"
#include "gateway/base/config.hpp"
#include "gateway/base/octets.hpp"

namespace vanthu::opinion {

/// What rspamd is told beside the octets.
struct Envelope {
  std::string client, helo, user, from;
  std::vector<std::string> recipients;
  std::string id;  ///< of the session, for its log
};

/// Asks whoever the configuration names about a message. Only for messages without a secrecy marking: these programs
/// write what they are given to a disk.
class Service {
 public:
  explicit Service(const Config& config) : config_(config) {}
  /// Whether anybody is asked.
  bool any() const { return !config_.clamd_address.empty() || !config_.rspamd_address.empty(); }
  /// One opinion of each; "absent" where there is no answer in time. Never an error.
  boost::asio::awaitable<filters::Opinions> ask(std::shared_ptr<const Octets> message, Envelope envelope) const;

 private:
  const Config& config_;
};

/// clamd's INSTREAM (clamd(8)). One connection a message.
/// @param address  host:port or the path of a socket
boost::asio::awaitable<filters::Opinion> ask_clamd(std::string address, std::shared_ptr<const Octets> message,
                                                   std::chrono::milliseconds patience);
/// What clamd answered: "stream: OK", "stream: Name FOUND", "… ERROR".
filters::Opinion read_clamd(std::string_view reply);

/// Rspamd's POST /checkv2.
/// @param address  host:port
boost::asio::awaitable<filters::Opinion> ask_rspamd(std::string address, std::shared_ptr<const Octets> message,
                                                    Envelope envelope, std::chrono::milliseconds patience);
/// What rspamd answered: JSON with "action", "score", "symbols".
filters::Opinion read_rspamd(std::string_view json);

}  // namespace vanthu::opinion
