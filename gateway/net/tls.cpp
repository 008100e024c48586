// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <map>
#include <optional>

#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"
#include "gateway/net/openssl_free.hpp"

namespace vanthu::net {
namespace {
namespace ssl = asio::ssl;

using CertificatePtr = std::unique_ptr<X509, Free<X509, X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>>;
using FilePtr = std::unique_ptr<BIO, Free<BIO, BIO_free_all>>;
struct FreeChain {
  void operator()(STACK_OF(X509) * chain) const noexcept { sk_X509_pop_free(chain, X509_free); }
};
using ChainPtr = std::unique_ptr<STACK_OF(X509), FreeChain>;

TlsContext bare(ssl::context::method method) {
  auto context = std::make_shared<ssl::context>(method);
  SSL_CTX* raw = context->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  // RFC 9325: forward secrecy and authenticated encryption only, no compression, no renegotiation
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                               SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:ECDHE+AES128:ECDHE+AES256:!aNULL:!PSK:!MD5");
  return context;
}

Error wrong(const std::filesystem::path& file, const std::string& why) {
  return fail(status::bad_configuration, file.string() + ": " + why);
}

Error wrong(const std::filesystem::path& file) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return wrong(file, reason != nullptr ? reason : "cannot be read");
}

/// A pair as it was read, shared by the contexts of all uses.
struct Identity {
  CertificatePtr certificate;
  ChainPtr chain;
  KeyPtr key;
  std::vector<std::string> names;  ///< lower case; "*.example" for a wildcard
};

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> names;
  const auto add = [&](const ASN1_STRING* text) {
    const auto* octets = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
    names.push_back(text::ascii_lower({octets, static_cast<std::size_t>(ASN1_STRING_length(text))}));
  };
  using Names = std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES, GENERAL_NAMES_free>>;
  const Names all(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int at = 0; all && at < sk_GENERAL_NAME_num(all.get()); ++at) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(all.get(), at);
    if (name->type == GEN_DNS) add(name->d.dNSName);
  }
  if (!names.empty()) return names;  // RFC 6125 §6.4.4: the common name only where there is no other
  const X509_NAME* subject = X509_get_subject_name(certificate);
  if (const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1); at >= 0)
    add(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  return names;
}

Result<Identity> read_pair(const CertificatePair& pair) {
  ERR_clear_error();
  Identity identity;
  const FilePtr certificates(BIO_new_file(pair.certificate.c_str(), "r"));
  if (!certificates) return wrong(pair.certificate);
  identity.certificate.reset(PEM_read_bio_X509_AUX(certificates.get(), nullptr, nullptr, nullptr));
  if (!identity.certificate) return wrong(pair.certificate, "holds no certificate in PEM");
  identity.chain.reset(sk_X509_new_null());
  while (X509* next = PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr))
    if (!identity.chain || sk_X509_push(identity.chain.get(), next) == 0) throw std::bad_alloc();
  if (const auto last = ERR_peek_last_error(); ERR_GET_REASON(last) != PEM_R_NO_START_LINE)
    return wrong(pair.certificate, "the chain behind the certificate is damaged");
  ERR_clear_error();
  const FilePtr key(BIO_new_file(pair.key.c_str(), "r"));
  if (!key) return wrong(pair.key);
  // No pass phrase is asked for: a daemon has nobody to ask.
  const auto none = [](char*, int, int, void*) { return 0; };
  identity.key.reset(PEM_read_bio_PrivateKey(key.get(), nullptr, none, nullptr));
  if (!identity.key) return wrong(pair.key, "holds no private key in PEM without a pass phrase");
  if (X509_check_private_key(identity.certificate.get(), identity.key.get()) != 1)
    return wrong(pair.key, "is not the key of " + pair.certificate.string());
  if (X509_cmp_current_time(X509_get0_notAfter(identity.certificate.get())) < 0)
    return wrong(pair.certificate, "has expired");
  identity.names = names_of(identity.certificate.get());
  return identity;
}

/// What a context's callbacks need; lives as long as the context.
struct Choice {
  std::shared_ptr<const std::vector<Identity>> identities;
  std::map<std::string, std::vector<const Identity*>, std::less<>> by_name;
  std::string protocol;  ///< ALPN
  bool strict = false;
};

void drop(void*, void* choice, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Choice*>(choice); }
int slot() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, drop);
  return index;
}
const Choice* choice_of(const SSL* connection) {
  return static_cast<Choice*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), slot()));
}

const std::vector<const Identity*>* find(const Choice& choice, const std::string& name) {
  auto at = choice.by_name.find(name);
  if (at == choice.by_name.end())  // RFC 6125 §6.4.3: a wildcard is one whole label
    if (const std::size_t dot = name.find('.'); dot != std::string::npos)
      at = choice.by_name.find("*" + name.substr(dot));
  return at == choice.by_name.end() ? nullptr : &at->second;
}

/// Before a certificate is needed: the ones of the name that was asked for. OpenSSL takes the one among them that fits
/// the client's signature algorithms.
int choose_certificate(SSL* connection, void*) {
  const Choice* choice = choice_of(connection);
  const char* asked = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
  if (choice == nullptr) return 0;
  if (asked == nullptr) return 1;
  const auto* fitting = find(*choice, text::ascii_lower(asked));
  if (fitting == nullptr) return 1;  // the context's own: the client decides whether it trusts that name
  SSL_certs_clear(connection);
  for (const Identity* one : *fitting)
    if (SSL_use_cert_and_key(connection, one->certificate.get(), one->key.get(), one->chain.get(), 1) != 1) return 0;
  return 1;
}

int choose_protocol(SSL* connection, const unsigned char** out, unsigned char* length, const unsigned char* offered,
                    unsigned int octets, void*) {
  const Choice* choice = choice_of(connection);
  if (choice == nullptr) return SSL_TLSEXT_ERR_NOACK;
  for (unsigned at = 0; at < octets; at += 1U + offered[at]) {
    const std::string_view one(reinterpret_cast<const char*>(offered) + at + 1, offered[at]);
    if (one != choice->protocol) continue;
    *out = offered + at + 1;
    *length = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  // RFC 7301 §3.2. Who offers only other protocols was led here by somebody else: a browser, say.
  return choice->strict ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK;
}

/// A certificate that does not verify counts as none (Connection::peer_certificate), it does not end the handshake:
/// many programs offer whichever certificate they have.
int pass_over(int, X509_STORE_CTX*) { return 1; }

Result<Done> ask_for_certificates(SSL_CTX* context, const std::filesystem::path& file, std::string& session_context) {
  ERR_clear_error();
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  X509_LOOKUP* lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
  if (lookup == nullptr || X509_load_cert_file(lookup, file.c_str(), X509_FILETYPE_PEM) < 1)
    return wrong(file, "holds no certificate in PEM");
  ERR_clear_error();
  if (X509_load_crl_file(lookup, file.c_str(), X509_FILETYPE_PEM) > 0)
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  ERR_clear_error();
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr) return wrong(file);
  // A ticket carries the verdict on a certificate, so it is good under the same authorities only.
  std::string all;
  for (int at = 0; at < sk_X509_NAME_num(names); ++at) {
    unsigned char* octets = nullptr;
    if (const int length = i2d_X509_NAME(sk_X509_NAME_value(names, at), &octets); length > 0)
      all.append(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
    OPENSSL_free(octets);
  }
  session_context += hex(sha256(all)).substr(0, 16);
  SSL_CTX_set_client_CA_list(context, names);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, pass_over);
  return done;
}

Result<TlsContext> server_context(std::shared_ptr<const std::vector<Identity>> identities, TlsUse use,
                                  const std::filesystem::path& client_ca, std::shared_ptr<TicketKeys> keys) {
  TlsContext context = bare(ssl::context::tls_server);
  SSL_CTX* raw = context->native_handle();
  auto choice = std::make_unique<Choice>();
  choice->protocol = use == TlsUse::imap ? "imap" : "smtp";
  choice->strict = use != TlsUse::mx;
  for (const Identity& one : *identities)
    for (const std::string& name : one.names) choice->by_name[name].push_back(&one);
  // The pairs that share a name with the first one are the first one in other algorithms.
  const Identity& first = identities->front();
  for (const Identity& one : *identities) {
    const bool same = &one == &first || (!first.names.empty() && !one.names.empty() && first.names[0] == one.names[0]);
    if (same && SSL_CTX_use_cert_and_key(raw, one.certificate.get(), one.key.get(), one.chain.get(), 1) != 1)
      return fail(status::bad_configuration,
                  std::string("tls.certificate: ") + ERR_reason_error_string(ERR_get_error()));
  }
  choice->identities = std::move(identities);
  if (SSL_CTX_set_ex_data(raw, slot(), choice.get()) != 1) throw std::bad_alloc();
  choice.release();  // NOLINT(bugprone-unused-return-value): the context owns it now
  SSL_CTX_set_cert_cb(raw, choose_certificate, nullptr);
  SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);  // tickets only: nothing is kept for a client that is gone
  TicketKeys::attach(raw, std::move(keys));
  std::string session_context = "vanthu-" + std::to_string(static_cast<int>(use));
  if (use != TlsUse::mx && !client_ca.empty())
    if (auto asked = ask_for_certificates(raw, client_ca, session_context); !asked) return asked.error();
  SSL_CTX_set_session_id_context(raw, reinterpret_cast<const unsigned char*>(session_context.data()),
                                 static_cast<unsigned>(session_context.size()));
  return context;
}
}  // namespace

Result<TlsContext> client_context(const std::filesystem::path& ca_file) {
  TlsContext context = bare(ssl::context::tls_client);
  if (ca_file.empty()) {
    context->set_verify_mode(ssl::verify_none);
    return context;
  }
  boost::system::error_code code;
  if (context->load_verify_file(ca_file.string(), code); code) return wrong(ca_file, code.message());
  context->set_verify_mode(ssl::verify_peer);
  return context;
}

Result<Done> ServerTls::load() {
  auto identities = std::make_shared<std::vector<Identity>>();
  for (const CertificatePair& pair : pairs_) {
    auto identity = read_pair(pair);
    if (!identity) return identity.error();
    identities->push_back(*std::move(identity));
  }
  std::array<TlsContext, 3> made;
  for (const TlsUse use : {TlsUse::mx, TlsUse::submission, TlsUse::imap}) {
    if (identities->empty()) break;
    auto context = server_context(identities, use, client_ca_, keys_);
    if (!context) return context.error();
    made.at(static_cast<std::size_t>(use)) = *std::move(context);
  }
  const std::lock_guard lock(mutex_);
  contexts_ = std::move(made);
  return done;
}

TlsContext ServerTls::context(TlsUse use) const {
  const std::lock_guard lock(mutex_);
  return contexts_.at(static_cast<std::size_t>(use));
}

}  // namespace vanthu::net
