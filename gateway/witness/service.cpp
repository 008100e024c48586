// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/witness/service.hpp"

#include <boost/beast/http.hpp>
#include <optional>
#include <sstream>

#include "gateway/base/log.hpp"
#include "gateway/net/offload.hpp"
#include "gateway/proof/add_checkpoint.hpp"
#include "gateway/witness/http_date.hpp"
#include "gateway/witness/page.hpp"

namespace vanthu::witness {
namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace {

constexpr std::uint32_t header_octets = 8U << 10;
constexpr int requests_per_connection = 1000;
constexpr std::chrono::seconds request_time{15};  // from its first octet to its last
constexpr std::chrono::seconds idle_time{60};     // between two requests
constexpr std::chrono::seconds answer_time{15};
constexpr std::chrono::seconds handshake_time{10};

using Request = http::request<http::string_body>;

std::string answer(unsigned status, std::string_view type, std::string body, bool keep_alive, bool head = false) {
  http::response<http::string_body> response{static_cast<http::status>(status), 11};
  response.set(http::field::content_type, boost::beast::string_view(type.data(), type.size()));
  response.set("X-Content-Type-Options", "nosniff");
  response.set(http::field::cache_control, "no-store");
  if (type.starts_with("text/html"))
    response.set(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.keep_alive(keep_alive);
  response.content_length(body.size());
  if (!head) response.body() = std::move(body);
  std::ostringstream out;
  out << response;
  return std::move(out).str();
}

/// @return the whole answer
std::string respond(Services& services, const Request& request, bool keep_alive) {
  const std::string target(request.target());
  const std::string path = target.substr(0, target.find('?'));
  const auto plain = [&](unsigned status, const char* why) {
    return answer(status, "text/plain; charset=utf-8", std::string(why) + '\n', keep_alive);
  };
  if (path == "/add-checkpoint") {
    if (request.method() != http::verb::post) return plain(405, "POST is wanted here");
    const auto date = request.find(http::field::date);
    std::optional<Time> sent;
    if (date != request.end()) sent = parse_http_date(std::string(date->value()));
    Witness::Reply reply = services.witness.add_checkpoint(request.body(), sent);
    return answer(reply.status, reply.content_type, std::move(reply.body), keep_alive);
  }
  if (path != "/" && path != "/alarms") return plain(404, "there is /add-checkpoint, / for people and /alarms");
  if (request.method() != http::verb::get && request.method() != http::verb::head)
    return plain(405, "GET is wanted here");
  if (path == "/alarms") {
    const std::string lines = alarms(services.witness, now(), services.silence);
    return plain(lines.empty() ? 200 : 503, lines.empty() ? "none" : lines.c_str());
  }
  const Language language = target.find("lang=en") != std::string::npos ? Language::english : Language::vietnamese;
  return answer(200, "text/html; charset=utf-8",
                page(services.witness, services.name, now(), services.silence, language), keep_alive,
                request.method() == http::verb::head);
}

/// Reads one request; nothing where the client is gone or too slow.
/// @param refusal  set: what to answer before closing
asio::awaitable<std::optional<Request>> read_request(net::Connection& client, std::string& refusal) {
  http::request_parser<http::string_body> parser;
  parser.header_limit(header_octets);
  parser.body_limit(proof::add_checkpoint_octets);
  parser.eager(true);
  if (client.buffered().empty()) {
    const Result<Done> begun = co_await client.read_more(idle_time);
    if (!begun) co_return std::nullopt;
  }
  const auto deadline = std::chrono::steady_clock::now() + request_time;
  while (true) {
    boost::system::error_code code;
    const std::string_view come = client.buffered();
    const std::size_t used = parser.put(asio::const_buffer(come.data(), come.size()), code);
    client.consume(used);
    if (code == http::error::body_limit) {
      refusal = answer(413, "text/plain; charset=utf-8", "too long\n", false);
      co_return std::nullopt;
    }
    if (code && code != http::error::need_more) {
      refusal = answer(400, "text/plain; charset=utf-8", "no request of HTTP\n", false);
      co_return std::nullopt;
    }
    if (parser.is_done()) break;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) co_return std::nullopt;
    const Result<Done> more = co_await client.read_more(left);
    if (!more) co_return std::nullopt;
  }
  co_return parser.release();
}

}  // namespace

asio::awaitable<void> serve(std::unique_ptr<net::Connection> client, Services& services) {
  if (services.tls) {
    const Result<Done> shaken = co_await client->accept_tls(services.tls, handshake_time);
    if (!shaken) co_return;
  }
  for (int count = 1; count <= requests_per_connection; ++count) {
    std::string text;
    const std::optional<Request> request = co_await read_request(*client, text);
    bool keep_alive = false;
    if (request) {
      keep_alive = request->keep_alive() && count < requests_per_connection;
      auto work = [&services, &request, keep_alive] { return respond(services, *request, keep_alive); };
      text = co_await net::offload(services.disk, work);
    }
    if (text.empty()) break;
    const Result<Done> written = co_await client->write(text, answer_time);
    if (!written || !keep_alive) break;
  }
  co_await client->close();
}

}  // namespace vanthu::witness
