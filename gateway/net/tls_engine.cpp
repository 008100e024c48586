// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/tls_engine.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <new>

namespace vanthu::net {
namespace {
bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

long bio_ctrl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0; }

}  // namespace

int TlsEngine::bio_read(BIO* bio, char* into, int octets) {
  BIO_clear_retry_flags(bio);
  Source& source = *static_cast<Source*>(BIO_get_data(bio));
  const auto most = static_cast<std::size_t>(octets);
  if (!source.fed.empty()) {
    const std::size_t taken = source.fed.copy(into, most);
    source.fed.remove_prefix(taken);
    return static_cast<int>(taken);
  }
  const ssize_t got = ::recv(source.socket, into, most, MSG_DONTWAIT);
  if (got < 0 && would_block(errno)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

int TlsEngine::bio_write(BIO* bio, const char* from, int octets) {
  BIO_clear_retry_flags(bio);
  const int socket = static_cast<Source*>(BIO_get_data(bio))->socket;
  const ssize_t put = ::send(socket, from, static_cast<std::size_t>(octets), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (put < 0 && would_block(errno)) BIO_set_retry_write(bio);
  return static_cast<int>(put);
}

/// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE.
BIO_METHOD* TlsEngine::socket_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_ctrl);
    return made;
  }();
  return method;
}

Io receive(int socket, std::span<char> into, int flags) {
  const ssize_t got = ::recv(socket, into.data(), into.size(), MSG_DONTWAIT | flags);
  if (got > 0) return {Io::Next::done, static_cast<std::size_t>(got)};
  if (got == 0) return {Io::Next::end};
  if (would_block(errno)) return {Io::Next::wait_read};
  return {Io::Next::broken, 0, std::strerror(errno)};
}

Io send(int socket, std::string_view octets) {
  const ssize_t put = ::send(socket, octets.data(), octets.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (put >= 0) return {Io::Next::done, static_cast<std::size_t>(put)};
  if (would_block(errno)) return {Io::Next::wait_write};
  return {Io::Next::broken, 0, std::strerror(errno)};
}

TlsEngine::TlsEngine(SSL_CTX* context, int socket, Side side)
    : source_(std::make_unique<Source>(Source{socket})), ssl_(SSL_new(context)) {
  BIO* bio = ssl_ ? BIO_new(socket_method()) : nullptr;
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, source_.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  // Read ahead: a record's head and body come by one recv. What is left over shows in pending().
  SSL_set_read_ahead(ssl_.get(), 1);
  SSL_set_mode(ssl_.get(),
               SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (side == Side::server)
    SSL_set_accept_state(ssl_.get());
  else
    SSL_set_connect_state(ssl_.get());
}

Io TlsEngine::outcome(int code) {
  const int system = errno;
  switch (SSL_get_error(ssl_.get(), code)) {
    case SSL_ERROR_WANT_READ:
      return {Io::Next::wait_read};
    case SSL_ERROR_WANT_WRITE:
      return {Io::Next::wait_write};
    case SSL_ERROR_ZERO_RETURN:
      return {Io::Next::end};
    case SSL_ERROR_SYSCALL:
      return {Io::Next::broken, 0, code == 0 || system == 0 ? "without close_notify" : std::strerror(system)};
    default:
      break;
  }
  const unsigned long error = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(error);
  std::string why = reason != nullptr ? reason : "TLS error " + std::to_string(error);
  if (const long verified = SSL_get_verify_result(ssl_.get());
      ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED && verified != X509_V_OK)
    why += std::string(" (") + X509_verify_cert_error_string(verified) + ")";
  return {Io::Next::broken, 0, std::move(why)};
}

Io TlsEngine::handshake() {
  ERR_clear_error();
  errno = 0;
  const int code = SSL_do_handshake(ssl_.get());
  return code == 1 ? Io{} : outcome(code);
}

Io TlsEngine::read(std::span<char> into) {
  ERR_clear_error();
  errno = 0;
  std::size_t octets = 0;
  const int code = SSL_read_ex(ssl_.get(), into.data(), into.size(), &octets);
  return code == 1 ? Io{Io::Next::done, octets} : outcome(code);
}

Io TlsEngine::write(std::string_view octets) {
  ERR_clear_error();
  errno = 0;
  std::size_t taken = 0;
  const int code = SSL_write_ex(ssl_.get(), octets.data(), octets.size(), &taken);
  return code == 1 ? Io{Io::Next::done, taken} : outcome(code);
}

Io TlsEngine::shutdown() {
  ERR_clear_error();
  errno = 0;
  const int code = SSL_shutdown(ssl_.get());
  return code >= 0 ? Io{} : outcome(code);
}

}  // namespace vanthu::net
