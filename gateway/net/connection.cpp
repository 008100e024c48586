// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "gateway/net/proxy_protocol.hpp"
#include "gateway/net/tls_engine.hpp"
#include "gateway/net/tls_facts.hpp"

namespace vanthu::net {
namespace {
using Clock = std::chrono::steady_clock;
constexpr auto never = Clock::time_point::max();
constexpr auto tuple_awaitable = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t read_octets = 65536;
constexpr std::size_t few_octets = 4096;   // of one read: the socket has no more, most likely
constexpr std::size_t front_octets = 256;  // a command or an answer that is small
constexpr unsigned turns = 16;             // reads in a row without a wait; then others on this thread have theirs

/// Reads go here first and then, as much as came, to the connection's own buffer: a connection that waits holds none.
std::span<char> scratch() {
  thread_local std::array<char, read_octets> octets;
  return octets;
}
}  // namespace

struct Connection::State : std::enable_shared_from_this<Connection::State> {
  explicit State(asio::ip::tcp::socket s) : socket(std::move(s)), timer(socket.get_executor()) {}

  asio::ip::tcp::socket socket;
  std::optional<TlsEngine> tls;
  asio::steady_timer timer;
  Clock::time_point read_deadline = never;
  Clock::time_point write_deadline = never;
  Clock::time_point armed = never;
  bool timed_out = false;
  bool cancelled = false;
  unsigned reads = 0;  // since the last wait
  bool empty = false;  // the last read took all there was, most likely: wait rather than be told EAGAIN
  bool small = false;  // and it was little: so may be what comes next
  std::array<char, front_octets> front;  // what came when it was waited for
  std::size_t fronted = 0;               // octets of it that were not read yet

  Io read() {
    const bool all = fronted < front_octets;  // the socket had no more than that when it was asked
    Io io = tls ? read_tls() : read_plain();
    const bool done = io.next == Io::Next::done && !(tls && tls->pending());
    empty = done && all && io.octets < few_octets;
    small = done && io.octets < front_octets / 2;  // with what TLS adds
    return io;
  }

  Io read_plain() {
    const std::size_t had = std::exchange(fronted, 0);
    const std::span<char> into = scratch();
    std::copy_n(front.data(), had, into.data());
    if (had > 0 && had < front_octets) return {Io::Next::done, had, {}};
    Io io = receive(socket.native_handle(), into.subspan(had));
    if (had > 0) io = {Io::Next::done, had + io.octets, {}};  // what is wrong with the rest shows at the next read
    return io;
  }

  Io read_tls() {
    const std::span<char> into = scratch();
    if (fronted > 0) tls->feed({front.data(), std::exchange(fronted, 0)});
    Io io = tls->read(into);
    while (io.next == Io::Next::done && io.octets < into.size() && tls->pending()) {
      const Io more = tls->read(into.subspan(io.octets));
      if (more.next != Io::Next::done) break;  // what is wrong with it shows at the next read
      io.octets += more.octets;
    }
    return io;
  }

  Io write(std::string_view octets) { return tls ? tls->write(octets) : send(socket.native_handle(), octets); }

  asio::awaitable<boost::system::error_code> wait(Io::Next next) {
    const auto what = next == Io::Next::wait_read ? asio::socket_base::wait_read : asio::socket_base::wait_write;
    const auto [code] = co_await socket.async_wait(what, tuple_awaitable);
    co_return code;
  }

  /// For something to read. Small things are read with the wait: one call of the system less each time.
  asio::awaitable<boost::system::error_code> wait_to_read() {
    if (!small) co_return co_await wait(Io::Next::wait_read);
    small = false;
    const auto [code, octets] = co_await socket.async_receive(asio::buffer(front), tuple_awaitable);
    fronted = octets;
    if (code == asio::error::eof) co_return boost::system::error_code();  // the read that follows sees it, too
    co_return code;
  }

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

  Error failure(const Io& io) const {
    if (timed_out) return fail(status::timed_out, "no answer in time");
    if (cancelled) return fail(status::shutting_down, "cancelled");
    return fail(status::bad_line, io.why.empty() ? "closed" : "closed: " + io.why);
  }
  bool over() const { return timed_out || cancelled; }
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
  // Connecting has made the reactor look out for room to write, for good: each answer would be two events. A socket
  // that is given to it anew is looked at for reading.
  const auto protocol = state->socket.local_endpoint(code).protocol();
  int handle = -1;
  if (!code) handle = state->socket.release(code);
  if (code) co_return fail(status::next_hop_unavailable, name + ": " + code.message());
  co_return std::make_unique<Connection>(asio::ip::tcp::socket(executor, protocol, handle));
}

asio::awaitable<Result<Done>> Connection::shake_hands(std::chrono::seconds wait) {
  std::string().swap(input_);
  consumed_ = 0;
  const auto state = state_;
  state->empty = state->small = false;  // what follows the handshake may have come with it
  state->fronted = 0;
  state->read_deadline = Clock::now() + wait;
  state->arm();
  Io io = state->tls->handshake();
  while (!state->over() && (io.next == Io::Next::wait_read || io.next == Io::Next::wait_write)) {
    const auto code = co_await state->wait(io.next);
    if (code) {
      io = {Io::Next::broken, 0, code.message()};
      break;
    }
    io = state->tls->handshake();
  }
  state->read_deadline = never;
  if (io.next != Io::Next::done || state->over()) co_return state->failure(io);
  co_return done;
}

asio::awaitable<Result<Done>> Connection::accept_tls(TlsContext context, std::chrono::seconds wait) {
  state_->tls.emplace(context->native_handle(), state_->socket.native_handle(), TlsEngine::Side::server);
  co_return co_await shake_hands(wait);
}

asio::awaitable<Result<Done>> Connection::start_tls(TlsContext context, std::string server_name,
                                                    std::chrono::seconds wait, std::function<bool(ssl_st*)> prepare) {
  state_->tls.emplace(context->native_handle(), state_->socket.native_handle(), TlsEngine::Side::client);
  SSL* ssl = state_->tls->handle();
  boost::system::error_code literal;
  asio::ip::make_address(server_name, literal);
  if (literal) SSL_set_tlsext_host_name(ssl, server_name.c_str());  // RFC 6066 §3: names only
  if ((SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0) {
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (literal)
      SSL_set1_host(ssl, server_name.c_str());
    else
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), server_name.c_str());
  }
  if (prepare && !prepare(ssl)) co_return fail(status::bad_line, "TLS cannot be prepared");
  co_return co_await shake_hands(wait);
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
  if (state->over()) co_return state->failure({});
  if (consumed_ > 0) input_.erase(0, std::exchange(consumed_, 0));
  if (++state->reads > turns) {
    state->reads = 0;
    co_await asio::post(state->socket.get_executor(), asio::use_awaitable);
  }
  // To wait for a socket that has octets costs no more than to read one that has none (it is looked at when the wait
  // begins), so a wrong guess loses nothing.
  Io io{Io::Next::wait_read, 0, {}};
  if (!std::exchange(state->empty, false)) io = state->read();
  if (io.next == Io::Next::wait_read || io.next == Io::Next::wait_write) {
    state->reads = 0;
    if (input_.empty()) std::string().swap(input_);
    state->read_deadline = Clock::now() + wait;
    state->arm();
    do {
      const bool reads = io.next == Io::Next::wait_read;
      boost::system::error_code code;
      if (reads)
        code = co_await state->wait_to_read();
      else
        code = co_await state->wait(io.next);
      if (code)
        io = {Io::Next::broken, 0, code.message()};
      else if (!state->over())
        io = state->read();
    } while (!state->over() && (io.next == Io::Next::wait_read || io.next == Io::Next::wait_write));
    state->read_deadline = never;
  }
  if (io.next != Io::Next::done) {
    const Error error = state->failure(io);
    state->timed_out = false;  // who was silent may still be told so
    co_return error;
  }
  input_.append(scratch().data(), io.octets);
  co_return done;
}

asio::awaitable<Result<Done>> Connection::write(std::string_view octets, std::chrono::milliseconds wait) {
  const auto state = state_;
  if (state->over()) co_return state->failure({});
  Io io;
  while (!octets.empty()) {
    io = state->write(octets);
    octets.remove_prefix(io.octets);
    if (io.next == Io::Next::done) continue;
    if (io.next != Io::Next::wait_read && io.next != Io::Next::wait_write) break;
    if (state->write_deadline == never) {
      state->write_deadline = Clock::now() + wait;
      state->arm();
    }
    const auto code = co_await state->wait(io.next);
    if (code || state->over()) {
      io = {Io::Next::broken, 0, code.message()};
      break;
    }
  }
  state->write_deadline = never;
  if (!octets.empty()) co_return state->failure(io);
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
  if (state->tls && !state->over()) {
    Io io = state->tls->shutdown();
    if (io.next == Io::Next::wait_write) {
      state->write_deadline = Clock::now() + std::chrono::seconds(2);
      state->arm();
      const auto code = co_await state->wait(io.next);
      if (!code) io = state->tls->shutdown();
    }
  }
  boost::system::error_code ignored;
  state->timer.cancel();
  state->socket.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  state->socket.close(ignored);
}

bool Connection::secure() const { return state_->tls.has_value(); }

std::string Connection::tls_description() const {
  if (!state_->tls) return {};
  SSL* handle = state_->tls->handle();
  return std::string(SSL_get_version(handle)) + ' ' + SSL_get_cipher_name(handle);
}

ssl_st* Connection::tls_session() const { return state_->tls ? state_->tls->handle() : nullptr; }

std::optional<std::string> Connection::channel_binding(std::string_view type) const {
  return state_->tls ? net::channel_binding(state_->tls->handle(), type) : std::nullopt;
}

std::optional<Connection::PeerCertificate> Connection::peer_certificate() const {
  return state_->tls ? net::peer_certificate(state_->tls->handle()) : std::nullopt;
}

asio::awaitable<Result<Done>> Connection::read_proxy_header(std::chrono::seconds wait) {
  const auto state = state_;
  const int socket = state->socket.native_handle();
  state->read_deadline = Clock::now() + wait;
  state->arm();
  std::string header;
  while (true) {
    const std::span<char> into = scratch();
    Io io = receive(socket, into, MSG_PEEK);
    if (io.next == Io::Next::done) {
      // As long as the header is not whole, all that came belongs to it.
      const std::size_t had = header.size();
      header.append(into.data(), io.octets);
      const ProxyStep step = parse_proxy_header(header);
      if (step.next == ProxyStep::Next::wrong) co_return fail(status::bad_line, step.why);
      const std::size_t taken = step.next == ProxyStep::Next::done ? step.header.octets - had : io.octets;
      receive(socket, into.first(taken));
      if (step.next == ProxyStep::Next::done) {
        if (step.header.client) neighbour_ = std::exchange(peer_, format(*step.header.client));
        break;
      }
      continue;
    }
    if (io.next != Io::Next::wait_read) co_return state->failure(io);
    const auto code = co_await state->wait(io.next);
    if (code || state->over()) co_return state->failure({Io::Next::broken, 0, code.message()});
  }
  state->read_deadline = never;
  co_return done;
}

asio::any_io_executor Connection::executor() { return state_->socket.get_executor(); }

}  // namespace vanthu::net
