// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vanthu::mailauth {

/// RFC 6376 §3.4
enum class Canonical : std::uint8_t { simple, relaxed };

/// A header field in its canonical form, with the CRLF at its end where `raw` has one.
std::string canonical_field(Canonical form, std::string_view raw);

struct BodyDigest {
  std::string sha256;        ///< 32 octets
  std::uint64_t octets = 0;  ///< of the canonical body, the whole of it
};
/// SHA-256 over the canonical body, or over the first `most` octets of it (l=). Copies nothing but the lines that the
/// canonical form changes: a body of any size takes no memory.
BodyDigest body_digest(Canonical form, std::string_view body, std::optional<std::uint64_t> most = std::nullopt);

}  // namespace vanthu::mailauth
