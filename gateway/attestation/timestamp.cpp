// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/attestation/timestamp.hpp"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include <memory>

#include "gateway/base/digest.hpp"

namespace vanthu::attestation {
namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    free(object);
  }
};
template <class T, auto free>
using Owner = std::unique_ptr<T, Free<free>>;

void free_list(STACK_OF(X509) * list) { sk_X509_free(list); }  // the certificates are the token's

constexpr std::size_t nonce_octets = 16;

std::string openssl_words() {
  std::string words;
  while (const unsigned long code = ERR_get_error()) {
    char text[256];
    ERR_error_string_n(code, text, sizeof text);
    words += (words.empty() ? "" : "; ") + std::string(text);
  }
  return words.empty() ? "OpenSSL says no more" : words;
}

const unsigned char* raw(std::string_view octets) { return reinterpret_cast<const unsigned char*>(octets.data()); }

Owner<ASN1_INTEGER, ASN1_INTEGER_free> integer_of(std::string_view octets) {
  const Owner<BIGNUM, BN_free> number(BN_bin2bn(raw(octets), static_cast<int>(octets.size()), nullptr));
  return Owner<ASN1_INTEGER, ASN1_INTEGER_free>(BN_to_ASN1_INTEGER(number.get(), nullptr));
}

Result<Time> time_of(const ASN1_TIME* time) {
  tm broken{};
  if (ASN1_TIME_to_tm(time, &broken) != 1) return fail(status::refused, "a time stamp without a time");
  return Time(std::chrono::seconds(timegm(&broken)));
}

}  // namespace

Result<StampQuery> make_stamp_query(std::string_view octets) {
  ERR_clear_error();
  const auto failed = [] { return fail(status::store_failed, "no time stamp can be asked for: " + openssl_words()); };
  StampQuery query{"", std::string(nonce_octets, '\0')};
  if (RAND_bytes(reinterpret_cast<unsigned char*>(query.nonce.data()), static_cast<int>(nonce_octets)) != 1)
    return failed();
  query.nonce[0] = static_cast<char>((static_cast<unsigned char>(query.nonce[0]) & 0x7FU) | 0x40U);  // no leading zero
  const Owner<TS_REQ, TS_REQ_free> request(TS_REQ_new());
  const Owner<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free> imprint(TS_MSG_IMPRINT_new());
  const Owner<X509_ALGOR, X509_ALGOR_free> algorithm(X509_ALGOR_new());
  const auto nonce = integer_of(query.nonce);
  Sha256 digest = sha256(octets);
  if (!request || !imprint || !algorithm || !nonce ||
      X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) != 1 ||
      TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) != 1 ||
      TS_MSG_IMPRINT_set_msg(imprint.get(), digest.data(), static_cast<int>(digest.size())) != 1 ||
      TS_REQ_set_version(request.get(), 1) != 1 || TS_REQ_set_msg_imprint(request.get(), imprint.get()) != 1 ||
      TS_REQ_set_nonce(request.get(), nonce.get()) != 1 || TS_REQ_set_cert_req(request.get(), 1) != 1)
    return failed();
  unsigned char* der = nullptr;
  const int length = i2d_TS_REQ(request.get(), &der);
  if (length <= 0) return failed();
  query.der.assign(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return query;
}

Result<Stamp> check_stamp(std::string_view answer, std::string_view octets, std::string_view nonce,
                          const std::filesystem::path& ca_file) {
  ERR_clear_error();
  const auto refused = [](const std::string& why) { return fail(status::refused, "no good time stamp: " + why); };
  const unsigned char* at = raw(answer);
  const Owner<TS_RESP, TS_RESP_free> response(d2i_TS_RESP(nullptr, &at, static_cast<long>(answer.size())));
  if (!response || at != raw(answer) + answer.size()) return refused("not the form of RFC 3161");
  if (!nonce.empty()) {
    // The nonce has no setter of its own: it is compared here.
    const TS_TST_INFO* info = TS_RESP_get_tst_info(response.get());
    const auto wanted = integer_of(nonce);
    const ASN1_INTEGER* got = info == nullptr ? nullptr : TS_TST_INFO_get_nonce(info);
    if (info != nullptr && (got == nullptr || ASN1_INTEGER_cmp(got, wanted.get()) != 0))
      return refused("it answers another question: the nonce differs");
  }
  X509_STORE* store = X509_STORE_new();
  if (store == nullptr || X509_STORE_load_file(store, ca_file.c_str()) != 1) {
    X509_STORE_free(store);
    return fail(status::bad_configuration, ca_file.string() + ": " + openssl_words());
  }
  // What was kept was checked when it came: a certificate that has run out since spoils no stamp that it made before.
  if (const TS_TST_INFO* info = TS_RESP_get_tst_info(response.get()); nonce.empty() && info != nullptr)
    if (const auto made = time_of(TS_TST_INFO_get_time(info)))
      X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store),
                                 std::chrono::duration_cast<std::chrono::seconds>(made->time_since_epoch()).count());
  const Owner<TS_VERIFY_CTX, TS_VERIFY_CTX_free> context(TS_VERIFY_CTX_new());
  TS_VERIFY_CTX_set_store(context.get(), store);  // owns it from here on
  BIO* data = BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size()));
  TS_VERIFY_CTX_set_data(context.get(), data);  // likewise
  TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_DATA);
  if (TS_RESP_verify_response(context.get(), response.get()) != 1) return refused(openssl_words());
  TS_TST_INFO* info = TS_RESP_get_tst_info(response.get());
  if (info == nullptr) return refused("there is no token in it");
  const auto time = time_of(TS_TST_INFO_get_time(info));
  if (!time) return time.error();
  Stamp stamp{*time, "", "", {}};
  PKCS7* token = TS_RESP_get_token(response.get());
  const Owner<STACK_OF(X509), free_list> signers(PKCS7_get0_signers(token, nullptr, 0));
  if (signers && sk_X509_num(signers.get()) > 0)
    if (const auto until = time_of(X509_get0_notAfter(sk_X509_value(signers.get(), 0)))) stamp.until = *until;
  const Owner<BIGNUM, BN_free> serial(ASN1_INTEGER_to_BN(TS_TST_INFO_get_serial(info), nullptr));
  if (char* digits = serial ? BN_bn2hex(serial.get()) : nullptr; digits != nullptr) {
    stamp.serial = digits;
    OPENSSL_free(digits);
  }
  char policy[128];
  if (OBJ_obj2txt(policy, sizeof policy, TS_TST_INFO_get_policy_id(info), 1) > 0) stamp.policy = policy;
  return stamp;
}

}  // namespace vanthu::attestation
