// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/https.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::relay {
namespace {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;

std::chrono::milliseconds left(Clock::time_point deadline) {
  return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()),
                  std::chrono::milliseconds(0));
}
/// Of the time that is left, no more than one step may take; a second at least.
std::chrono::seconds step(Clock::time_point deadline, std::chrono::seconds most) {
  return std::clamp(std::chrono::ceil<std::chrono::seconds>(left(deadline)), std::chrono::seconds(1), most);
}

asio::awaitable<Result<std::string>> fetch(net::Connection& connection, const std::string& host,
                                           const std::string& path, Clock::time_point deadline) {
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: " + host +
                              "\r\nAccept: text/plain\r\nUser-Agent: vanthu\r\nConnection: close\r\n\r\n";
  if (auto written = co_await connection.write(request, left(deadline)); !written) co_return written.error();
  http::response_parser<http::string_body> parser;
  parser.body_limit(limits::sts_octets);
  parser.header_limit(limits::sts_octets);
  parser.eager(true);
  while (!parser.is_done()) {
    const auto wait = left(deadline);
    if (wait.count() <= 0) co_return fail(status::next_hop_unavailable, "no whole answer in time");
    if (auto read = co_await connection.read_more(wait); !read) {
      // A body without a length ends with the connection: only by close_notify, else somebody may have cut it short, or
      // our patience has (RFC 8446 §6.1).
      if (!parser.got_some()) co_return fail(status::next_hop_unavailable, read.error().detail);
      boost::system::error_code ended;
      parser.put_eof(ended);
      if (read.error().detail != "closed" || ended || !parser.is_done()) co_return fail(status::next_hop_unavailable, read.error().detail);
      break;
    }
    boost::system::error_code code;
    const std::size_t taken = parser.put(asio::buffer(connection.buffered()), code);
    connection.consume(taken);
    if (code && code != http::error::need_more) co_return fail(status::next_hop_unavailable, code.message());
  }
  const auto& response = parser.get();
  if (response.result() != http::status::ok)
    co_return fail(status::next_hop_unavailable, "HTTP status " + std::to_string(response.result_int()));
  const std::string type = text::ascii_lower(std::string(response[http::field::content_type]));
  if (type.substr(0, type.find_first_of("; ")) != "text/plain")
    co_return fail(status::next_hop_unavailable, "not text/plain");
  co_return response.body();
}
}  // namespace

asio::awaitable<Result<std::string>> https_get(std::string host, std::vector<std::string> addresses, std::string path,
                                               net::TlsContext context, std::chrono::seconds wait, std::uint16_t port) {
  const auto deadline = Clock::now() + wait;
  Error last = fail(status::next_hop_unavailable, host + ": no address");
  for (const std::string& address : addresses) {
    if (left(deadline).count() <= 0) break;
    const HostPort at{address, port};
    auto connection = co_await net::Connection::connect(at, step(deadline, limits::connect_wait));
    if (!connection) {
      last = connection.error();
      continue;
    }
    auto secured = co_await (*connection)->start_tls(context, host, step(deadline, limits::tls_handshake_wait));
    if (!secured) {
      last = fail(status::next_hop_unavailable, host + ": TLS: " + secured.error().detail);
      continue;
    }
    auto body = co_await fetch(**connection, host, path, deadline);
    if (body) co_return body;
    last = fail(status::next_hop_unavailable, host + ": " + body.error().detail);
  }
  co_return last;
}

}  // namespace vanthu::relay
