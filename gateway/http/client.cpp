// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/client.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "gateway/base/clock.hpp"

namespace vanthu::http {
namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t url_octets = 1000;

using Request = beast_http::request<beast_http::string_body>;

Error unreachable(const Url& url, const std::string& why) {
  return fail(status::next_hop_unavailable, format(url) + ": " + why);
}

template <class Stream>
asio::awaitable<Result<Answer>> talk(Stream& stream, const Url& url, const Request& request, std::size_t most) {
  auto [unsent, written] = co_await beast_http::async_write(stream, request, tuple);
  if (unsent) co_return unreachable(url, unsent.message());
  boost::beast::flat_buffer buffer;
  beast_http::response_parser<beast_http::string_body> parser;
  parser.body_limit(most);
  auto [unread, count] = co_await beast_http::async_read(stream, buffer, parser, tuple);
  if (unread) co_return unreachable(url, unread.message());
  Answer answer;
  answer.status = parser.get().result_int();
  answer.content_type = std::string(parser.get()[beast_http::field::content_type]);
  answer.body = parser.get().body();
  co_return answer;
}

asio::awaitable<Result<Answer>> exchange(asio::io_context& context, const Url& url, const Request& request,
                                         std::size_t most) {
  asio::ip::tcp::resolver resolver(context);
  const std::string port = std::to_string(url.at.port);
  auto [unknown, addresses] = co_await resolver.async_resolve(url.at.host, port, tuple);
  if (unknown) co_return unreachable(url, unknown.message());
  asio::ip::tcp::socket socket(context);
  auto [closed, reached] = co_await asio::async_connect(socket, addresses, tuple);
  if (closed) co_return unreachable(url, closed.message());
  if (!url.tls) {
    Result<Answer> answer = co_await talk(socket, url, request, most);
    co_return answer;
  }
  asio::ssl::context tls(asio::ssl::context::tls_client);
  tls.set_default_verify_paths();
  tls.set_verify_mode(asio::ssl::verify_peer);
  asio::ssl::stream<asio::ip::tcp::socket> stream(std::move(socket), tls);
  stream.set_verify_callback(asio::ssl::host_name_verification(url.at.host));
  SSL_set_tlsext_host_name(stream.native_handle(), url.at.host.c_str());
  auto [unshaken] = co_await stream.async_handshake(asio::ssl::stream_base::client, tuple);
  if (unshaken) co_return unreachable(url, unshaken.message());
  Result<Answer> answer = co_await talk(stream, url, request, most);
  co_return answer;
}

asio::awaitable<void> keep(std::optional<Result<Answer>>& kept, asio::io_context& context, const Url& url,
                           const Request& request, std::size_t most) {
  Result<Answer> answer = co_await exchange(context, url, request, most);
  kept.emplace(std::move(answer));
}

/// RFC 9110 §5.6.7, from "Tue, 24 Nov 2026 15:00:00 +0700".
std::string http_date() {
  std::string date = rfc5322_date(now() - std::chrono::hours(7));
  return date.substr(0, date.rfind(' ')) + " GMT";
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  const auto wrong = [&](const char* why) {
    return fail(status::bad_arguments, std::string(text) + " is no http(s)://HOST[:PORT][/PATH]: " + why);
  };
  Url url;
  if (text.size() > url_octets) return fail(status::bad_arguments, "an URL of more than 1000 octets");
  std::string_view rest = text;
  if (rest.starts_with("https://"))
    url.tls = true;
  else if (!rest.starts_with("http://"))
    return wrong("another scheme");
  rest.remove_prefix(url.tls ? 8 : 7);
  if (std::any_of(rest.begin(), rest.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F || c == '#' || c == '@';
      }))
    return wrong("a character that may not stand there");
  const std::size_t slash = rest.find('/');
  std::string authority(rest.substr(0, slash));
  url.path = slash == std::string_view::npos ? "/" : std::string(rest.substr(slash));
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string::npos || (bracket != std::string::npos && colon < bracket))
    authority += url.tls ? ":443" : ":80";
  const auto at = parse_host_port(authority);
  if (!at || at->host.empty()) return wrong("no host and port");
  url.at = *at;
  return url;
}

std::string format(const Url& url) { return (url.tls ? "https://" : "http://") + vanthu::format(url.at) + url.path; }

Result<Answer> post(const Url& url, const std::string& content_type, const std::string& body,
                    std::chrono::seconds patience, std::size_t most) {
  Request request{beast_http::verb::post, url.path, 11};
  request.set(beast_http::field::host, vanthu::format(url.at));
  request.set(beast_http::field::content_type, content_type);
  request.set(beast_http::field::date, http_date());
  request.keep_alive(false);
  request.body() = body;
  request.prepare_payload();
  std::optional<Result<Answer>> answer;
  asio::io_context context(1);
  asio::co_spawn(context, keep(answer, context, url, request, most), asio::detached);
  context.run_for(patience);
  if (answer) return *std::move(answer);
  return fail(status::timed_out, format(url) + ": no answer in " + std::to_string(patience.count()) + " s");
}

}  // namespace vanthu::http
