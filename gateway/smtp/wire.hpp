// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "gateway/base/config.hpp"
#include "gateway/base/result.hpp"
#include "gateway/net/connection.hpp"

namespace vanthu::smtp {

/// Lines in, replies out. Replies are gathered and leave in one write when nothing the client has sent is left to read
/// (RFC 2920 §3.2),
/// or when they have grown to 16 KiB. Once `over()` the session only flushes and closes.
class Wire {
 public:
  /// @param draining  true since SIGTERM; a loan, outlives the wire
  Wire(net::Connection& client, const Config& config, const std::function<bool()>& draining)
      : client_(client), config_(config), draining_(draining) {}

  net::Connection& client() { return client_; }
  bool over() const { return over_; }
  void hang_up() { over_ = true; }

  /// One line as it stands; CRLF is added.
  void say(std::string_view line);
  /// RFC 2034: code, enhanced code, words. UTF-8 words only in a transaction that has agreed to them (RFC 6531
  /// §3.7.4.2); others get the same sentence without marks. At most 512 octets, never a control character.
  void answer(const Reply& reply);
  /// The last answer of this session.
  void finish(const Reply& reply) {
    answer(reply);
    over_ = true;
  }
  /// Whether answers may hold UTF-8 from now on.
  void set_utf8(bool agreed) { utf8_ = agreed; }

  /// Sends what was said. A client that does not take it within limits.reply-seconds is cut off.
  boost::asio::awaitable<void> flush();

  /// One line without its CRLF, at most `most` octets with it, within limits.command-seconds as a whole. What is wrong
  /// with it has been answered.
  /// @par Errors  any: the session is over
  boost::asio::awaitable<Result<std::string>> read_line(std::size_t most);

 private:
  net::Connection& client_;
  const Config& config_;
  const std::function<bool()>& draining_;
  std::string output_;
  bool over_ = false;
  bool utf8_ = false;
};

}  // namespace vanthu::smtp
