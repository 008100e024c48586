// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>

namespace vanthu::mail {

/// What the next hop of a recipient can carry, as its EHLO said when it was last asked: what a listener may offer and
/// a RCPT may accept.
struct Carriage {
  bool known = false;  ///< false: it could not be asked yet; then nothing is refused on its account
  bool eight_bit = true;
  bool utf8 = true;
  bool dsn = true;          ///< false: we report for it (RFC 3461 §5.2.2)
  bool binary = true;       ///< BINARYMIME and CHUNKING (RFC 3030)
  bool require_tls = true;  ///< REQUIRETLS under verified TLS (RFC 8689)
  std::uint64_t size = 0;   ///< RFC 1870; 0: no limit named
};

}  // namespace vanthu::mail
