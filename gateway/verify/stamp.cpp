// SPDX-License-Identifier: GPL-3.0-or-later
#include "stamp.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include <climits>
#include <ctime>
#include <memory>

#include "octets.hpp"
#include "openssl.hpp"

namespace verify {
namespace {
/// Owned by the caller, who hands it on.
X509_STORE* store_of(const std::string& authorities) {
  X509_STORE* store = X509_STORE_new();
  const Owner<BIO, BIO_free> pem(BIO_new_mem_buf(authorities.data(), static_cast<int>(authorities.size())));
  std::size_t count = 0;
  while (X509* one = PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)) {
    count += X509_STORE_add_cert(store, one) == 1 ? 1 : 0;
    X509_free(one);
  }
  ERR_clear_error();
  if (count == 0) {
    X509_STORE_free(store);
    throw Stop{usage, "--tsa-ca: no certificate in PEM"};
  }
  return store;
}
}  // namespace

std::string check_stamp(std::string_view answer, std::string_view octets, const std::string& authorities) {
  ERR_clear_error();
  const auto refused = [](const std::string& why) { return Stop{wrong, "no good time stamp: " + why}; };
  if (octets.size() > INT_MAX) throw refused("too much was stamped");
  const unsigned char* at = raw(answer);
  const Owner<TS_RESP, TS_RESP_free> response(d2i_TS_RESP(nullptr, &at, static_cast<long>(answer.size())));
  if (!response || at != raw(answer) + answer.size()) throw refused("not the form of RFC 3161");
  X509_STORE* store = store_of(authorities);
  std::tm made{};
  TS_TST_INFO* info = TS_RESP_get_tst_info(response.get());
  const bool timed = info != nullptr && ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &made) == 1;
  // A certificate that has run out since spoils no stamp that it made before.
  if (timed) X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), timegm(&made));
  const Owner<TS_VERIFY_CTX, TS_VERIFY_CTX_free> context(TS_VERIFY_CTX_new());
  TS_VERIFY_CTX_set_store(context.get(), store);  // owns it from here on
  TS_VERIFY_CTX_set_data(context.get(), BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size())));  // likewise
  TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_DATA);
  if (TS_RESP_verify_response(context.get(), response.get()) != 1) throw refused(openssl_words());
  if (!timed) throw refused("without a time");
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &made);
  return text;
}

}  // namespace verify
