// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "gateway/base/endpoint.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/opinion/opinion.hpp"
#include "gateway/opinion/patience.hpp"

namespace vanthu::opinion {
namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
namespace {

constexpr auto as_outcome = asio::as_tuple(asio::use_awaitable);
constexpr auto actions = std::to_array<std::string_view>(
    {"no action", "greylist", "add header", "rewrite subject", "soft reject", "reject"});

filters::Opinion rspamd_absent(std::string why) { return {"rspamd", "absent", std::move(why), 0}; }

/// What may stand in a header field of a request.
std::string field(std::string_view value) {
  std::string out;
  for (const char c : value)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out += c;
  return out;
}

using Request = http::request<http::span_body<const char>>;

Request request_of(const std::string& host, std::string_view octets, const Envelope& envelope) {
  Request request{http::verb::post, "/checkv2", 11};
  request.set(http::field::host, host);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) request.insert(name, field(value));
  };
  add("IP", envelope.client);
  add("Helo", envelope.helo);
  add("User", envelope.user);
  add("From", envelope.from);
  add("Queue-Id", envelope.id);
  for (const std::string& recipient : envelope.recipients) add("Rcpt", recipient);
  request.body() = boost::beast::span<const char>(octets.data(), octets.size());
  request.prepare_payload();
  return request;
}

}  // namespace

filters::Opinion read_rspamd(std::string_view text) {
  boost::system::error_code code;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), code);
  const json::object* object = code ? nullptr : value.if_object();
  const json::value* action = object == nullptr ? nullptr : object->if_contains("action");
  const json::value* score = object == nullptr ? nullptr : object->if_contains("score");
  if (action == nullptr || !action->is_string() || score == nullptr || !score->is_number())
    return rspamd_absent("its answer makes no sense");
  filters::Opinion opinion{"rspamd", "", "", score->to_number<double>()};
  opinion.result.assign(action->get_string().data(), action->get_string().size());
  if (std::find(actions.begin(), actions.end(), opinion.result) == actions.end())
    return rspamd_absent("it proposes something we do not know");
  if (const json::value* symbols = object->if_contains("symbols"); symbols != nullptr && symbols->is_object()) {
    std::size_t count = 0;
    for (const auto& [name, about] : symbols->get_object()) {
      const json::object* details = about.if_object();
      const json::value* weight = details == nullptr ? nullptr : details->if_contains("score");
      if (weight == nullptr || !weight->is_number() || weight->to_number<double>() == 0) continue;
      if (++count > limits::rspamd_symbols) break;
      std::string number = std::to_string(weight->to_number<double>());
      number.resize(std::min(number.size(), number.find('.') + 3));
      opinion.detail += (opinion.detail.empty() ? "" : " ") + text::nfc(name) + "(" + number + ")";
    }
  }
  return opinion;
}

asio::awaitable<filters::Opinion> ask_rspamd(std::string address, std::shared_ptr<const Octets> message,
                                             Envelope envelope, std::chrono::milliseconds patience) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto at = parse_host_port(address);
  if (!at) co_return rspamd_absent(at.error().detail);
  asio::ip::tcp::socket socket(executor);
  const Patience watch(socket, patience);
  const auto failed = [&watch](const boost::system::error_code& code) {
    return rspamd_absent(watch.over() ? std::string("not in time") : code.message());
  };
  asio::ip::tcp::resolver resolver(executor);
  const std::string port = std::to_string(at->port);
  auto [unknown, addresses] = co_await resolver.async_resolve(at->host, port, as_outcome);
  if (unknown) co_return failed(unknown);
  auto [closed, reached] = co_await asio::async_connect(socket, addresses, as_outcome);
  if (closed) co_return failed(closed);
  const Request request = request_of(address, message->view(), envelope);
  auto [unsent, written] = co_await http::async_write(socket, request, as_outcome);
  if (unsent) co_return failed(unsent);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(limits::rspamd_reply_octets);
  auto [unread, count] = co_await http::async_read(socket, buffer, parser, as_outcome);
  if (unread) co_return failed(unread);
  if (parser.get().result() != http::status::ok)
    co_return rspamd_absent("it answered " + std::to_string(parser.get().result_int()));
  co_return read_rspamd(parser.get().body());
}

}  // namespace vanthu::opinion
