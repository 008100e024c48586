// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace verify {

struct Signer {
  std::string subject;    ///< of the certificate
  std::string signed_at;  ///< "2026-11-30T08:00:00Z", as the signer says; empty: they do not
};
/// A detached CMS signature (RFC 5652; DER or PEM) of one person over octets, whose certificate the authorities (PEM)
/// vouch for, as of the time that the signature names. Throws Stop.
Signer check_signature(std::string_view signature, std::string_view octets, const std::string& authorities);

}  // namespace verify
