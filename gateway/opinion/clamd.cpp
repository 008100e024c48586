// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>

#include "gateway/base/endpoint.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/opinion/opinion.hpp"
#include "gateway/opinion/patience.hpp"

namespace vanthu::opinion {
namespace asio = boost::asio;
namespace {

constexpr std::size_t chunk_octets = 128U << 10;
constexpr auto tuple = asio::as_tuple(asio::use_awaitable);

filters::Opinion absent(std::string why) { return {"clamd", "absent", std::move(why), 0}; }

/// All of INSTREAM on a socket that is connected; the reply up to its NUL.
template <class Socket>
asio::awaitable<filters::Opinion> converse(Socket& socket, std::string_view octets) {
  const std::string_view command("zINSTREAM\0", 10);
  auto [opened, none] = co_await asio::async_write(socket, asio::buffer(command), tuple);
  boost::system::error_code code = opened;
  while (!code && !octets.empty()) {
    const std::string_view chunk = octets.substr(0, chunk_octets);
    octets.remove_prefix(chunk.size());
    const auto size = static_cast<std::uint32_t>(chunk.size());
    const std::array<unsigned char, 4> head{static_cast<unsigned char>(size >> 24),
                                            static_cast<unsigned char>(size >> 16),
                                            static_cast<unsigned char>(size >> 8), static_cast<unsigned char>(size)};
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(chunk)};
    auto [written, count] = co_await asio::async_write(socket, buffers, tuple);
    code = written;
  }
  if (!code) {
    const std::array<unsigned char, 4> end{};
    auto [written, count] = co_await asio::async_write(socket, asio::buffer(end), tuple);
    code = written;
  }
  // A message over its own bound is refused in the middle: the reply says so even where we could not write on.
  std::string reply;
  std::array<char, 512> room{};
  while (reply.size() < limits::clamd_reply_octets && reply.find('\0') == std::string::npos) {
    auto [got, count] = co_await socket.async_read_some(asio::buffer(room), tuple);
    if (got) break;
    reply.append(room.data(), count);
  }
  if (reply.empty()) co_return absent(code ? code.message() : std::string("it closed the connection"));
  co_return read_clamd(reply.substr(0, reply.find('\0')));
}

}  // namespace

filters::Opinion read_clamd(std::string_view reply) {
  while (!reply.empty() && (reply.back() == '\n' || reply.back() == '\0')) reply.remove_suffix(1);
  constexpr std::string_view stream = "stream: ";
  constexpr std::string_view found = " FOUND";
  if (reply == "stream: OK") return {"clamd", "clean", "", 0};
  if (reply.starts_with(stream) && reply.ends_with(found) && reply.size() > stream.size() + found.size())
    return {"clamd", "found", text::nfc(reply.substr(stream.size(), reply.size() - stream.size() - found.size())), 0};
  return absent("it answered: " + text::nfc(reply.substr(0, 200)));
}

asio::awaitable<filters::Opinion> ask_clamd(std::string address, std::shared_ptr<const Octets> message,
                                            std::chrono::milliseconds patience) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  if (address.front() == '/') {
    asio::local::stream_protocol::socket socket(executor);
    const Patience watch(socket, patience);
    const asio::local::stream_protocol::endpoint at(address);
    auto [code] = co_await socket.async_connect(at, tuple);
    if (code) co_return absent(watch.over() ? std::string("not in time") : code.message());
    filters::Opinion opinion = co_await converse(socket, message->view());
    if (watch.over()) co_return absent("not in time");
    co_return opinion;
  }
  const auto at = parse_host_port(address);
  if (!at) co_return absent(at.error().detail);
  asio::ip::tcp::socket socket(executor);
  const Patience watch(socket, patience);
  asio::ip::tcp::resolver resolver(executor);
  const std::string port = std::to_string(at->port);
  auto [unknown, addresses] = co_await resolver.async_resolve(at->host, port, tuple);
  if (unknown) co_return absent(unknown.message());
  auto [code, reached] = co_await asio::async_connect(socket, addresses, tuple);
  if (code) co_return absent(watch.over() ? std::string("not in time") : code.message());
  filters::Opinion opinion = co_await converse(socket, message->view());
  if (watch.over()) co_return absent("not in time");
  co_return opinion;
}

}  // namespace vanthu::opinion
