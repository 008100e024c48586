// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
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
  bool stamps_time = false;
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
    if (wish.stamps_time)
      extend(one, above, NID_ext_key_usage, "critical,timeStamping");
    else
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

/// A time stamp (RFC 3161) over octets, made so many days ago.
inline std::string time_stamp(const Person& one, std::string_view over, long days_ago) {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(over.data(), over.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  TS_REQ* request = TS_REQ_new();
  TS_REQ_set_version(request, 1);
  TS_MSG_IMPRINT* imprint = TS_MSG_IMPRINT_new();
  X509_ALGOR* algorithm = X509_ALGOR_new();
  X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr);
  TS_MSG_IMPRINT_set_algo(imprint, algorithm);
  TS_MSG_IMPRINT_set_msg(imprint, digest.data(), static_cast<int>(digest.size()));
  TS_REQ_set_msg_imprint(request, imprint);
  TS_REQ_set_cert_req(request, 1);
  BIO* asked = BIO_new(BIO_s_mem());
  i2d_TS_REQ_bio(asked, request);
  TS_RESP_CTX* context = TS_RESP_CTX_new();
  TS_RESP_CTX_set_signer_cert(context, one.certificate.get());
  TS_RESP_CTX_set_signer_key(context, one.key.get());
  TS_RESP_CTX_set_signer_digest(context, EVP_sha256());
  TS_RESP_CTX_set_ess_cert_id_digest(context, EVP_sha256());
  TS_RESP_CTX_add_md(context, EVP_sha256());
  ASN1_OBJECT* policy = OBJ_txt2obj("1.2.3.4", 1);
  TS_RESP_CTX_set_def_policy(context, policy);
  TS_RESP_CTX_set_time_cb(
      context,
      [](TS_RESP_CTX*, void* ago, long* seconds, long* part) {
        *seconds = static_cast<long>(std::time(nullptr)) - *static_cast<long*>(ago) * 86400;
        *part = 0;
        return 1;
      },
      &days_ago);
  TS_RESP_CTX_set_serial_cb(
      context,
      [](TS_RESP_CTX*, void*) {
        ASN1_INTEGER* number = ASN1_INTEGER_new();
        ASN1_INTEGER_set(number, 7);
        return number;
      },
      nullptr);
  TS_RESP* response = TS_RESP_create_response(context, asked);
  std::string made;
  if (PKCS7* token = response == nullptr ? nullptr : TS_RESP_get_token(response); token != nullptr) {
    unsigned char* octets = nullptr;
    const int size = i2d_PKCS7(token, &octets);
    made.assign(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size));
    OPENSSL_free(octets);
  }
  TS_RESP_free(response);
  TS_RESP_CTX_free(context);
  BIO_free(asked);
  TS_REQ_free(request);
  TS_MSG_IMPRINT_free(imprint);
  X509_ALGOR_free(algorithm);
  ASN1_OBJECT_free(policy);
  return made;
}

/// signed_by() with a time stamp over the signature beside it.
inline std::string stamped_by(const Person& one, const Person& stamper, std::string_view octets, long days_ago) {
  BIO* content = BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size()));
  CMS_ContentInfo* cms = CMS_sign(one.certificate.get(), one.key.get(), nullptr, content, CMS_BINARY | CMS_NOSMIMECAP);
  BIO_free(content);
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
  const ASN1_OCTET_STRING* signature = CMS_SignerInfo_get0_signature(signer);
  const std::string token = time_stamp(stamper,
                                       {reinterpret_cast<const char*>(ASN1_STRING_get0_data(signature)),
                                        static_cast<std::size_t>(ASN1_STRING_length(signature))},
                                       days_ago);
  CMS_unsigned_add1_attr_by_NID(signer, NID_id_smime_aa_timeStampToken, V_ASN1_SEQUENCE, token.data(),
                                static_cast<int>(token.size()));
  return der(cms);
}

}  // namespace vanthu::inspect::samples
