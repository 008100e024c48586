// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "filters/authentication.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/dns/answer.hpp"
#include "gateway/mailauth/dkim_signature.hpp"

/// Verifying in two steps that take CPU, with the DNS between them (RFC 6376 §6).
namespace vanthu::mailauth {

struct SignatureCheck {
  filters::Authentication::Dkim outcome;  ///< result "temperror" while the key is still wanted
  std::string key_name;                   ///< whom to ask for TXT; empty: `outcome` stands already
  Signature signature;
  std::string octets;  ///< that the signature is over
};

/// Reads the signatures and hashes the body. At most limits::dkim_signatures, those of the author's own domain first.
std::vector<SignatureCheck> begin_checks(const Message& message, const std::string& author_domain, Time at);

/// Verifies with the key that the DNS gave.
void finish_check(SignatureCheck& check, const dns::Answer& key);

}  // namespace vanthu::mailauth
