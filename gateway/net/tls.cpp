// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace vanthu::net {
namespace {
namespace ssl = asio::ssl;

TlsContext bare(ssl::context::method method) {
  auto context = std::make_shared<ssl::context>(method);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                       ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::single_dh_use);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);  // idle IMAP sessions stay small
  return context;
}

Error wrong(const std::filesystem::path& file, const boost::system::error_code& code) {
  return fail(status::bad_configuration, file.string() + ": " + code.message());
}
}  // namespace

Result<TlsContext> server_context(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  TlsContext context = bare(ssl::context::tls_server);
  boost::system::error_code code;
  if (context->use_certificate_chain_file(certificate.string(), code); code) return wrong(certificate, code);
  if (context->use_private_key_file(key.string(), ssl::context::pem, code); code) return wrong(key, code);
  if (SSL_CTX_check_private_key(context->native_handle()) != 1)
    return fail(status::bad_configuration, key.string() + ": is not the key of " + certificate.string());
  static constexpr unsigned char session_context[] = "vanthu";
  SSL_CTX_set_session_id_context(context->native_handle(), session_context, sizeof session_context - 1);
  return context;
}

Result<TlsContext> client_context(const std::filesystem::path& ca_file) {
  TlsContext context = bare(ssl::context::tls_client);
  if (ca_file.empty()) {
    context->set_verify_mode(ssl::verify_none);
    return context;
  }
  boost::system::error_code code;
  if (context->load_verify_file(ca_file.string(), code); code) return wrong(ca_file, code);
  context->set_verify_mode(ssl::verify_peer);
  return context;
}

Result<Done> Certificate::load() {
  auto made = server_context(certificate_, key_);
  if (!made) return made.error();
  const std::lock_guard lock(mutex_);
  context_ = *std::move(made);
  return done;
}

TlsContext Certificate::context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

}  // namespace vanthu::net
