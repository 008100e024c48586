// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/cms.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/facts.hpp"

namespace vanthu::inspect {

struct FreeCms {
  void operator()(CMS_ContentInfo* cms) const noexcept { CMS_ContentInfo_free(cms); }
};
using Cms = std::unique_ptr<CMS_ContentInfo, FreeCms>;

/// Reads a ContentInfo (RFC 5652 §3): DER or BER, or either in base64, in PEM or bare. Null: it is none. Octets behind
/// it are passed over: PDF fills its place with zeros.
Cms parse_cms(std::string_view octets);

/// The signatures of a SignedData, one an entry: the arithmetic, the certificate up to one of load_trust(), revocation,
/// time.
/// @param over     what was signed, where it is not inside
/// @param kind     Signature::kind
/// @param content  gets what was signed where it is inside, whatever became of the signatures
std::vector<filters::Signature> check_signed(CMS_ContentInfo& cms, std::optional<std::string_view> over,
                                             std::string_view kind, std::string* content);

/// A time stamp (RFC 3161) over octets, as a signature of kind `kind`: PDF's DocTimeStamp.
filters::Signature check_time_stamp(std::string_view token, std::string_view over, std::string_view kind);

/// Notes what a signature's state means: "signature.invalid" or "signature.unproven".
std::string_view finding_of(const filters::Signature& signature);

}  // namespace vanthu::inspect
