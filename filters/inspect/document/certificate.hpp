// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/x509.h>

#include <string>
#include <string_view>

#include "filters/facts.hpp"

namespace vanthu::inspect {

/// Fills in whom a certificate names: signer, email, issuer, serial.
void name_signer(X509* certificate, filters::Signature& signature);
/// The same of a certificate's octets (DER). False: they are none.
bool name_signer(std::string_view der, filters::Signature& signature);

/// A time of ASN.1 as ISO 8601 in UTC; empty when it is none.
std::string iso_time(const ASN1_TIME* time);

}  // namespace vanthu::inspect
