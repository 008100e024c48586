// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::keeping {

/// Whoever signed: for what was handed over to them, or for a volume that they closed.
struct Receipt {
  std::string signer;                 ///< subject of the certificate, RFC 2253
  std::string certificate_sha256;     ///< of its DER, hexadecimal digits
  std::optional<Time> signed_at;      ///< as the signer says
  std::vector<std::string> emails{};  ///< e-mail addresses of the certificate's subjectAltName, lower case
  std::string der{};                  ///< the signature, whatever form it came in
};

/// Checks a detached signature (CMS, RFC 5652; DER or PEM) over octets: of one signer, whose certificate the
/// authorities given vouch for.
/// @param authorities  PEM; where revocation lists are among them, the signer's certificate must be on one that does
/// not revoke it
/// @par Errors  bad_arguments: not the form, or no authorities; refused with OpenSSL's words
Result<Receipt> check_receipt(std::string_view signature, std::string_view octets, std::string_view authorities);

}  // namespace vanthu::keeping
