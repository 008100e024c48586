// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/receipt.hpp"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <climits>
#include <ctime>
#include <memory>

#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::keeping {
namespace {
constexpr std::size_t signature_octets = 1U << 20;

template <class T, void (*free_one)(T*)>
struct Freed {
  void operator()(T* one) const noexcept { free_one(one); }
};
template <class T, void (*free_one)(T*)>
using Owner = std::unique_ptr<T, Freed<T, free_one>>;
void free_bio(BIO* bio) { BIO_free_all(bio); }
void free_infos(STACK_OF(X509_INFO) * all) { sk_X509_INFO_pop_free(all, X509_INFO_free); }
void free_names(GENERAL_NAMES* all) { GENERAL_NAMES_free(all); }
void free_certificates(STACK_OF(X509) * all) { sk_X509_free(all); }

using Bio = Owner<BIO, free_bio>;
using Cms = Owner<CMS_ContentInfo, CMS_ContentInfo_free>;

Bio over(std::string_view octets) { return Bio(BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size()))); }

std::string openssl_words() {
  const unsigned long code = ERR_peek_last_error();
  const char* words = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return words == nullptr ? "no reason given" : words;
}

Cms parse(std::string_view signature) {
  if (Cms der(d2i_CMS_bio(over(signature).get(), nullptr)); der) return der;
  ERR_clear_error();
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

Result<Owner<X509_STORE, X509_STORE_free>> store_of(std::string_view authorities) {
  Owner<X509_STORE, X509_STORE_free> store(X509_STORE_new());
  const Bio pem = over(authorities);
  std::size_t count = 0;
  bool lists = false;
  const Owner<STACK_OF(X509_INFO), free_infos> all(PEM_X509_INFO_read_bio(pem.get(), nullptr, nullptr, nullptr));
  for (int i = 0; all && i < sk_X509_INFO_num(all.get()); ++i) {
    const X509_INFO* one = sk_X509_INFO_value(all.get(), i);
    if (one->x509 != nullptr) count += X509_STORE_add_cert(store.get(), one->x509) == 1 ? 1 : 0;
    if (one->crl != nullptr) lists = X509_STORE_add_crl(store.get(), one->crl) == 1 || lists;
  }
  ERR_clear_error();
  if (lists) X509_STORE_set_flags(store.get(), X509_V_FLAG_CRL_CHECK);
  if (count == 0)
    return fail(status::bad_arguments,
                "chứng thư gốc: không có chứng thư dạng PEM (the authorities: no certificate in PEM)");
  // Certificates for signing documents are not made for mail.
  X509_VERIFY_PARAM_set_purpose(X509_STORE_get0_param(store.get()), X509_PURPOSE_ANY);
  return store;
}

std::string subject_of(const X509* certificate) {
  const Bio out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return length <= 0 ? std::string() : std::string(text, static_cast<std::size_t>(length));
}

std::vector<std::string> emails_of(const X509* certificate) {
  std::vector<std::string> emails;
  const Owner<GENERAL_NAMES, free_names> all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(all.get(), i);
    if (name->type != GEN_EMAIL) continue;
    const auto* octets = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.rfc822Name));
    emails.push_back(text::ascii_lower({octets, static_cast<std::size_t>(ASN1_STRING_length(name->d.rfc822Name))}));
  }
  return emails;
}

std::optional<Time> signing_time(CMS_SignerInfo* signer) {
  const int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
  X509_ATTRIBUTE* attribute = at < 0 ? nullptr : CMS_signed_get_attr(signer, at);
  const ASN1_TYPE* value = attribute == nullptr ? nullptr : X509_ATTRIBUTE_get0_type(attribute, 0);
  std::tm when{};
  if (value == nullptr || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME) ||
      ASN1_TIME_to_tm(reinterpret_cast<const ASN1_TIME*>(value->value.asn1_string), &when) != 1)
    return std::nullopt;
  return Time(std::chrono::seconds(timegm(&when)));
}
}  // namespace

Result<Receipt> check_receipt(std::string_view signature, std::string_view octets, std::string_view authorities) {
  ERR_clear_error();
  if (signature.size() > signature_octets || octets.size() > INT_MAX || authorities.size() > signature_octets)
    return fail(status::bad_arguments, "chữ ký: quá dài (the signature: too long to be one)");
  const Cms cms = parse(signature);
  ERR_clear_error();
  if (!cms || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed)
    return fail(status::bad_arguments, "chữ ký: không phải CMS (the signature: no CMS signed data, RFC 5652)");
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms.get());
  if (sk_CMS_SignerInfo_num(signers) != 1)
    return fail(status::bad_arguments, "chữ ký: phải của đúng một người ký (the signature: not of one signer)");
  ASN1_OCTET_STRING** inside = CMS_get0_content(cms.get());
  if (inside != nullptr && *inside != nullptr)
    return fail(status::bad_arguments,
                "chữ ký: cần chữ ký tách rời (the signature: it has a content of its own, a detached one is wanted)");
  const auto store = store_of(authorities);
  if (!store) return store.error();
  // Behind a filter that does nothing: around a memory that it knows as such CMS_verify puts another one, and loses
  // that where the digests cannot be set up.
  const Bio content(BIO_new(BIO_f_null()));
  Bio memory = over(octets);
  if (!content || !memory) return fail(status::store_failed, "no memory");
  BIO_push(content.get(), memory.release());
  if (CMS_verify(cms.get(), nullptr, store->get(), content.get(), nullptr, CMS_BINARY) != 1)
    return fail(status::refused, "the signature: " + openssl_words());
  const Owner<STACK_OF(X509), free_certificates> found(CMS_get0_signers(cms.get()));
  if (!found || sk_X509_num(found.get()) != 1) return fail(status::refused, "the signature: its signer is not known");
  const X509* certificate = sk_X509_value(found.get(), 0);
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate, &der);
  if (length <= 0) return fail(status::refused, "the signature: " + openssl_words());
  Receipt receipt{subject_of(certificate),
                  hex(sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)})),
                  signing_time(sk_CMS_SignerInfo_value(signers, 0)),
                  emails_of(certificate),
                  {}};
  OPENSSL_free(der);
  unsigned char* whole = nullptr;
  const int octets_of_it = i2d_CMS_ContentInfo(cms.get(), &whole);
  if (octets_of_it <= 0) return fail(status::refused, "the signature: " + openssl_words());
  receipt.der.assign(reinterpret_cast<const char*>(whole), static_cast<std::size_t>(octets_of_it));
  OPENSSL_free(whole);
  return receipt;
}

}  // namespace vanthu::keeping
