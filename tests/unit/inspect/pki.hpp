// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

/// An authority, people with certificates, and what they sign; made anew in each test, keys of elliptic curves.
namespace vanthu::inspect::samples {

template <auto Free>
struct Released {
  template <class T>
  void operator()(T* one) const noexcept {
    Free(one);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Released<&EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Released<&X509_free>>;

struct Person {
  Key key;
  Certificate certificate;
};

struct Wish {
  std::string name = "Nguyễn Văn A";
  std::string email = "a@vptu.example";
  long from_days = -10, to_days = 10;
  bool authority = false;
  long serial = 1001;
};

inline void extend(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// @param issuer  null: by itself
inline Person person(const Wish& wish, const Person* issuer) {
  Person made{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  X509* one = made.certificate.get();
  X509_set_version(one, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(one), wish.serial);
  X509_gmtime_adj(X509_getm_notBefore(one), wish.from_days * 86400);
  X509_gmtime_adj(X509_getm_notAfter(one), wish.to_days * 86400);
  X509_NAME* name = X509_get_subject_name(one);
  X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1, -1, 0);
  X509* above = issuer == nullptr ? one : issuer->certificate.get();
  X509_set_issuer_name(one, X509_get_subject_name(above));
  X509_set_pubkey(one, made.key.get());
  extend(one, above, NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (wish.authority) {
    extend(one, above, NID_key_usage, "keyCertSign,cRLSign");
  } else {
    extend(one, above, NID_key_usage, "digitalSignature,nonRepudiation");
    extend(one, above, NID_subject_alt_name, ("email:" + wish.email).c_str());
  }
  X509_sign(one, issuer == nullptr ? made.key.get() : issuer->key.get(), EVP_sha256());
  return made;
}

inline Person authority() { return person({"Bộ phận chứng thực thử", "", -100, 100, true, 1}, nullptr); }

inline std::string taken(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string octets(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return octets;
}

inline std::string pem(const Person& one) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, one.certificate.get());
  return taken(bio);
}

/// A list that revokes one certificate.
inline std::string revocation(const Person& issuer, const Person& revoked) {
  X509_CRL* list = X509_CRL_new();
  X509_CRL_set_version(list, 1);
  X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer.certificate.get()));
  ASN1_TIME* time = X509_gmtime_adj(nullptr, -86400);
  X509_CRL_set1_lastUpdate(list, time);
  X509_REVOKED* entry = X509_REVOKED_new();
  X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked.certificate.get()));
  X509_REVOKED_set_revocationDate(entry, time);
  X509_CRL_add0_revoked(list, entry);
  X509_gmtime_adj(time, 86400);
  X509_CRL_set1_nextUpdate(list, time);
  ASN1_TIME_free(time);
  X509_CRL_sign(list, issuer.key.get(), EVP_sha256());
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509_CRL(bio, list);
  X509_CRL_free(list);
  return taken(bio);
}

inline std::string der(CMS_ContentInfo* cms, BIO* content = nullptr, unsigned flags = 0) {
  BIO* bio = BIO_new(BIO_s_mem());
  if ((flags & CMS_STREAM) != 0)
    i2d_CMS_bio_stream(bio, cms, content, static_cast<int>(flags));  // BER: lengths are indefinite
  else
    i2d_CMS_bio(bio, cms);
  CMS_ContentInfo_free(cms);
  return taken(bio);
}

/// Octets signed by somebody.
/// @param flags  CMS_DETACHED, CMS_STREAM
inline std::string signed_by(const Person& one, std::string_view octets, unsigned flags = 0) {
  BIO* content = BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size()));
  CMS_ContentInfo* cms =
      CMS_sign(one.certificate.get(), one.key.get(), nullptr, content, flags | CMS_BINARY | CMS_NOSMIMECAP);
  std::string made = der(cms, content, flags | CMS_BINARY);
  BIO_free(content);
  return made;
}

}  // namespace vanthu::inspect::samples
