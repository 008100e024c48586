// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/signed_data.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <utility>

#include "filters/inspect/document/certificate.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* one) const noexcept {
    Free(one);
  }
};
using Bio = std::unique_ptr<BIO, Freed<&BIO_free_all>>;
using Store = std::unique_ptr<X509_STORE, Freed<&X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Freed<&X509_STORE_CTX_free>>;
using Token = std::unique_ptr<PKCS7, Freed<&PKCS7_free>>;
using TokenInfo = std::unique_ptr<TS_TST_INFO, Freed<&TS_TST_INFO_free>>;
using TokenCheck = std::unique_ptr<TS_VERIFY_CTX, Freed<&TS_VERIFY_CTX_free>>;

void free_certificates(STACK_OF(X509) * list) { sk_X509_pop_free(list, X509_free); }
using Certificates = std::unique_ptr<STACK_OF(X509), Freed<&free_certificates>>;

/// What load_trust() made; set once before the sandbox closes, read only afterwards.
struct Trust {
  Store store;
  bool lists = false;  ///< there are revocation lists in it
};
Trust& trust() {
  static Trust mine;
  return mine;
}

Bio memory(std::string_view octets) {
  if (octets.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return nullptr;
  // BIO_new_mem_buf takes null for an error.
  return Bio(BIO_new_mem_buf(octets.empty() ? "" : octets.data(), static_cast<int>(octets.size())));
}

std::string drained(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size <= 0 ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

/// What stands in the way of believing a certificate; X509_V_OK: nothing.
int certificate_error(X509* certificate, STACK_OF(X509) * beside, int purpose, std::optional<std::time_t> at) {
  const StoreContext context(X509_STORE_CTX_new());
  static const Store nobody(X509_STORE_new());
  X509_STORE* store = trust().store != nullptr ? trust().store.get() : nobody.get();
  if (context == nullptr || X509_STORE_CTX_init(context.get(), store, certificate, beside) != 1)
    return X509_V_ERR_OUT_OF_MEM;
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_depth(parameters, 8);
  if (at) X509_VERIFY_PARAM_set_time(parameters, *at);
  if (trust().lists) X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  if (purpose != 0) X509_VERIFY_PARAM_set_purpose(parameters, purpose);
  // Not every authority gives us its list, and a list that has aged still says who was revoked by then.
  X509_STORE_CTX_set_verify_cb(context.get(), [](int good, X509_STORE_CTX* now) {
    const int error = X509_STORE_CTX_get_error(now);
    if (good == 0 && (error == X509_V_ERR_UNABLE_TO_GET_CRL || error == X509_V_ERR_CRL_HAS_EXPIRED ||
                      error == X509_V_ERR_CRL_NOT_YET_VALID)) {
      X509_STORE_CTX_set_error(now, X509_V_OK);
      return 1;
    }
    return good;
  });
  const bool good = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  const int error = X509_STORE_CTX_get_error(context.get());
  return good ? X509_V_OK : error == X509_V_OK ? X509_V_ERR_UNSPECIFIED : error;
}

std::string_view state_of(int error) {
  switch (error) {
    case X509_V_OK:
      return "valid";
    case X509_V_ERR_CERT_REVOKED:
      return "revoked";
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "expired";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
    case X509_V_ERR_CA_MD_TOO_WEAK:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_OUT_OF_MEM:
      return "unknown-ca";
    default:
      return "invalid";
  }
}

std::optional<std::time_t> seconds(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return ::timegm(&parts);
}

/// When a time stamp was made, if it is over these octets and made by an authority that is believed.
/// @param why  what is wrong, else
std::optional<std::time_t> stamped_at(std::string_view token, std::string_view over, filters::Signature* who,
                                      std::string& why) {
  const auto* at = reinterpret_cast<const unsigned char*>(token.data());
  const Token parsed(d2i_PKCS7(nullptr, &at, static_cast<long>(token.size())));
  const TokenInfo info(
      parsed == nullptr || PKCS7_type_is_signed(parsed.get()) == 0 ? nullptr : PKCS7_to_TS_TST_INFO(parsed.get()));
  if (info == nullptr) {
    why = "time stamp";
    ERR_clear_error();
    return std::nullopt;
  }
  const auto* time = reinterpret_cast<const ASN1_TIME*>(TS_TST_INFO_get_time(info.get()));
  if (who != nullptr) {
    who->signed_at = iso_time(time);
    STACK_OF(X509)* signers = PKCS7_get0_signers(parsed.get(), nullptr, 0);
    if (signers != nullptr && sk_X509_num(signers) > 0) name_signer(sk_X509_value(signers, 0), *who);
    sk_X509_free(signers);
  }
  const TokenCheck check(TS_VERIFY_CTX_new());
  Bio data = memory(over);
  if (check == nullptr || data == nullptr) return std::nullopt;
  // First the arithmetic, then whether the authority is known: it is told apart for the reader.
  TS_VERIFY_CTX_set_flags(check.get(), TS_VFY_VERSION | TS_VFY_DATA);
  TS_VERIFY_CTX_set_data(check.get(), data.release());  // owned by the context
  if (TS_RESP_verify_token(check.get(), parsed.get()) != 1) {
    why = "time stamp of something else";
    ERR_clear_error();
    return std::nullopt;
  }
  if (trust().store == nullptr) {
    why = "unknown time stamp authority";
    return std::nullopt;
  }
  X509_STORE_up_ref(trust().store.get());
  const TokenCheck chain(TS_VERIFY_CTX_new());
  TS_VERIFY_CTX_set_flags(chain.get(), TS_VFY_VERSION | TS_VFY_SIGNATURE);
  TS_VERIFY_CTX_set_store(chain.get(), trust().store.get());
  const bool known = TS_RESP_verify_token(chain.get(), parsed.get()) == 1;
  ERR_clear_error();
  if (known) return seconds(time);
  why = "unknown time stamp authority";
  return std::nullopt;
}

/// The time stamp beside a signature (RFC 5126 §6.1.1).
std::optional<std::time_t> stamped_at(CMS_SignerInfo* signer) {
  const int at = CMS_unsigned_get_attr_by_NID(signer, NID_id_smime_aa_timeStampToken, -1);
  if (at < 0) return std::nullopt;
  X509_ATTRIBUTE* attribute = CMS_unsigned_get_attr(signer, at);
  const ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(attribute, 0);
  if (value == nullptr || value->type != V_ASN1_SEQUENCE) return std::nullopt;
  const ASN1_STRING* token = value->value.sequence;
  const ASN1_OCTET_STRING* over = CMS_SignerInfo_get0_signature(signer);
  std::string why;
  const auto octets = [](const ASN1_STRING* text) {
    return std::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                            static_cast<std::size_t>(ASN1_STRING_length(text)));
  };
  return stamped_at(octets(token), octets(over), nullptr, why);
}

std::string signing_time(CMS_SignerInfo* signer) {
  const int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
  if (at < 0) return {};
  const ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(signer, at), 0);
  if (value == nullptr || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME)) return {};
  return iso_time(value->value.asn1_string);
}

void judge(CMS_SignerInfo* signer, X509* certificate, STACK_OF(X509) * beside, bool smime,
           filters::Signature& signature) {
  const int purpose = smime ? X509_PURPOSE_SMIME_SIGN : 0;
  int error = certificate_error(certificate, beside, purpose, std::nullopt);
  if (error == X509_V_ERR_CERT_HAS_EXPIRED)
    if (const auto then = stamped_at(signer)) {
      const int earlier = certificate_error(certificate, beside, purpose, then);
      if (earlier == X509_V_OK) signature.detail = "expired since; a time stamp shows that it was in force";
      error = earlier;
    }
  signature.state = state_of(error);
  if (error != X509_V_OK) signature.detail = X509_verify_cert_error_string(error);
}

Cms parse_der(std::string_view octets) {
  if (octets.empty() || octets.front() != '\x30') return nullptr;
  const Bio bio = memory(octets);
  Cms cms(bio == nullptr ? nullptr : d2i_CMS_bio(bio.get(), nullptr));
  ERR_clear_error();
  return cms;
}

}  // namespace

void load_trust(const std::string& pem_bundle) {
  Trust fresh;
  fresh.store.reset(X509_STORE_new());
  const Bio bio = memory(pem_bundle);
  STACK_OF(X509_INFO)* list = bio == nullptr ? nullptr : PEM_X509_INFO_read_bio(bio.get(), nullptr, nullptr, nullptr);
  std::size_t known = 0;
  for (int i = 0; list != nullptr && i < sk_X509_INFO_num(list); ++i) {
    const X509_INFO* one = sk_X509_INFO_value(list, i);
    if (one->x509 != nullptr && X509_STORE_add_cert(fresh.store.get(), one->x509) == 1) ++known;
    if (one->crl != nullptr && X509_STORE_add_crl(fresh.store.get(), one->crl) == 1) fresh.lists = true;
  }
  sk_X509_INFO_pop_free(list, X509_INFO_free);
  ERR_clear_error();
  if (known == 0) fresh = {};
  trust() = std::move(fresh);
}

Cms parse_cms(std::string_view octets) {
  if (Cms cms = parse_der(octets)) return cms;
  // Some programs leave the transport's base64 in the file, with or without PEM's lines.
  std::string_view text = octets;
  if (const std::size_t begin = text.substr(0, 1024).find("-----BEGIN "); begin != std::string_view::npos) {
    text.remove_prefix(std::min(text.find('\n', begin), text.size()));
    text = text.substr(0, text.find("-----END "));
  }
  const std::string_view head = text.substr(0, 256);
  const auto letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
           c == '=' || c == '\r' || c == '\n' || c == ' ' || c == '\t';
  };
  if (head.size() < 16 || !std::all_of(head.begin(), head.end(), letter)) return nullptr;
  Notes notes;
  return parse_der(decode_base64(text, notes).octets);
}

std::vector<filters::Signature> check_signed(CMS_ContentInfo& cms, std::optional<std::string_view> over,
                                             std::string_view kind, std::string* content) {
  std::vector<filters::Signature> signatures;
  const bool smime = kind == "smime";
  // The arithmetic of all signers at once; with content inside, what comes out is what they signed.
  // Behind a filter that does nothing: CMS_verify would put a memory of its own around one that it knows as such, and
  // lose that where the digests cannot be set up.
  Bio data = over ? memory(*over) : nullptr;
  if (data) {
    Bio filter(BIO_new(BIO_f_null()));
    if (!filter) throw std::bad_alloc();
    BIO_push(filter.get(), data.release());
    data = std::move(filter);
  }
  const Bio out(BIO_new(BIO_s_mem()));
  constexpr unsigned flags = CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY;
  const bool fits = CMS_verify(&cms, nullptr, nullptr, data.get(), out.get(), flags) == 1;
  if (content != nullptr && !over) {
    // As it stands there: CMS_verify gives nothing out when the arithmetic fails.
    ASN1_OCTET_STRING** inside = CMS_get0_content(&cms);
    if (inside != nullptr && *inside != nullptr)
      content->assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(*inside)),
                      static_cast<std::size_t>(ASN1_STRING_length(*inside)));
    else
      *content = drained(out.get());
  }
  ERR_clear_error();
  const Certificates beside(CMS_get1_certs(&cms));
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(&cms);
  for (int i = 0; signers != nullptr && i < sk_CMS_SignerInfo_num(signers); ++i) {
    if (signatures.size() >= limits::signatures) break;
    CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(signers, i);
    filters::Signature signature;
    signature.kind = kind;
    signature.signed_at = signing_time(signer);
    X509* certificate = nullptr;
    for (int k = 0; beside != nullptr && k < sk_X509_num(beside.get()) && certificate == nullptr; ++k)
      if (CMS_SignerInfo_cert_cmp(signer, sk_X509_value(beside.get(), k)) == 0)
        certificate = sk_X509_value(beside.get(), k);
    if (certificate != nullptr) name_signer(certificate, signature);
    if (certificate == nullptr) {
      signature.state = "not-checked";
      signature.detail = "no certificate beside it";
    } else if (!fits) {
      signature.state = "invalid";
      signature.detail = "does not fit what was signed";
    } else {
      judge(signer, certificate, beside.get(), smime, signature);
    }
    signatures.push_back(std::move(signature));
  }
  ERR_clear_error();
  return signatures;
}

filters::Signature check_time_stamp(std::string_view token, std::string_view over, std::string_view kind) {
  filters::Signature signature;
  signature.kind = kind;
  std::string why;
  const auto at = stamped_at(token, over, &signature, why);
  signature.state = at ? "valid" : why == "unknown time stamp authority" ? "unknown-ca" : "invalid";
  signature.detail = at ? "time stamp" : why;
  return signature;
}

std::string_view finding_of(const filters::Signature& signature) {
  if (signature.state == "valid") return {};
  return signature.state == "invalid" || signature.state == "revoked" ? "signature.invalid" : "signature.unproven";
}

}  // namespace vanthu::inspect
