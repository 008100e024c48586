// SPDX-License-Identifier: GPL-3.0-or-later
#include "signature.hpp"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <climits>
#include <ctime>
#include <memory>
#include <optional>

#include "octets.hpp"
#include "openssl.hpp"

namespace verify {
namespace {
using Cms = Owner<CMS_ContentInfo, CMS_ContentInfo_free>;
using Bio = Owner<BIO, BIO_free>;

Bio over(std::string_view octets) {
  if (octets.size() > INT_MAX) throw Stop{bad_data, "too long to be signed"};
  return Bio(BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size())));
}

Cms parse(std::string_view signature) {
  if (Cms der(d2i_CMS_bio(over(signature).get(), nullptr)); der) return der;
  ERR_clear_error();
  // Whatever the PEM block calls itself: openssl writes "CMS", others "PKCS7".
  char *name = nullptr, *header = nullptr;
  unsigned char* der = nullptr;
  long length = 0;
  if (PEM_read_bio(over(signature).get(), &name, &header, &der, &length) != 1) return nullptr;
  const unsigned char* at = der;
  Cms cms(d2i_CMS_ContentInfo(nullptr, &at, length));
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(der);
  return cms;
}

std::optional<std::tm> signing_time(CMS_SignerInfo* signer) {
  const int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
  X509_ATTRIBUTE* attribute = at < 0 ? nullptr : CMS_signed_get_attr(signer, at);
  const ASN1_TYPE* value = attribute == nullptr ? nullptr : X509_ATTRIBUTE_get0_type(attribute, 0);
  std::tm when{};
  if (value == nullptr || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME) ||
      ASN1_TIME_to_tm(reinterpret_cast<const ASN1_TIME*>(value->value.asn1_string), &when) != 1)
    return std::nullopt;
  return when;
}

std::string subject_of(const X509* certificate) {
  const Bio out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return length <= 0 ? std::string() : std::string(text, static_cast<std::size_t>(length));
}
}  // namespace

Signer check_signature(std::string_view signature, std::string_view octets, const std::string& authorities) {
  ERR_clear_error();
  const Cms cms = parse(signature);
  ERR_clear_error();
  if (!cms || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed)
    throw Stop{bad_data, "the signature is no CMS signed data"};
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms.get());
  ASN1_OCTET_STRING** inside = CMS_get0_content(cms.get());
  if (sk_CMS_SignerInfo_num(signers) != 1 || (inside != nullptr && *inside != nullptr))
    throw Stop{bad_data, "the signature is not a detached one of one person"};
  const Owner<X509_STORE, X509_STORE_free> store(X509_STORE_new());
  const Bio pem = over(authorities);
  std::size_t count = 0;
  while (X509* one = PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)) {
    count += X509_STORE_add_cert(store.get(), one) == 1 ? 1 : 0;
    X509_free(one);
  }
  ERR_clear_error();
  if (count == 0) throw Stop{usage, "--ca: no certificate in PEM"};
  X509_VERIFY_PARAM* wants = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_purpose(wants, X509_PURPOSE_ANY);  // certificates of persons are not made for mail alone
  // Certificates live some years and registers seventy.
  const auto when = signing_time(sk_CMS_SignerInfo_value(signers, 0));
  Signer signer;
  if (when) {
    std::tm made = *when;
    X509_VERIFY_PARAM_set_time(wants, timegm(&made));
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &made);
    signer.signed_at = text;
  }
  const Bio content = over(octets);
  if (CMS_verify(cms.get(), nullptr, store.get(), content.get(), nullptr, CMS_BINARY) != 1)
    throw Stop{wrong, "the person's signature is not right: " + openssl_words()};
  STACK_OF(X509)* found = CMS_get0_signers(cms.get());
  if (found != nullptr && sk_X509_num(found) == 1) signer.subject = subject_of(sk_X509_value(found, 0));
  sk_X509_free(found);
  if (signer.subject.empty()) throw Stop{wrong, "the person's signature is of nobody who is named"};
  return signer;
}

}  // namespace verify
