// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/connection.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>

namespace vanthu::net {
namespace {
using Clock = std::chrono::steady_clock;
constexpr auto never = Clock::time_point::max();
constexpr auto tuple_awaitable = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t read_octets = 65536;
constexpr std::size_t command_octets = 4096;
}  // namespace

struct Connection::State : std::enable_shared_from_this<Connection::State> {
  explicit State(asio::ip::tcp::socket s) : socket(std::move(s)), timer(socket.get_executor()) {}

  asio::ip::tcp::socket socket;
  std::optional<asio::ssl::stream<asio::ip::tcp::socket&>> tls;
  asio::steady_timer timer;
  Clock::time_point read_deadline = never;
  Clock::time_point write_deadline = never;
  Clock::time_point armed = never;
  bool timed_out = false;
  bool cancelled = false;

  /// One lazy timer for both directions: deadlines are minutes and move with every read, so the timer is left alone
  /// until it fires and then looks whether anybody is really late.
  void arm() {
    const auto earliest = std::min(read_deadline, write_deadline);
    if (earliest >= armed) return;
    armed = earliest;
    timer.expires_at(earliest);
    timer.async_wait([weak = weak_from_this()](const boost::system::error_code& code) {
      const auto self = weak.lock();
      if (!self || code) return;
      self->armed = never;
      if (std::min(self->read_deadline, self->write_deadline) <= Clock::now()) {
        self->timed_out = true;
        boost::system::error_code ignored;
        self->socket.cancel(ignored);
        return;
      }
      self->arm();
    });
  }

  Error failure(const boost::system::error_code& code) const {
    if (timed_out) return fail(status::timed_out, "no answer in time");
    if (cancelled) return fail(status::shutting_down, "cancelled");
    if (code == asio::error::eof || code == asio::ssl::error::stream_truncated) return fail(status::bad_line, "closed");
    return fail(status::bad_line, "closed: " + code.message());
  }
};

Connection::Connection(asio::ip::tcp::socket socket) : state_(std::make_shared<State>(std::move(socket))) {
  boost::system::error_code code;
  state_->socket.set_option(asio::ip::tcp::no_delay(true), code);
  if (const auto peer = state_->socket.remote_endpoint(code); !code) {
    auto address = peer.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
      address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    peer_ = address.to_string();
  }
}

Connection::~Connection() {
  if (end_) end_();
  boost::system::error_code ignored;
  state_->timer.cancel();
  state_->socket.close(ignored);
}

asio::awaitable<Result<std::unique_ptr<Connection>>> Connection::connect(HostPort to, std::chrono::seconds wait) {
  const auto executor = co_await asio::this_coro::executor;
  const std::string name = to.host + ':' + std::to_string(to.port);
  asio::ip::tcp::resolver resolver(executor);
  auto [resolve_code, endpoints] = co_await resolver.async_resolve(
      to.host, std::to_string(to.port), asio::ip::tcp::resolver::numeric_service, tuple_awaitable);
  if (resolve_code) co_return fail(status::next_hop_unavailable, name + ": " + resolve_code.message());
  auto state = std::make_shared<State>(asio::ip::tcp::socket(executor));
  state->write_deadline = Clock::now() + wait;
  // connect() tries every address; the timer cancels whichever socket is open then
  boost::system::error_code code;
  for (const auto& entry : endpoints) {
    boost::system::error_code ignored;
    state->socket.close(ignored);
    state->socket.open(entry.endpoint().protocol(), code);
    if (code) continue;
    state->arm();
    std::tie(code) = co_await state->socket.async_connect(entry.endpoint(), tuple_awaitable);
    if (!code || state->timed_out) break;
  }
  if (state->timed_out) co_return fail(status::next_hop_unavailable, name + ": no connection in time");
  if (code) co_return fail(status::next_hop_unavailable, name + ": " + code.message());
  state->write_deadline = never;
  state->timer.cancel();
  co_return std::make_unique<Connection>(std::move(state->socket));
}

asio::awaitable<Result<Done>> Connection::accept_tls(TlsContext context, std::chrono::seconds wait) {
  input_.clear();
  consumed_ = 0;
  const auto state = state_;
  state->tls.emplace(state->socket, *context);
  state->read_deadline = Clock::now() + wait;
  state->arm();
  const auto [code] = co_await state->tls->async_handshake(asio::ssl::stream_base::server, tuple_awaitable);
  state->read_deadline = never;
  if (code || state->timed_out || state->cancelled) co_return state->failure(code);
  co_return done;
}

asio::awaitable<Result<Done>> Connection::start_tls(TlsContext context, std::string server_name,
                                                    std::chrono::seconds wait, std::function<bool(ssl_st*)> prepare) {
  input_.clear();
  consumed_ = 0;
  const auto state = state_;
  state->tls.emplace(state->socket, *context);
  boost::system::error_code literal;
  asio::ip::make_address(server_name, literal);
  if (literal) SSL_set_tlsext_host_name(state->tls->native_handle(), server_name.c_str());  // RFC 6066 §3: names only
  if ((SSL_CTX_get_verify_mode(context->native_handle()) & SSL_VERIFY_PEER) != 0)
    state->tls->set_verify_callback(asio::ssl::host_name_verification(server_name));
  if (prepare && !prepare(state->tls->native_handle())) co_return fail(status::bad_line, "TLS cannot be prepared");
  state->read_deadline = Clock::now() + wait;
  state->arm();
  const auto [code] = co_await state->tls->async_handshake(asio::ssl::stream_base::client, tuple_awaitable);
  state->read_deadline = never;
  if (code || state->timed_out || state->cancelled) co_return state->failure(code);
  co_return done;
}

void Connection::consume(std::size_t octets) {
  consumed_ += octets;
  if (consumed_ == input_.size()) {
    input_.clear();
    consumed_ = 0;
  }
}

asio::awaitable<Result<Done>> Connection::read_more(std::chrono::milliseconds wait) {
  const auto state = state_;
  if (state->cancelled) co_return state->failure({});
  if (consumed_ > 0) input_.erase(0, std::exchange(consumed_, 0));
  const std::size_t had = input_.size();
  // As much as is usual for a command at first; a buffer that has grown is used in full. An empty string has room for
  // 15 octets, which is no buffer.
  const std::size_t room = input_.capacity() - had;
  input_.resize(had + (room >= command_octets ? std::min(read_octets, room) : had == 0 ? command_octets : read_octets));
  const auto buffer = asio::buffer(input_.data() + had, input_.size() - had);
  state->read_deadline = Clock::now() + wait;
  state->arm();
  boost::system::error_code code;
  std::size_t octets = 0;
  if (state->tls)
    std::tie(code, octets) = co_await state->tls->async_read_some(buffer, tuple_awaitable);
  else
    std::tie(code, octets) = co_await state->socket.async_read_some(buffer, tuple_awaitable);
  state->read_deadline = never;
  input_.resize(had + octets);
  if (octets > 0) {
    if (octets == command_octets) input_.reserve(read_octets);
    co_return done;
  }
  co_return state->failure(code);
}

asio::awaitable<Result<Done>> Connection::write(std::string_view octets, std::chrono::milliseconds wait) {
  const auto state = state_;
  if (state->cancelled) co_return state->failure({});
  state->write_deadline = Clock::now() + wait;
  state->arm();
  boost::system::error_code code;
  std::size_t written = 0;
  if (state->tls)
    std::tie(code, written) = co_await asio::async_write(*state->tls, asio::buffer(octets), tuple_awaitable);
  else
    std::tie(code, written) = co_await asio::async_write(state->socket, asio::buffer(octets), tuple_awaitable);
  state->write_deadline = never;
  if (code) co_return state->failure(code);
  co_return done;
}

void Connection::cancel() {
  asio::post(state_->socket.get_executor(), [weak = std::weak_ptr(state_)] {
    if (const auto state = weak.lock()) {
      state->cancelled = true;
      boost::system::error_code ignored;
      state->socket.cancel(ignored);
    }
  });
}

asio::awaitable<void> Connection::close() {
  const auto state = state_;
  if (state->tls && !state->timed_out && !state->cancelled) {
    state->write_deadline = Clock::now() + std::chrono::seconds(2);
    state->read_deadline = state->write_deadline;
    state->arm();
    co_await state->tls->async_shutdown(tuple_awaitable);  // the peer's answer is a courtesy
  }
  boost::system::error_code ignored;
  state->timer.cancel();
  state->socket.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  state->socket.close(ignored);
}

bool Connection::secure() const { return state_->tls.has_value(); }

std::string Connection::tls_description() const {
  if (!state_->tls) return {};
  SSL* handle = state_->tls->native_handle();
  return std::string(SSL_get_version(handle)) + ' ' + SSL_get_cipher_name(handle);
}

ssl_st* Connection::tls_session() const { return state_->tls ? state_->tls->native_handle() : nullptr; }

asio::any_io_executor Connection::executor() { return state_->socket.get_executor(); }

}  // namespace vanthu::net
