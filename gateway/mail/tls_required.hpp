// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

namespace vanthu::mail {

/// Whether the message says `TLS-Required: No` (RFC 8689 §3): its sender would rather have it arrive than be protected
/// by what the recipient's domain demands (MTA-STS, DANE), to tell somebody that his certificate has expired. Said
/// twice, or with any other value, it is not said. REQUIRETLS in the envelope goes before it (§4.1).
/// @param octets  of the message; only the header is looked at
bool tls_not_required(std::string_view octets);

}  // namespace vanthu::mail
