// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "gateway/base/clock.hpp"
#include "gateway/net/connection.hpp"
#include "gateway/net/openssl_free.hpp"

namespace vanthu::net {

/// A client's certificate as it was shown, for a session that goes on: whether it would be taken today. It outlives its
/// connection and reads nothing of it. Any thread, one at a time.
class ClientCertificate {
 public:
  /// @param connection  the server's side, behind its handshake; may be null
  /// @return null: none was shown, or it does not verify
  static std::unique_ptr<ClientCertificate> shown(SSL* connection);

  /// @param context  by which clients are asked for certificates now: it is verified anew where a reload has put
  /// another one in place, against the authorities and the revocation lists of that
  /// @return why it would be refused, for the log; empty: it would not
  std::string lapsed(const TlsContext& context, Time at);

 private:
  struct FreeChain {
    void operator()(STACK_OF(X509) * chain) const noexcept { sk_X509_pop_free(chain, X509_free); }
  };
  ClientCertificate() = default;
  void ends_with(const STACK_OF(X509) * chain);

  std::unique_ptr<X509, Free<X509, X509_free>> certificate_;
  std::unique_ptr<STACK_OF(X509), FreeChain> chain_;  // as sent; null where the session was resumed
  /// By which it was verified: a share of it, so that no other one gets its address.
  std::unique_ptr<SSL_CTX, Free<SSL_CTX, SSL_CTX_free>> by_;
  Time ends_ = Time::max();  // the first of the certificates up to the authority's to expire
};

}  // namespace vanthu::net
