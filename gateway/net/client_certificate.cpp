// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/client_certificate.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <ctime>
#include <new>

namespace vanthu::net {
namespace {
Time end_of(const X509* certificate) {
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return {};
  return std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::from_time_t(timegm(&end)));
}
}  // namespace

std::unique_ptr<ClientCertificate> ClientCertificate::shown(SSL* connection) {
  if (connection == nullptr || SSL_get_verify_result(connection) != X509_V_OK) return nullptr;
  std::unique_ptr<ClientCertificate> one(new ClientCertificate);
  one->certificate_.reset(SSL_get1_peer_certificate(connection));
  if (!one->certificate_) return nullptr;
  if (STACK_OF(X509)* sent = SSL_get_peer_cert_chain(connection)) {
    one->chain_.reset(X509_chain_up_ref(sent));
    if (!one->chain_) throw std::bad_alloc();
  }
  SSL_CTX* by = SSL_get_SSL_CTX(connection);
  SSL_CTX_up_ref(by);
  one->by_.reset(by);
  one->ends_ = end_of(one->certificate_.get());
  one->ends_with(SSL_get0_verified_chain(connection));
  return one;
}

void ClientCertificate::ends_with(const STACK_OF(X509) * chain) {
  for (int at = 0; at < sk_X509_num(chain); ++at) ends_ = std::min(ends_, end_of(sk_X509_value(chain, at)));
}

std::string ClientCertificate::lapsed(const TlsContext& context, Time at) {
  if (at > ends_) return "the certificate has expired";
  SSL_CTX* asks = context ? context->native_handle() : nullptr;
  if (asks == nullptr || asks == by_.get()) return {};
  // As the handshake does (ssl_verify_cert_chain of OpenSSL), but at that time.
  const std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX, X509_STORE_CTX_free>> trial(X509_STORE_CTX_new());
  if (!trial || X509_STORE_CTX_init(trial.get(), SSL_CTX_get_cert_store(asks), certificate_.get(), chain_.get()) != 1)
    throw std::bad_alloc();
  X509_STORE_CTX_set_default(trial.get(), "ssl_client");
  X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(trial.get()), SSL_CTX_get_security_level(asks));
  X509_STORE_CTX_set_time(trial.get(), 0, std::chrono::system_clock::to_time_t(at));
  if (X509_verify_cert(trial.get()) != 1)
    return std::string("the certificate is good no more: ") +
           X509_verify_cert_error_string(X509_STORE_CTX_get_error(trial.get()));
  SSL_CTX_up_ref(asks);
  by_.reset(asks);
  ends_ = end_of(certificate_.get());
  ends_with(X509_STORE_CTX_get0_chain(trial.get()));
  return {};
}

}  // namespace vanthu::net
