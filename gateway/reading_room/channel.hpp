// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/net/connection.hpp"
#include "gateway/reading_room/deflate.hpp"

namespace vanthu::reading_room {

/// A client's connection as a session sees it: compressed or not.
class Channel {
 public:
  explicit Channel(net::Connection& connection) : connection_(connection) {}

  /// As those of net::Connection.
  std::string_view buffered() const;
  void consume(std::size_t octets);
  boost::asio::awaitable<Result<Done>> read_more(std::chrono::milliseconds wait);
  boost::asio::awaitable<Result<Done>> write(std::string_view octets, std::chrono::milliseconds wait);

  /// From here on both directions are compressed. @return false: octets came already, of which nobody can say what
  /// they were meant to be (RFC 4978 §3: the client waits for the answer)
  bool compress();

 private:
  net::Connection& connection_;
  std::unique_ptr<Deflater> out_;
  std::unique_ptr<Inflater> in_;
  std::string plain_;
  std::size_t consumed_ = 0;
  bool full_ = false;  ///< the last piece was a whole one: there may be more of it in there
};

}  // namespace vanthu::reading_room
