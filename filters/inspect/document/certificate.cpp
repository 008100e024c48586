// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/certificate.hpp"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <memory>

#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

struct FreeText {
  void operator()(unsigned char* text) const noexcept { OPENSSL_free(text); }
};

std::string utf8(const ASN1_STRING* value) {
  unsigned char* text = nullptr;
  const int length = value == nullptr ? -1 : ASN1_STRING_to_UTF8(&text, value);
  const std::unique_ptr<unsigned char, FreeText> owner(text);
  if (length < 0) return {};
  return text::nfc(std::string_view(reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)));
}

std::string entry(const X509_NAME* name, int nid) {
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  return at < 0 ? std::string() : utf8(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
}

/// The common name, else the organization, else all there is.
std::string shown(const X509_NAME* name) {
  for (const int nid : {NID_commonName, NID_organizationName, NID_organizationalUnitName})
    if (std::string text = entry(name, nid); !text.empty()) return text;
  std::array<char, 256> line{};
  X509_NAME_oneline(name, line.data(), static_cast<int>(line.size()));
  return text::nfc(line.data());
}

}  // namespace

void name_signer(X509* certificate, filters::Signature& signature) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  signature.signer = shown(subject);
  signature.issuer = shown(X509_get_issuer_name(certificate));
  signature.email = entry(subject, NID_pkcs9_emailAddress);
  struct FreeNames {
    void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
  };
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* one = sk_GENERAL_NAME_value(names.get(), i);
    if (one->type == GEN_EMAIL && signature.email.empty()) signature.email = utf8(one->d.rfc822Name);
  }
  struct FreeNumber {
    void operator()(BIGNUM* number) const noexcept { BN_free(number); }
  };
  const std::unique_ptr<BIGNUM, FreeNumber> number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  if (number != nullptr) {
    const std::unique_ptr<unsigned char, FreeText> digits(reinterpret_cast<unsigned char*>(BN_bn2hex(number.get())));
    if (digits != nullptr) signature.serial = text::ascii_lower(reinterpret_cast<const char*>(digits.get()));
  }
}

bool name_signer(std::string_view der, filters::Signature& signature) {
  struct FreeCertificate {
    void operator()(X509* one) const noexcept { X509_free(one); }
  };
  const auto* octets = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<X509, FreeCertificate> certificate(d2i_X509(nullptr, &octets, static_cast<long>(der.size())));
  if (certificate == nullptr) return false;
  name_signer(certificate.get(), signature);
  return true;
}

std::string iso_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text.data();
}

}  // namespace vanthu::inspect
