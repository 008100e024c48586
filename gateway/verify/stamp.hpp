// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace verify {

/// A time stamp (RFC 3161 TimeStampResp, DER) over octets, SHA-256, signed by a certificate for time stamping that the
/// authorities (PEM) vouch for, as of the stamp's own time. Throws Stop.
/// @return its time, "2026-11-30T08:00:00Z"
std::string check_stamp(std::string_view answer, std::string_view octets, const std::string& authorities);

}  // namespace verify
