// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"

/// Time stamps of a time-stamping authority (RFC 3161) over octets of ours, SHA-256.
namespace vanthu::attestation {

struct StampQuery {
  std::string der{};    ///< TimeStampReq, to be sent as application/timestamp-query
  std::string nonce{};  ///< 16 random octets
};
/// @par Errors  store_failed with OpenSSL's words
Result<StampQuery> make_stamp_query(std::string_view octets);

struct Stamp {
  Time time{};           ///< genTime
  std::string serial{};  ///< hexadecimal
  std::string policy{};  ///< object identifier
  Time until{};          ///< when the certificate that signed it runs out
};
/// Checks an answer (TimeStampResp): granted, over these octets, with this nonce, signed by a certificate for time
/// stamping that the authorities in `ca_file` vouch for.
/// @param nonce  empty: of what was kept; it is not compared, and certificates are looked at as of the stamp's time
/// @par Errors  refused with OpenSSL's words; bad_configuration: the file cannot be read
Result<Stamp> check_stamp(std::string_view answer, std::string_view octets, std::string_view nonce,
                          const std::filesystem::path& ca_file);

}  // namespace vanthu::attestation
