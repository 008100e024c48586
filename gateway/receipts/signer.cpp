// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/receipts/signer.hpp"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>

#include "gateway/base/base64.hpp"
#include "gateway/base/ids.hpp"

namespace vanthu::receipts {
namespace {
struct Free {
  void operator()(BIO* bio) const noexcept { BIO_free_all(bio); }
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(CMS_ContentInfo* cms) const noexcept { CMS_ContentInfo_free(cms); }
  void operator()(STACK_OF(X509) * chain) const noexcept { sk_X509_pop_free(chain, X509_free); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string openssl_words() {
  char words[256] = "";
  ERR_error_string_n(ERR_get_error(), words, sizeof words);
  ERR_clear_error();
  return words;
}

/// Base 64 in lines of 76 octets.
std::string in_lines(const std::string& base64) {
  std::string lines;
  for (std::size_t at = 0; at < base64.size(); at += 76) lines += base64.substr(at, 76) + "\r\n";
  return lines;
}
}  // namespace

struct Signer::State {
  Owned<X509> certificate;
  Owned<EVP_PKEY> key;
  Owned<STACK_OF(X509)> chain;
};

Signer::Signer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;
Signer::~Signer() = default;

Result<Signer> Signer::load(const std::string& certificate, const std::string& key) {
  const auto wrong = [](const std::string& file, const char* what) {
    return fail(status::bad_configuration, file + ": " + what + " (" + openssl_words() + ")");
  };
  auto state = std::make_unique<State>();
  const Owned<BIO> certificates(BIO_new_file(certificate.c_str(), "r"));
  if (certificates) state->certificate.reset(PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr));
  if (!state->certificate) return wrong(certificate, "no certificate in PEM form");
  state->chain.reset(sk_X509_new_null());
  while (X509* next = PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr))
    if (!state->chain || sk_X509_push(state->chain.get(), next) == 0) {
      X509_free(next);
      return fail(status::store_failed, "out of memory");
    }
  ERR_clear_error();  // the end of the file
  const Owned<BIO> keys(BIO_new_file(key.c_str(), "r"));
  if (keys) state->key.reset(PEM_read_bio_PrivateKey(keys.get(), nullptr, nullptr, nullptr));
  if (!state->key) return wrong(key, "no private key in PEM form");
  if (X509_check_private_key(state->certificate.get(), state->key.get()) != 1)
    return wrong(key, "is not the key of the certificate");
  return Signer(std::move(state));
}

Result<std::string> Signer::sign(std::string_view entity) const {
  const Owned<BIO> content(BIO_new_mem_buf(entity.data(), static_cast<int>(entity.size())));
  // Binary: the line ends are CRLF already, and what is signed are these very octets.
  const Owned<CMS_ContentInfo> cms(CMS_sign(state_->certificate.get(), state_->key.get(), state_->chain.get(),
                                            content.get(), CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP));
  if (!cms) return fail(status::store_failed, "a receipt could not be signed: " + openssl_words());
  unsigned char* der = nullptr;
  const int length = i2d_CMS_ContentInfo(cms.get(), &der);
  if (length <= 0) return fail(status::store_failed, "a receipt could not be signed: " + openssl_words());
  const std::string signature = base64_encode({reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  const std::string boundary = "vanthu-signed-" + message_id();
  return "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n\tmicalg=sha-256; boundary=\"" +
         boundary + "\"\r\n\r\nS/MIME\r\n--" + boundary + "\r\n" + std::string(entity) + "\r\n--" + boundary +
         "\r\nContent-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\nContent-Transfer-Encoding: base64\r\n"
         "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n" +
         in_lines(signature) + "--" + boundary + "--\r\n";
}

}  // namespace vanthu::receipts
