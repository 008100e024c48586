// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/tls_policy.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "gateway/net/tls.hpp"

namespace vanthu::relay {

Result<TlsContexts> TlsContexts::make() {
  TlsContexts contexts;
  auto any = net::client_context({});
  auto machine = net::client_context({});
  auto dane = net::client_context({});
  if (!any || !machine || !dane) return fail(status::bad_configuration, "TLS: no client context");
  if (SSL_CTX_set_default_verify_paths((*machine)->native_handle()) != 1)
    return fail(status::bad_configuration, "TLS: the machine's CA store cannot be used");
  (*machine)->set_verify_mode(boost::asio::ssl::verify_peer);
  if (SSL_CTX_dane_enable((*dane)->native_handle()) != 1)
    return fail(status::bad_configuration, "TLS: OpenSSL without DANE");
  contexts.any_ = *std::move(any);
  contexts.machine_ = *std::move(machine);
  contexts.dane_ = *std::move(dane);
  return contexts;
}

Result<net::TlsContext> TlsContexts::context(TlsDemand::Level level, const std::string& ca_file) const {
  if (level == TlsDemand::Level::dane) return dane_;
  if (level != TlsDemand::Level::verified) return any_;
  if (ca_file.empty()) return machine_;
  return net::client_context(ca_file);
}

bool prepare_dane(ssl_st* session, const TlsDemand& demand) {
  // Each record is a way to be right; at least one must be usable (RFC 7671 §4, RFC 7672 §3.1).
  if (SSL_dane_enable(session, demand.base.c_str()) != 1) return false;
  SSL_set_tlsext_host_name(session, demand.base.c_str());  // RFC 7672 §8.1: an alias is asked for by its real name
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  for (const std::string& name : demand.names)
    if (SSL_add1_host(session, name.c_str()) != 1) return false;
  SSL_dane_set_flags(session, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
  bool usable = false;
  for (const TlsDemand::Tlsa& record : demand.tlsa)
    usable = SSL_dane_tlsa_add(session, record.usage, record.selector, record.matching,
                               reinterpret_cast<const unsigned char*>(record.data.data()), record.data.size()) == 1 ||
             usable;
  SSL_set_verify(session, SSL_VERIFY_PEER, nullptr);
  return usable;
}

std::string matched_tlsa(ssl_st* session) {
  std::uint8_t usage = 0;
  std::uint8_t selector = 0;
  std::uint8_t matching = 0;
  if (SSL_get0_dane_tlsa(session, &usage, &selector, &matching, nullptr, nullptr) < 0) return {};
  return std::to_string(usage) + ' ' + std::to_string(selector) + ' ' + std::to_string(matching);
}

bool pinned(ssl_st* session, const std::vector<Sha256>& pins) {
  const std::unique_ptr<X509, void (*)(X509*)> certificate(SSL_get1_peer_certificate(session), X509_free);
  if (!certificate) return false;
  unsigned char* der = nullptr;
  const int octets = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &der);
  if (octets <= 0) return false;
  const Sha256 key = sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(octets)});
  OPENSSL_free(der);
  for (const Sha256& pin : pins)
    if (pin == key) return true;
  return false;
}

}  // namespace vanthu::relay
