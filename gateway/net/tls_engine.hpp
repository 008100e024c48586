// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace vanthu::net {

/// What one try on a socket came to.
struct Io {
  enum class Next : std::uint8_t {
    done,        ///< `octets` went over
    wait_read,   ///< nothing yet: again when the socket can be read
    wait_write,  ///< again when it can be written
    end,         ///< the peer closed, TLS in good order
    broken       ///< `why` tells
  };
  Next next = Next::done;
  std::size_t octets = 0;
  std::string why{};
};

/// A try on a bare socket, without waiting and without SIGPIPE.
/// @param flags  MSG_PEEK, say
Io receive(int socket, std::span<char> into, int flags = 0);
Io send(int socket, std::string_view octets);

/// TLS on a socket of somebody else, by tries that never wait. OpenSSL works on the socket itself: no buffers of ours
/// lie between, and with SSL_MODE_RELEASE_BUFFERS an idle connection holds none of its own either.
class TlsEngine {
 public:
  enum class Side : std::uint8_t { server, client };
  TlsEngine(SSL_CTX* context, int socket, Side side);

  /// Octets that were taken off the socket already: they are read before what is still there. The caller keeps them
  /// until a read has taken them, and gives the next ones after that.
  void feed(std::string_view octets) { source_->fed = octets; }

  Io handshake();
  Io read(std::span<char> into);
  /// Takes a part of the octets, a record at a time; a try that asked to wait is repeated with the same octets.
  Io write(std::string_view octets);
  /// Sends close_notify; does not wait for the peer's (RFC 8446 §6.1 lets either side close).
  Io shutdown();
  /// A read now may give octets without the socket.
  bool pending() const { return SSL_has_pending(ssl_.get()) == 1 || !source_->fed.empty(); }
  SSL* handle() const { return ssl_.get(); }

 private:
  struct Source {
    int socket = -1;
    std::string_view fed{};
  };
  static int bio_read(BIO* bio, char* into, int octets);
  static int bio_write(BIO* bio, const char* from, int octets);
  static BIO_METHOD* socket_method();
  Io outcome(int code);
  struct Free {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  };
  std::unique_ptr<Source> source_;  ///< where it is the BIO knows
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace vanthu::net
