// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/tls_facts.hpp"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"
#include "gateway/net/openssl_free.hpp"

namespace vanthu::net {
namespace {
/// RFC 5705 with no context; only where the handshake ties the secret to itself (RFC 9266 §3).
std::optional<std::string> exporter(SSL* ssl) {
  static constexpr std::string_view label = "EXPORTER-Channel-Binding";
  if (SSL_version(ssl) < TLS1_3_VERSION && SSL_get_extms_support(ssl) != 1) return std::nullopt;
  std::string data(32, '\0');
  if (SSL_export_keying_material(ssl, reinterpret_cast<unsigned char*>(data.data()), data.size(), label.data(),
                                 label.size(), nullptr, 0, 0) != 1)
    return std::nullopt;
  return data;
}

/// RFC 5929 §4: the server's certificate under the hash of its signature, SHA-256 where that is MD5 or SHA-1 or where
/// there is no one hash (Ed25519).
std::optional<std::string> server_end_point(SSL* ssl) {
  X509* certificate = SSL_get_certificate(ssl);
  if (certificate == nullptr) return std::nullopt;
  int digest = NID_undef;
  OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, nullptr);
  const EVP_MD* hash = EVP_get_digestbynid(digest);
  if (hash == nullptr || digest == NID_md5 || digest == NID_sha1) hash = EVP_sha256();
  std::string data(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  if (X509_digest(certificate, hash, reinterpret_cast<unsigned char*>(data.data()), &length) != 1) return std::nullopt;
  data.resize(length);
  return data;
}

/// RFC 5929 §3: the first Finished message. Not in TLS 1.3, and not without RFC 7627 (the triple handshake).
std::optional<std::string> unique(SSL* ssl) {
  if (SSL_version(ssl) != TLS1_2_VERSION || SSL_get_extms_support(ssl) != 1) return std::nullopt;
  std::array<char, EVP_MAX_MD_SIZE> finished{};
  const std::size_t length = SSL_session_reused(ssl) == 1
                                 ? SSL_get_finished(ssl, finished.data(), finished.size())
                                 : SSL_get_peer_finished(ssl, finished.data(), finished.size());
  if (length == 0 || length > finished.size()) return std::nullopt;
  return std::string(finished.data(), length);
}
}  // namespace

std::optional<std::string> channel_binding(SSL* ssl, std::string_view type) {
  if (type == "tls-exporter") return exporter(ssl);
  if (type == "tls-server-end-point") return server_end_point(ssl);
  if (type == "tls-unique") return unique(ssl);
  return std::nullopt;
}

std::optional<Connection::PeerCertificate> peer_certificate(SSL* ssl) {
  X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return std::nullopt;
  Connection::PeerCertificate facts;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &length) != 1) return std::nullopt;
  facts.fingerprint = hex({reinterpret_cast<const char*>(digest.data()), length});
  const std::unique_ptr<BIO, Free<BIO, BIO_free_all>> text(BIO_new(BIO_s_mem()));
  if (!text) return std::nullopt;
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* octets = nullptr;
  const long size = BIO_get_mem_data(text.get(), &octets);
  facts.subject.assign(octets, static_cast<std::size_t>(size));
  using Names = std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES, GENERAL_NAMES_free>>;
  const Names all(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int at = 0; all && at < sk_GENERAL_NAME_num(all.get()); ++at) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(all.get(), at);
    if (name->type != GEN_EMAIL) continue;
    const auto* email = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.rfc822Name));
    facts.emails.push_back(
        text::ascii_lower({email, static_cast<std::size_t>(ASN1_STRING_length(name->d.rfc822Name))}));
  }
  return facts;
}

}  // namespace vanthu::net
